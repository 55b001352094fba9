use std::{
    collections::{BTreeMap, BTreeSet},
    sync::{Arc, Mutex, PoisonError},
    thread::{self, JoinHandle},
    time::Duration,
};

use proof::{history::Outcome, world::Dice};
use serde_json::Value;

use super::{
    Cycles,
    board::Board,
    call::{Call, Told},
    ledger::{Asked, Ledger},
    people::Batch,
    requests::{self, Request},
};
use crate::Person;

/// Threads that ask, lose answers, and ask again with the same key until they know.
pub(super) struct Callers {
    board: Arc<Board>,
    threads: Vec<JoinHandle<()>>,
}

struct Caller {
    number: usize,
    callers: usize,
    name: String,
    dice: Dice,
    batch: Arc<Batch>,
    board: Arc<Board>,
    ledger: Arc<Ledger>,
    /// The newest version of each person that any caller was told.
    versions: Arc<Mutex<BTreeMap<String, u64>>>,
    asked: u64,
    /// People whom this caller has erased and nobody has taken into use again.
    erased: BTreeSet<String>,
}

/// What a change asks of the person's version.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Tag {
    Any,
    /// Nobody has the id, or who had it was erased.
    Absent,
    /// It is this one.
    Version(u64),
}

/// The longest time between two requests of a caller, in microseconds.
const PACE: u64 = 15_000;
impl Callers {
    pub(super) fn start(
        cycles: &Cycles,
        number: u64,
        batch: &Arc<Batch>,
        board: &Arc<Board>,
        ledger: &Arc<Ledger>,
    ) -> Self {
        let versions = Arc::default();
        let start = |caller: usize| {
            let mut caller = Caller {
                number: caller,
                callers: cycles.callers,
                name: format!("{}-{number}-{caller}", cycles.seed),
                dice: Dice::of(&[cycles.seed, number, caller as u64]),
                batch: Arc::clone(batch),
                board: Arc::clone(board),
                ledger: Arc::clone(ledger),
                versions: Arc::clone(&versions),
                asked: 0,
                erased: BTreeSet::new(),
            };
            thread::spawn(move || caller.work())
        };
        Self { board: Arc::clone(board), threads: (0..cycles.callers).map(start).collect() }
    }

    /// Waits until everybody knows what became of the last request; a process must run.
    pub(super) fn finish(mut self) {
        self.board.stop();
        for thread in self.threads.drain(..) {
            thread.join().expect("a caller does not fail");
        }
    }
}

impl Drop for Callers {
    fn drop(&mut self) {
        self.board.stop();
    }
}

impl Caller {
    fn work(&mut self) {
        let batch = Arc::clone(&self.batch);
        for person in batch.people.iter().skip(self.number).step_by(self.callers) {
            self.change(&person.id, &person.introduction(), true, false, Tag::Any);
        }
        while !self.board.is_stopped() {
            let at = usize::try_from(self.dice.below(batch.people.len() as u64)).unwrap_or_default();
            let person = &batch.people[at];
            // Values of one caller are never those of another.
            let number = self.asked * self.callers as u64 + self.number as u64;
            let owns = at % self.callers == self.number;
            let request = requests::next(&mut self.dice, person, number, owns);
            self.carry_out(person, request);
            thread::sleep(Duration::from_micros(self.dice.below(PACE)));
        }
    }

    fn carry_out(&mut self, person: &Person, request: Request) {
        if self.erased.contains(&person.id) && self.dice.percent(60) {
            self.erased.remove(&person.id);
            return self.change(&person.id, &person.introduction(), true, false, Tag::Absent);
        }
        match request {
            Request::Change { body, keyed, matching, twice } => {
                let version = matching.then(|| self.version(&person.id)).flatten();
                let tag = version.map_or(Tag::Any, Tag::Version);
                self.change(&person.id, &body, keyed, keyed && twice, tag);
            }
            Request::Erase if self.erased.contains(&person.id) => {}
            Request::Erase => self.erase(&person.id),
        }
    }

    fn version(&self, user: &str) -> Option<u64> {
        self.versions.lock().unwrap_or_else(PoisonError::into_inner).get(user).copied()
    }

    fn change(&mut self, user: &str, body: &Value, keyed: bool, twice: bool, tag: Tag) {
        self.asked += 1;
        let mut headers = Vec::new();
        match tag {
            Tag::Any => {}
            Tag::Version(version) => headers.push(("If-Match", format!("\"{version}\""))),
            Tag::Absent => headers.push(("If-None-Match", "*".to_owned())),
        }
        if keyed {
            headers.push(("Idempotency-Key", format!("{}-{}", self.name, self.asked)));
        }
        let op = self.ledger.invoke(user, Asked::Change { body: body.clone(), revives: tag == Tag::Absent });
        let call = Call { method: "PATCH", user, headers, body: Some(body), repeatable: keyed };
        let told = call.ask(&self.board, &self.ledger);
        self.ledger.end(op, told.outcome, told.update.clone());
        let Outcome::Ok { version, bumped } = told.outcome else { return };
        if let Tag::Version(matched) = tag
            && version != matched + u64::from(bumped)
        {
            self.ledger.strange(format!("G4: {user}: a change of version {matched} alone became {version}"));
        }
        let mut versions = self.versions.lock().unwrap_or_else(PoisonError::into_inner);
        let newest = versions.entry(user.to_owned()).or_default();
        *newest = version.max(*newest);
        drop(versions);
        if twice {
            self.ask_again(&call, &told);
        }
    }

    /// Whoever asks again with the same key is told the same.
    fn ask_again(&self, call: &Call<'_>, first: &Told) {
        let second = call.ask(&self.board, &self.ledger);
        if (second.outcome, &second.update) != (first.outcome, &first.update) {
            let (first, second) = (first.outcome, second.outcome);
            self.ledger.strange(format!("G3: {} was told {first:?} and then {second:?}", call.user));
        }
    }

    fn erase(&mut self, user: &str) {
        self.asked += 1;
        self.erased.insert(user.to_owned());
        let op = self.ledger.invoke(user, Asked::Erase);
        let call = Call { method: "DELETE", user, headers: Vec::new(), body: None, repeatable: true };
        let told = call.ask(&self.board, &self.ledger);
        self.ledger.end(op, told.outcome, None);
    }
}
