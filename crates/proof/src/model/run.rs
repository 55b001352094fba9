//! One run: what happens when.

use std::{
    cmp::Reverse,
    collections::{BTreeMap, BTreeSet, BinaryHeap},
    rc::Rc,
    sync::Arc,
};

use adapter::Fate;
use canonical::Leaf;
use delivery::{
    RouteSet,
    lane::{State, WaitCause},
    status::StandingState,
    store::{LaneRow, UpdateRow, UserRow},
};

use super::{
    happen::Happening,
    rules::{self, FIRST, Variant, WINDOW},
    send::Flight,
    vendor::Record,
};
use crate::world::Dice;

/// Whom a vendor's record is about: which system, and under which subject.
pub(super) type Place = (u32, String);

/// A run as it is.
pub(super) struct Run {
    pub(super) dice: Dice,
    pub(super) now: i64,
    pub(super) user: Option<UserRow>,
    pub(super) row: Option<LaneRow>,
    pub(super) routes: Arc<RouteSet>,
    pub(super) variant: Variant,
    /// The route's base URL, and the system that it leads to: one system may have two names.
    pub(super) place: u32,
    pub(super) system: u32,
    pub(super) systems: u32,
    pub(super) names_fields: bool,
    pub(super) queues: bool,
    pub(super) wide: bool,
    pub(super) calm_from: i64,
    pub(super) records: BTreeMap<Place, Record>,
    /// How often the person got another subject, place or life: what was written before is somebody else's.
    pub(super) lives: u32,
    /// In which life each value was given, by its number; of members by their names.
    pub(super) given: BTreeMap<u64, (Leaf, u64, u32, u32)>,
    /// What vendors have applied, and what they have said that they took: leaf, version, incarnation.
    pub(super) applied: BTreeSet<(Leaf, u64, u32)>,
    pub(super) answered: BTreeSet<(Leaf, u64, u32)>,
    pub(super) highest_sent: BTreeMap<(Place, Leaf), u64>,
    /// Which values were confirmed where the route leads, for fillers.
    pub(super) confirmed: BTreeSet<(u32, String)>,
    pub(super) updates: Vec<UpdateRow>,
    pub(super) said: BTreeMap<(u64, Leaf), Fate>,
    pub(super) reloads: u32,
    /// The version that the user had when the row was last taken from an older schema.
    pub(super) upgraded: u64,
    /// Attempts that were not answered yet.
    pub(super) flights: Vec<Rc<Flight>>,
    pub(super) sends: u32,
    queue: BinaryHeap<Reverse<(i64, usize)>>,
    happenings: Vec<Option<Happening>>,
    pub(super) told: Told,
    pub(super) note: Option<Vec<String>>,
}

/// What a run came to.
#[derive(Debug, Default, Clone)]
pub struct Told {
    /// How often each word was said of the person, by its name.
    pub words: BTreeMap<String, u64>,
    /// Requests.
    pub sends: u32,
    /// Moments at which every word was held against the vendor's record.
    pub moments: u64,
}

/// Runs one seed.
///
/// # Errors
/// What was wrong, and what happened until then.
pub fn run(seed: u64) -> Result<Told, String> {
    match Run::new(seed, false).go() {
        Ok(told) => Ok(told),
        Err(wrong) => {
            let mut again = Run::new(seed, true);
            let _ = again.go_on();
            let story = again.note.unwrap_or_default().join("\n");
            Err(format!("seed {seed}: {wrong}\n{story}"))
        }
    }
}

impl Run {
    fn new(seed: u64, notes: bool) -> Self {
        let mut dice = Dice::of(&[seed, 77]);
        let (names_fields, queues, wide) = (dice.percent(50), dice.percent(20), dice.percent(15));
        let mut run = Self {
            now: 0,
            user: None,
            row: None,
            routes: rules::routes(&FIRST, 0, queues),
            variant: FIRST,
            place: 0,
            system: 0,
            systems: 1,
            names_fields,
            queues,
            wide,
            calm_from: 0,
            records: BTreeMap::new(),
            lives: 0,
            given: BTreeMap::new(),
            applied: BTreeSet::new(),
            answered: BTreeSet::new(),
            highest_sent: BTreeMap::new(),
            confirmed: BTreeSet::new(),
            updates: Vec::new(),
            said: BTreeMap::new(),
            reloads: 0,
            upgraded: 0,
            flights: Vec::new(),
            sends: 0,
            queue: BinaryHeap::new(),
            happenings: Vec::new(),
            told: Told::default(),
            note: notes.then(Vec::new),
            dice,
        };
        run.plan();
        run
    }

    fn plan(&mut self) {
        let mut at = 0;
        for _ in 0..self.dice.range(2, 9) {
            let span = *self.dice.pick(&[50, 500, 1_000, 5_000, 20_000, 80_000]);
            at += self.millis(span);
            self.at(at, Happening::Accept);
        }
        let chances = [
            (40, Happening::Retry),
            (25, Happening::Resync),
            (35, Happening::Crash),
            (50, Happening::Reload),
            (40, Happening::Reload),
            (30, Happening::Reload),
            (15, Happening::Move),
            (20, Happening::Identity),
            (15, Happening::Identity),
            (15, Happening::Erase),
            (12, Happening::Upgrade),
        ];
        for (chance, happening) in chances {
            if self.dice.percent(chance) {
                let time = self.millis(at + 40_000);
                self.at(time, happening);
            }
        }
        self.calm_from = at + 60_000;
        // A last reload or update long after the chaos meets doubts that nobody could put to rest before.
        if self.dice.percent(40) {
            let time = self.calm_from + WINDOW + 60_000 + self.millis(50_000);
            let last = if self.dice.percent(66) { Happening::Reload } else { Happening::Accept };
            self.at(time, last);
        }
    }

    pub(super) fn millis(&mut self, bound: i64) -> i64 {
        self.dice.below(bound.unsigned_abs()).cast_signed()
    }

    pub(super) fn at(&mut self, time: i64, happening: Happening) {
        self.queue.push(Reverse((time, self.happenings.len())));
        self.happenings.push(Some(happening));
    }

    pub(super) fn note(&mut self, line: impl FnOnce(&Self) -> String) {
        if self.note.is_some() {
            let text = format!("{:>8} {}", self.now, line(self));
            self.note.iter_mut().for_each(|note| note.push(text.clone()));
        }
    }

    fn go(mut self) -> Result<Told, String> {
        self.go_on()?;
        self.told.sends = self.sends;
        Ok(self.told)
    }

    fn go_on(&mut self) -> Result<(), String> {
        for _ in 0..2_500 {
            let due = self.row.as_ref().and_then(|row| match row.lane.state {
                State::Ready => Some(self.now),
                // A held leaf is tried by itself for days; the judgement is made before.
                State::Wait(WaitCause::HoldRetry) => None,
                State::Wait(_) => Some(self.now.max(row.lane.next_at)),
                _ => None,
            });
            let next = self.queue.peek().map(|next| next.0.0);
            match (due, next) {
                (Some(due), next) if next.is_none_or(|next| due < next) => {
                    self.now = due;
                    self.claim()?;
                }
                (_, Some(_)) => {
                    let Some(Reverse((time, index))) = self.queue.pop() else { continue };
                    self.now = self.now.max(time);
                    let Some(happening) = self.happenings[index].take() else { continue };
                    self.happen(happening)?;
                }
                _ => return self.check_end(),
            }
            self.check()?;
        }
        Err("livelock".to_owned())
    }

    pub(super) fn count(&mut self, word: StandingState) {
        *self.told.words.entry(format!("{word:?}")).or_default() += 1;
        self.told.moments += 1;
    }
}
