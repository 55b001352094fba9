//! The simulator without clock, network or randomness from outside: requests and moments go in, answers come out.

use std::collections::{BTreeMap, HashMap};

use serde::{Deserialize, Serialize};

use crate::call::Call;
use crate::config::{Config, Vendor};
use crate::fault::Fault;
use crate::history::{Applied, Exchange, History};
use crate::knobs::{Knobs, UnknownSubjects};
use crate::plan::Plan;
use crate::reply::Reply;
use crate::seed::SeedUser;
use crate::users::Record;
use crate::vendors;
use crate::violation::{Violation, ViolationKind};
use crate::world::World;

/// One vendor as a state machine. The listener drives it with real time; a simulation drives it with virtual time.
pub struct Core {
    pub(crate) world: World,
    pub(crate) plan: Plan,
    pub(crate) history: History,
    violations: Vec<Violation>,
    cap: usize,
    in_flight: HashMap<String, u32>,
    overlaps: BTreeMap<String, u64>,
    applications: u64,
    bucket: Option<(f64, u64)>,
    pub(crate) down: bool,
    pub(crate) refused: u64,
}

/// What became of a request on reception.
#[derive(Clone, Debug)]
pub enum Received {
    /// Served and applied; the exchange is closed.
    Answered(Reply),
    /// A fault was chosen: nothing is applied yet and the exchange stays open until [`Core::close`].
    Faulty {
        /// Sequence number of the exchange.
        seq: u64,
        /// Its subject, to be given back to [`Core::close`].
        subject: Option<String>,
        /// The fault to carry out.
        fault: Fault,
    },
}

/// Everything about a simulator but its history and violations.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct StateView {
    /// The vendor.
    pub vendor: Vendor,
    /// How many requests were received.
    pub requests: u64,
    /// How many changes were applied.
    pub applications: u64,
    /// How many requests met a vendor that is down.
    pub refused: u64,
    /// Whether it is down.
    pub down: bool,
    /// Changes that Village has accepted and not applied.
    pub queued: usize,
    /// How many exchanges the bounded history has dropped.
    pub dropped: u64,
    /// How often a request came while another one for the same subject was open, by subject.
    pub overlaps: BTreeMap<String, u64>,
    /// The users' records by subject.
    pub users: BTreeMap<String, Record>,
}

impl Core {
    /// A fresh vendor with the users of `config`.
    pub fn new(config: &Config) -> Self {
        Self {
            world: World::new(config),
            plan: Plan::new(config.seed),
            history: History::new(config.history_cap),
            violations: Vec::new(),
            cap: config.history_cap,
            in_flight: HashMap::new(),
            overlaps: BTreeMap::new(),
            applications: 0,
            bucket: None,
            down: false,
            refused: 0,
        }
    }

    /// Takes a request at this moment (microseconds since the start): checks it, records it and, unless a fault
    /// is due, serves it.
    pub fn receive(&mut self, call: &Call, now_us: u64) -> Received {
        for due in self.world.age_queue() {
            self.note_applied(due, now_us);
        }
        let outcome = vendors::serve(&self.world, call);
        let seq = self.history.open(call, outcome.subject.clone(), outcome.credential, now_us);
        self.note_violations(seq, &outcome.violations);
        self.note_overlap(outcome.subject.as_deref());
        if let Some((rule, fault)) = self.plan.choose(outcome.subject.as_deref(), &call.method) {
            if let Some(subject) = &outcome.subject {
                *self.in_flight.entry(subject.clone()).or_default() += 1;
            }
            if let Some(exchange) = self.history.get_mut(seq) {
                exchange.fault = Some(rule);
            }
            return Received::Faulty { seq, subject: outcome.subject, fault };
        }
        let reply = self.over_limit(now_us).unwrap_or_else(|| {
            if self.world.commit(seq, outcome.change) {
                self.note_applied(seq, now_us);
            }
            outcome.reply
        });
        if let Some(exchange) = self.history.get_mut(seq) {
            exchange.status = Some(reply.status);
            exchange.answer = Some((&reply).into());
            exchange.ended_us = Some(now_us);
        }
        Received::Answered(reply)
    }

    /// Serves and applies a request that [`Core::receive`] left open, as often as it is called.
    pub fn apply(&mut self, seq: u64, call: &Call, now_us: u64) -> Reply {
        let outcome = vendors::serve(&self.world, call);
        if self.world.commit(seq, outcome.change) {
            self.note_applied(seq, now_us);
        }
        outcome.reply
    }

    /// What the vendor would answer, without applying anything.
    pub fn preview(&self, call: &Call) -> Reply {
        vendors::serve(&self.world, call).reply
    }

    /// Ends an open exchange: the answer is sent, or the caller has left. `status` is `None` without an answer.
    /// `subject` is the one that the exchange carries.
    pub fn close(&mut self, seq: u64, subject: Option<&str>, status: Option<u16>, now_us: u64) {
        if let Some(subject) = subject
            && let Some(open) = self.in_flight.get_mut(subject)
        {
            *open -= 1;
            if *open == 0 {
                self.in_flight.remove(subject);
            }
        }
        if let Some(exchange) = self.history.get_mut(seq) {
            exchange.status = status;
            exchange.ended_us = Some(now_us);
        }
    }

    /// Notes the whole answer to an open exchange.
    pub fn note_answer(&mut self, seq: u64, reply: &Reply) {
        if let Some(exchange) = self.history.get_mut(seq) {
            exchange.answer = Some(reply.into());
        }
    }

    /// Applies everything that Village has queued; gives how much that was.
    pub fn tick(&mut self, now_us: u64) -> usize {
        let due = self.world.drain_queue();
        for seq in &due {
            self.note_applied(*seq, now_us);
        }
        due.len()
    }

    /// Adds people, or sets existing ones back to what is given.
    pub fn seed_users(&mut self, users: &[SeedUser]) {
        self.world.seed(users);
    }

    /// Overwrites some fields of a record, as somebody at the vendor's own screen would; `false` for nobody.
    pub fn edit_user(&mut self, subject: &str, fields: Record) -> bool {
        let Some(mut record) = self.world.users.get(subject).cloned() else { return false };
        record.extend(fields);
        self.world.users.put(subject, record);
        true
    }

    /// The violations so far; at most as many as the history's bound.
    pub fn violations(&self) -> &[Violation] {
        &self.violations
    }

    /// The exchanges after this sequence number, oldest first.
    pub fn history_after(&self, seq: u64) -> Vec<Exchange> {
        self.history.after(seq)
    }

    /// The knobs, to read or to change.
    pub const fn knobs_mut(&mut self) -> &mut Knobs {
        &mut self.world.knobs
    }

    /// Somebody's record.
    pub fn record(&self, subject: &str) -> Option<&Record> {
        self.world.users.get(subject)
    }

    /// The record of the person who has this name of a kind, `username`, say.
    pub fn record_named(&self, kind: &str, name: &str) -> Option<&Record> {
        let subjects = self.world.users.named(&format!("{kind}:{}", name.to_lowercase()));
        subjects.first().and_then(|subject| self.record(subject))
    }

    /// A copy of the state.
    pub fn state(&self) -> StateView {
        StateView {
            vendor: self.world.vendor,
            requests: self.history.last(),
            applications: self.applications,
            refused: self.refused,
            down: self.down,
            queued: self.world.queued(),
            dropped: self.history.dropped(),
            overlaps: self.overlaps.clone(),
            users: self.world.users.all().clone(),
        }
    }

    pub(crate) const fn applications(&self) -> u64 {
        self.applications
    }

    pub(crate) const fn overlaps(&self) -> &BTreeMap<String, u64> {
        &self.overlaps
    }

    fn note_applied(&mut self, seq: u64, now_us: u64) {
        self.applications += 1;
        let applied = Applied { order: self.applications, at_us: now_us };
        if let Some(exchange) = self.history.get_mut(seq) {
            exchange.applied.push(applied);
        }
    }

    fn note_violations(&mut self, seq: u64, kinds: &[ViolationKind]) {
        let allowed = self.world.knobs.unknown_subjects == UnknownSubjects::Allowed;
        for &kind in kinds {
            if self.violations.len() >= self.cap || (allowed && kind == ViolationKind::UnknownSubject) {
                continue;
            }
            self.violations.push(Violation { seq, kind });
        }
    }

    fn note_overlap(&mut self, subject: Option<&str>) {
        if let Some(subject) = subject
            && self.in_flight.contains_key(subject)
        {
            *self.overlaps.entry(subject.to_owned()).or_default() += 1;
        }
    }

    /// The 429 of a request above the rate limit.
    #[expect(clippy::cast_precision_loss, reason = "microseconds of a run stay far below 2^53")]
    fn over_limit(&mut self, now_us: u64) -> Option<Reply> {
        let limit = self.world.knobs.rate_limit?;
        let burst = f64::from(limit.burst);
        let (tokens, since) = self.bucket.unwrap_or((burst, now_us));
        let gained = now_us.saturating_sub(since) as f64 / 1e6 * limit.per_second;
        let tokens = (tokens + gained).min(burst);
        self.bucket = Some(if tokens < 1.0 { (tokens, now_us) } else { (tokens - 1.0, now_us) });
        if tokens >= 1.0 {
            return None;
        }
        let wait = ((1.0 - tokens) / limit.per_second).ceil().max(1.0);
        let reply = vendors::error_reply(self.world.vendor, 429, None);
        Some(reply.with_header("retry-after", &format!("{wait:.0}")))
    }
}
