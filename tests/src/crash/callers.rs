use std::{
    collections::{BTreeMap, BTreeSet},
    io,
    sync::{Arc, Mutex, PoisonError},
    thread::{self, JoinHandle},
    time::Duration,
};

use proof::{history::Outcome, world::Dice};
use serde_json::Value;

use super::{
    Cycles,
    board::Board,
    ledger::{Asked, Ledger},
    people::Batch,
    requests::{self, Request},
};
use crate::Response;

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

/// A request as it goes out, again and again.
struct Call<'a> {
    method: &'static str,
    user: &'a str,
    headers: Vec<(&'static str, String)>,
    body: Option<&'a Value>,
    /// Whether it may be sent again when nobody knows what became of it.
    repeatable: bool,
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

/// What a caller knows in the end.
struct Told {
    outcome: Outcome,
    update: Option<String>,
}

/// The longest time between two requests of a caller, in microseconds.
const PACE: u64 = 40_000;
/// How long a caller leaves a gateway alone that cannot take its request.
const PAUSE: Duration = Duration::from_millis(5);

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
            let revive = self.erased.contains(&person.id) && self.dice.percent(60);
            match requests::next(&mut self.dice, person, number, at % self.callers == self.number) {
                Request::Change { body, keyed, matching, twice } => {
                    let version = matching.then(|| self.version(&person.id)).flatten();
                    let tag = version.map_or(Tag::Any, Tag::Version);
                    self.change(&person.id, &body, keyed, keyed && twice, tag);
                }
                _ if revive => {
                    self.erased.remove(&person.id);
                    self.change(&person.id, &person.introduction(), true, false, Tag::Absent);
                }
                Request::Erase if self.erased.contains(&person.id) => {}
                Request::Erase => self.erase(&person.id),
            }
            thread::sleep(Duration::from_micros(self.dice.below(PACE)));
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
        let told = self.ask(&call);
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
        let second = self.ask(call);
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
        let told = self.ask(&call);
        self.ledger.end(op, told.outcome, None);
    }

    /// Asks until the outcome is known, or cannot be known.
    fn ask(&self, call: &Call<'_>) -> Told {
        let unknown = || Told { outcome: Outcome::Unknown, update: None };
        // The newest process that may have carried it out without telling.
        let mut doubtful = None;
        for attempt in 0_u64.. {
            let (client, life) = self.board.process();
            self.ledger.lock().repeated += u64::from(attempt > 0);
            let headers: Vec<_> = call.headers.iter().map(|(name, value)| (*name, value.as_str())).collect();
            let path = format!("/v1/users/{}", call.user);
            match client.try_send(call.method, &path, &headers, call.body) {
                // Nobody listens: it was not sent.
                Err(error) if error.kind() == io::ErrorKind::ConnectionRefused => thread::sleep(PAUSE),
                Err(_) => doubtful = Some(life),
                Ok(answer) if answer.status == 503 => {
                    if answer.problem() == "outcome-unknown" {
                        doubtful = Some(life);
                    }
                    thread::sleep(PAUSE);
                }
                Ok(answer) => {
                    self.board.answered();
                    // A refusal says nothing about an attempt that this process may still carry out.
                    let is_clear = doubtful.is_none_or(|doubtful| doubtful < life);
                    return self.told(call, &answer).unwrap_or(if is_clear {
                        Told { outcome: Outcome::Refused, update: None }
                    } else {
                        unknown()
                    });
                }
            }
            if doubtful.is_some() && !call.repeatable {
                return unknown();
            }
        }
        unreachable!("the loop above has no end")
    }

    /// What a success says; none for a refusal.
    fn told(&self, call: &Call<'_>, answer: &Response) -> Option<Told> {
        let json = answer.json();
        self.ledger.lock().replayed += u64::from(answer.header("idempotency-replayed").is_some());
        match (call.method, answer.status) {
            (_, 200 | 202) if json["version"].is_u64() => {
                let is = |name: &str| json[name].as_bool().unwrap_or_default();
                let bumped = call.method == "DELETE" || is("changed") || is("created");
                let version = json["version"].as_u64().unwrap_or_default();
                let update = json["id"].as_str().map(str::to_owned);
                return Some(Told { outcome: Outcome::Ok { version, bumped }, update });
            }
            ("PATCH", 410 | 412) | ("DELETE", 404) => {}
            (method, status) => {
                self.ledger.strange(format!("{method} {}: {status} {}", call.user, answer.text()));
            }
        }
        None
    }
}
