use std::{
    collections::BTreeMap,
    sync::Mutex,
    thread,
    time::{Duration, Instant},
};

use serde_json::json;
use vendor_sim::{Vendor, seed::SeedUser};

use super::Trouble;
use crate::{Client, PATIENCE, Person, World, subject, within};

/// How much is asked for in one sample.
#[derive(Debug, Clone, Copy)]
pub struct Load {
    /// Updates before the measured ones, at the same rate.
    pub warm: usize,
    /// Measured updates.
    pub paced: usize,
    /// Updates per second.
    pub rate: f64,
    /// Updates at once, after those.
    pub burst: usize,
    /// Callers.
    pub callers: usize,
}

/// What one sample has shown of the vendors that are well.
#[derive(Debug, Clone, Copy)]
pub(super) struct Sample {
    /// From asking to the arrival, for 99 of 100 updates at the steady rate.
    pub(super) p99: Duration,
    /// Arrivals per second of the updates that came at once, at the slowest vendor.
    pub(super) throughput: f64,
}

/// Measures once, with the trouble or without.
pub(super) fn sample(load: &Load, trouble: Trouble, is_there: bool) -> Sample {
    let mut world = World::new();
    let people: Vec<Person> = (0..load.warm + load.paced + load.burst).map(person).collect();
    let poisoned = person(people.len());
    let mut seeds: Vec<SeedUser> = people.iter().map(|person| person.seed.clone()).collect();
    seeds.push(poisoned.seed.clone());
    for vendor in Vendor::ALL {
        world.vendor(vendor).seed_users(&seeds);
        // Longer than the sample: a request that hangs keeps its permit.
        world.settings.set(vendor.name(), "timeout", "\"15s\"");
        world.settings.set(vendor.name(), "settle", "\"60s\"");
    }
    let gateway = world.start();
    let api = gateway.api();
    if is_there {
        trouble.begin(&mut world, &subject(Vendor::Communal, &poisoned));
    }
    let paced = &people[..load.warm + load.paced];
    let poison = trouble.poisons().then_some(&poisoned);
    let asked = ask(load, &api, paced, Some(load.rate), poison);
    let measured = &paced[load.warm..];
    let mut times = Vec::new();
    for vendor in trouble.well() {
        let arrived = arrivals(&world, *vendor, measured);
        times.extend(measured.iter().map(|person| arrived[&person.id].duration_since(asked[&person.id])));
    }
    let burst = &people[load.warm + load.paced..];
    let begun = Instant::now();
    ask(load, &api, burst, None, None);
    let last = |vendor: &Vendor| arrivals(&world, *vendor, burst).into_values().max();
    let last = trouble.well().iter().filter_map(last).max().unwrap_or(begun);
    gateway.kill();
    Sample {
        p99: percentile(&mut times, 99),
        #[expect(clippy::cast_precision_loss, reason = "a few hundred")]
        throughput: burst.len() as f64 / last.duration_since(begun).as_secs_f64(),
    }
}

fn person(at: usize) -> Person {
    let id = 100_000 + at as u64;
    let seed = SeedUser {
        communal_id: id,
        communifire_id: id,
        usercom_id: id,
        custom_id: None,
        email: format!("p{at}@home.example"),
        username: format!("p{at}"),
        first_name: "First".to_owned(),
        last_name: "Last".to_owned(),
        phone: None,
    };
    Person { id: format!("p{at}"), seed }
}

/// Introduces people, at a rate or as fast as possible; answers when each was asked for. Every tenth update is one of the
/// poisoned person.
fn ask(
    load: &Load,
    api: &Client,
    people: &[Person],
    rate: Option<f64>,
    poisoned: Option<&Person>,
) -> BTreeMap<String, Instant> {
    let asked = Mutex::new(BTreeMap::new());
    let begun = Instant::now();
    thread::scope(|scope| {
        for caller in 0..load.callers {
            let asked = &asked;
            scope.spawn(move || {
                for (at, person) in people.iter().enumerate().skip(caller).step_by(load.callers) {
                    if let Some(rate) = rate {
                        #[expect(clippy::cast_precision_loss, reason = "a few hundred")]
                        let due = begun + Duration::from_secs_f64(at as f64 / rate);
                        thread::sleep(due.saturating_duration_since(Instant::now()));
                    }
                    let now = Instant::now();
                    let answer = api.patch(&person.id, &[], &person.introduction());
                    assert!(matches!(answer.status, 200 | 202), "{}", answer.text());
                    asked.lock().expect("no caller fails").insert(person.id.clone(), now);
                    if let Some(poisoned) = poisoned.filter(|_| at % 10 == 0) {
                        let mut change = poisoned.introduction();
                        change["phone_number"] = json!(format!("+1416555{at:04}"));
                        api.patch(&poisoned.id, &[], &change);
                    }
                }
            });
        }
    });
    asked.into_inner().expect("no caller fails")
}

/// When the request of each of these people arrived first; waits until all have.
fn arrivals(world: &World, vendor: Vendor, people: &[Person]) -> BTreeMap<String, Instant> {
    let control = world.vendor(vendor);
    let users: BTreeMap<String, &str> =
        people.iter().map(|person| (subject(vendor, person), person.id.as_str())).collect();
    within(2 * PATIENCE, "everything has arrived", || {
        let mut arrived = BTreeMap::new();
        for exchange in control.history() {
            let user = exchange.subject.as_deref().and_then(|subject| users.get(subject));
            let at = control.started() + Duration::from_micros(exchange.started_us);
            user.map(|user| arrived.entry((*user).to_owned()).or_insert(at));
        }
        if arrived.len() == people.len() {
            Ok(arrived)
        } else {
            Err(format!("{} of {} at {}", arrived.len(), people.len(), vendor.name()))
        }
    })
}

fn percentile(times: &mut [Duration], percent: usize) -> Duration {
    times.sort();
    let at = (times.len() * percent).div_ceil(100).saturating_sub(1);
    times.get(at).copied().unwrap_or_default()
}
