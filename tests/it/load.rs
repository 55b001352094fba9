//! Callers who change people again and again, with values that count upwards.

use std::{
    collections::{BTreeMap, BTreeSet},
    sync::{
        Arc, Mutex, MutexGuard, PoisonError,
        atomic::{AtomicBool, Ordering},
    },
    thread::{self, JoinHandle},
    time::Duration,
};

use e2e::{Client, Person, Vendor, World, eventually, field, fields, subject};
use serde_json::{Value, json};

/// How far the callers have counted, by user.
pub(crate) type Counters = BTreeMap<String, Counter>;

/// How far one user has come.
#[derive(Debug, Clone, Copy, Default)]
pub(crate) struct Counter {
    /// The newest value that was sent, acknowledged or not.
    pub(crate) sent: u64,
    /// The newest value that was acknowledged.
    pub(crate) acknowledged: u64,
}

/// Callers at work.
pub(crate) struct Load {
    shared: Arc<Shared>,
    threads: Vec<JoinHandle<()>>,
}

#[derive(Default)]
struct Shared {
    counters: Mutex<Counters>,
    statuses: Mutex<BTreeSet<u16>>,
    lost: Mutex<u64>,
    stop: AtomicBool,
}

impl Load {
    /// Starts so many callers, each with people of its own, who go on counting from `counters`.
    pub(crate) fn start(api: &Client, people: &[Person], callers: usize, counters: Counters) -> Self {
        let shared = Arc::new(Shared { counters: Mutex::new(counters), ..Shared::default() });
        let call = |people: &[Person]| {
            let users: Vec<String> = people.iter().map(|person| person.id.clone()).collect();
            let (api, shared) = (api.clone(), Arc::clone(&shared));
            thread::spawn(move || shared.call(&api, &users))
        };
        let threads = people.chunks(people.len().div_ceil(callers)).map(call).collect();
        Self { shared, threads }
    }

    /// Waits until so many more updates were acknowledged.
    #[track_caller]
    pub(crate) fn wait_for_more(&self, updates: u64) {
        let count = || lock(&self.shared.counters).values().map(|counter| counter.acknowledged).sum::<u64>();
        let start = count();
        eventually(&format!("{updates} updates are acknowledged"), || match count() - start {
            more if more >= updates => Ok(()),
            more => Err(format!("{more} are, and the answers were {:?}", lock(&self.shared.statuses))),
        });
    }

    /// How many requests had no complete answer so far.
    pub(crate) fn lost(&self) -> u64 {
        *lock(&self.shared.lost)
    }

    /// Stops the callers: how far they have come, and the statuses that they have seen.
    pub(crate) fn stop(mut self) -> (Counters, BTreeSet<u16>) {
        self.shared.stop.store(true, Ordering::Relaxed);
        for thread in self.threads.drain(..) {
            thread.join().expect("a caller does not fail");
        }
        (lock(&self.shared.counters).clone(), lock(&self.shared.statuses).clone())
    }
}

impl Drop for Load {
    fn drop(&mut self) {
        self.shared.stop.store(true, Ordering::Relaxed);
    }
}

impl Shared {
    fn call(&self, api: &Client, users: &[String]) {
        for user in users.iter().cycle() {
            if self.stop.load(Ordering::Relaxed) {
                return;
            }
            let number = {
                let mut counters = lock(&self.counters);
                let counter = counters.entry(user.clone()).or_default();
                counter.sent += 1;
                counter.sent
            };
            let Ok(answer) = api.try_send("PATCH", &format!("/v1/users/{user}"), &[], Some(&change(number)))
            else {
                *lock(&self.lost) += 1;
                // The gateway may be gone for good.
                thread::sleep(Duration::from_millis(5));
                continue;
            };
            lock(&self.statuses).insert(answer.status);
            if matches!(answer.status, 200 | 202) {
                lock(&self.counters).entry(user.clone()).or_default().acknowledged = number;
            }
        }
    }
}

/// Fails unless each vendor has everything that was acknowledged, or something newer that was accepted, and was never sent
/// an older value after a newer one.
#[track_caller]
pub(crate) fn check(world: &World, api: &Client, people: &[Person], counters: &Counters) {
    for person in people {
        let counter = counters.get(&person.id).copied().unwrap_or_default();
        let accepted = number(&api.user(&person.id)["given_name"]);
        assert!(
            (counter.acknowledged..=counter.sent).contains(&accepted),
            "{} has {accepted} of {counter:?}",
            person.id
        );
        for vendor in Vendor::ALL {
            let record = world.vendor(vendor).user(&subject(vendor, person)).expect("the person exists");
            for leaf in ["given_name", "phone_number"] {
                let there = number(&record[field(vendor, leaf)]);
                assert_eq!(there, accepted, "{leaf} of {} at {} is behind", person.id, vendor.name());
            }
            check_order(world, vendor, person);
        }
    }
}

#[track_caller]
fn check_order(world: &World, vendor: Vendor, person: &Person) {
    let subject = subject(vendor, person);
    let mut newest: BTreeMap<&str, u64> = BTreeMap::new();
    for exchange in world.vendor(vendor).history() {
        if exchange.subject.as_deref() != Some(&subject) {
            continue;
        }
        let sent = fields(&exchange);
        for leaf in ["given_name", "phone_number"] {
            let Some(value) = sent.get(field(vendor, leaf)) else { continue };
            let (number, newest) = (number(value), newest.entry(leaf).or_default());
            assert!(number >= *newest, "{} was sent {leaf} {number} after {newest}", vendor.name());
            *newest = number;
        }
    }
}

/// The change with this number.
pub(crate) fn change(number: u64) -> Value {
    json!({ "given_name": format!("n{number:06}"), "phone_number": format!("+1416555{number:04}") })
}

/// The number of a value; 0 for one that stems from before.
fn number(value: &Value) -> u64 {
    let text = value.as_str().unwrap_or_default();
    let digits = text.strip_prefix('n').or(text.strip_prefix("+1416555"));
    digits.and_then(|digits| digits.parse().ok()).unwrap_or_default()
}

fn lock<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}
