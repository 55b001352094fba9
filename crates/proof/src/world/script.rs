//! What will happen in a run, as far as it is decided before: derived from the seed.

use std::collections::BTreeSet;

use serde_json::{Value as Json, json};

use super::{
    dice::Dice,
    options::{Crashes, Faults, Options, Stress},
    people,
    routes::{NAMES, Variant},
};
use crate::history::Ms;

/// One thing that happens at its time.
#[derive(Debug, Clone)]
pub(crate) enum Act {
    /// A caller asks for an update.
    Update(Ask),
    /// Somebody asks that a user be forgotten, and perhaps takes the id into use again.
    Erase { user: usize, again: Option<Json> },
    /// An operator pauses a route.
    Pause(usize),
    /// An operator resumes a route.
    Resume(usize),
    /// An operator asks for another try of what is held or blocked.
    Retry(usize),
    /// An operator has everything sent again.
    Resync(usize),
    /// The configuration is replaced.
    Reload(Variant),
    /// The configuration is read again as it is, after a replacement that the store could not take.
    Reread,
    /// The process crashes at one of its next effects.
    CrashAfter(u64),
    /// The process is asked to stop.
    Terminate,
    /// The next commit goes wrong.
    StoreFault(StoreFault),
    /// A route's credential is replaced.
    Credential(usize),
}

/// An update as its caller sends it.
#[derive(Debug, Clone)]
pub(crate) struct Ask {
    pub(crate) user: usize,
    pub(crate) body: Json,
    pub(crate) caller: u64,
    /// The idempotency key; a caller without one does not ask again.
    pub(crate) key: Option<u64>,
    /// Whether the caller may change identities.
    pub(crate) operates: bool,
    /// Whether the same request comes a second time at once.
    pub(crate) twin: bool,
}

/// How a commit goes wrong.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum StoreFault {
    Full,
    Lost,
    Done,
}

/// Everything that is decided before.
pub(crate) fn script(seed: u64, options: &Options, explicit: &[bool; 4]) -> Vec<(Ms, Act)> {
    let mut dice = Dice::of(&[seed, 1]);
    let mut acts = updates(&mut dice, options, explicit);
    if options.faults == Faults::All {
        // Nobody is forgotten twice: a second answer is the first one again.
        if options.stress != Stress::Erasures {
            acts.extend(erasures(&mut dice, options, explicit));
        }
        acts.extend(operators(&mut dice, options));
        acts.extend(identities(&mut dice, options, explicit));
        acts.extend(store_faults(&mut dice, options));
    }
    match options.stress {
        Stress::None => {}
        Stress::Reloads => restless(&mut acts, options),
        Stress::Erasures => forgetful(&mut dice, &mut acts, options, explicit),
    }
    if options.crashes == Crashes::Random && options.faults != Faults::None {
        acts.extend(crashes(&mut dice, options));
    }
    // Whoever pauses or removes a route brings it back before the chaos is over.
    acts.iter_mut().for_each(|(at, _)| *at = (*at).min(options.chaos - 1));
    acts.sort_by_key(|(at, _)| *at);
    acts
}

fn updates(dice: &mut Dice, options: &Options, explicit: &[bool; 4]) -> Vec<(Ms, Act)> {
    let mut acts = Vec::new();
    for user in 0..options.users {
        let number = 1 + user as u64;
        let body = people::first(dice, user, number, explicit);
        acts.push((dice.below(options.chaos / 4), ask(dice, options, user, body, number)));
    }
    for update in 0..options.updates {
        let number = (options.users + update + 1) as u64;
        let user = usize::try_from(dice.below(options.users as u64)).unwrap_or_default();
        let mut body = people::update(dice, user, options.users, number, options.demands());
        // Now and then a caller names the identity at a route that has perhaps none yet.
        let route = usize::try_from(dice.below(4)).unwrap_or_default();
        if explicit[route] && dice.percent(12) {
            body["identities"] = json!({ NAMES[route]: people::subject(route, user, 0) });
        }
        acts.push((dice.below(options.chaos), ask(dice, options, user, body, number)));
    }
    acts
}

fn ask(dice: &mut Dice, options: &Options, user: usize, body: Json, number: u64) -> Act {
    let calm = options.faults != Faults::All;
    // One key in a while is used for two different requests.
    let key = if dice.percent(4) && !calm { number.saturating_sub(1) } else { number };
    let key = (calm || dice.percent(85)).then_some(key);
    let twin = key.is_some() && !calm && dice.percent(8);
    Act::Update(Ask { user, body, caller: dice.below(3), key, operates: false, twin })
}

fn erasures(dice: &mut Dice, options: &Options, explicit: &[bool; 4]) -> Vec<(Ms, Act)> {
    let mut acts = Vec::new();
    for user in 0..options.users {
        if dice.percent(20) {
            let number = 5_000 + user as u64;
            let again = dice.percent(70).then(|| people::first(dice, user, number, explicit));
            acts.push((dice.range(options.chaos / 3, options.chaos), Act::Erase { user, again }));
        }
    }
    acts
}

/// The configuration comes and goes, and with it the field that everybody changes.
fn restless(acts: &mut Vec<(Ms, Act)>, options: &Options) {
    for (number, (_, act)) in acts.iter_mut().enumerate() {
        if let Act::Update(ask) = act {
            ask.body["zoneinfo"] = ["America/Toronto", "Europe/Berlin", "Asia/Tokyo"][number % 3].into();
        }
    }
    let others = [Variant::Fewer, Variant::Renamed, Variant::Fewer, Variant::Moved(2)];
    for (at, other) in (4_000..options.chaos - 8_000).step_by(8_000).zip(others.into_iter().cycle()) {
        acts.push((at, Act::Reload(other)));
        acts.push((at + 4_000, Act::Reload(Variant::Usual)));
    }
}

/// Some are forgotten while what they changed is on its way.
fn forgetful(dice: &mut Dice, acts: &mut Vec<(Ms, Act)>, options: &Options, explicit: &[bool; 4]) {
    let (mut erases, mut erased) = (Vec::new(), BTreeSet::new());
    for (number, (at, act)) in acts.iter_mut().enumerate() {
        let Act::Update(ask) = act else { continue };
        let number = number as u64;
        ask.body["tags"] = (0..4).map(|tag| format!("tag{}", (number * 4 + tag) % 12)).collect();
        if *at > options.chaos / 4 && erased.insert(ask.user) {
            let again = people::first(dice, ask.user, 5_000 + number, explicit);
            erases.push((*at + dice.range(200, 900), Act::Erase { user: ask.user, again: Some(again) }));
        }
    }
    acts.extend(erases);
}

fn operators(dice: &mut Dice, options: &Options) -> Vec<(Ms, Act)> {
    let mut acts = Vec::new();
    for _ in 0..dice.below(6) {
        let at = dice.below(options.chaos);
        let route = usize::try_from(dice.below(4)).unwrap_or_default();
        let variant = match dice.below(9) {
            0 => {
                acts.push((at, Act::Pause(route)));
                acts.push((at + dice.below(60_000), Act::Resume(route)));
                continue;
            }
            1 => Variant::Without(route),
            2 | 3 => Variant::Fewer,
            4 | 5 => Variant::Renamed,
            6 => Variant::Moved(route),
            _ => {
                let once = [Act::Retry(route), Act::Resync(route), Act::Credential(route)];
                acts.push((at, dice.pick(&once).clone()));
                continue;
            }
        };
        acts.push((at, Act::Reload(variant)));
        acts.push((at + dice.below(60_000), Act::Reload(Variant::Usual)));
    }
    acts
}

/// Somebody with the right to do so gives a user another identity.
fn identities(dice: &mut Dice, options: &Options, explicit: &[bool; 4]) -> Vec<(Ms, Act)> {
    let mut acts = Vec::new();
    for user in 0..options.users {
        let route = usize::try_from(dice.below(4)).unwrap_or_default();
        if !explicit[route] || !dice.percent(15) {
            continue;
        }
        for turn in 1..people::TURNS {
            let number = (6_000 + user * 10 + turn) as u64;
            let body = json!({ "identities": { NAMES[route]: people::subject(route, user, turn) }, "title": format!("title {number}") });
            let at = options.chaos / 3 * (turn as u64) + dice.below(options.chaos / 3);
            let Act::Update(asked) = ask(dice, options, user, body, number) else { continue };
            acts.push((at, Act::Update(Ask { operates: true, key: Some(number), twin: false, ..asked })));
        }
    }
    acts
}

fn store_faults(dice: &mut Dice, options: &Options) -> Vec<(Ms, Act)> {
    let faults = [StoreFault::Full, StoreFault::Full, StoreFault::Lost, StoreFault::Done];
    let count = if dice.percent(50) { dice.below(4) } else { 0 };
    (0..count).map(|_| (dice.below(options.chaos), Act::StoreFault(*dice.pick(&faults)))).collect()
}

fn crashes(dice: &mut Dice, options: &Options) -> Vec<(Ms, Act)> {
    let count = dice.below(5);
    let one = |dice: &mut Dice| match dice.below(5) {
        0 => Act::Terminate,
        _ => Act::CrashAfter(dice.range(1, 30)),
    };
    (0..count).map(|_| (dice.below(options.chaos), one(dice))).collect()
}
