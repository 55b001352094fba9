//! The lane against a vendor that refuses single leaves (named or not), loses answers, applies abandoned requests late and
//! only adds to a set; with updates, operators and crashes in between. Whatever happens, once the chaos ends the vendor
//! must show the newest values of everything it does not refuse.

use std::{
    collections::{BTreeMap, BTreeSet, BinaryHeap},
    rc::Rc,
};

use canonical::Leaf;

use super::*;
use crate::Millis;

const TIMEOUT: Millis = 15_000;
const SETTLE: Millis = 60_000;
const LEAVES: [Leaf; 4] = [Leaf::Department, Leaf::Nickname, Leaf::Title, Leaf::Website];

/// Which rule is switched off, to see that the model notices.
#[derive(Clone, Copy, PartialEq)]
pub(super) enum Mutation {
    None,
    PayloadFromAcked,
    AcknowledgeWithoutEpoch,
    HoldIgnoresVersion,
    AcceptLostWhileRejected,
    AcknowledgeForgetsNewer,
    MembersWrittenAfterSend,
    SuspicionIgnored,
}

struct Rng(u64);

impl Rng {
    fn next(&mut self) -> u64 {
        self.0 ^= self.0 << 13;
        self.0 ^= self.0 >> 7;
        self.0 ^= self.0 << 17;
        self.0
    }

    fn below(&mut self, bound: u64) -> u64 {
        self.next() % bound
    }

    fn chance(&mut self, percent: u64) -> bool {
        self.below(100) < percent
    }

    fn millis(&mut self, bound: Millis) -> Millis {
        Millis::try_from(self.below(bound as u64)).expect("small")
    }
}

#[derive(Clone)]
struct Request {
    leaves: BTreeMap<Leaf, u64>,
    members: Option<(BTreeSet<String>, BTreeSet<String>)>,
}

#[derive(Default)]
struct Vendor {
    values: BTreeMap<Leaf, u64>,
    members: BTreeSet<String>,
    names_leaves: bool,
}

fn is_refused(value: u64) -> bool {
    value.is_multiple_of(5)
}

impl Vendor {
    fn apply(&mut self, request: &Request) -> Result<(), Vec<Leaf>> {
        let refused: Vec<Leaf> = request
            .leaves
            .iter()
            .filter(|(_, value)| is_refused(**value))
            .map(|(leaf, _)| leaf.clone())
            .collect();
        if !refused.is_empty() {
            return Err(if self.names_leaves { refused } else { Vec::new() });
        }
        self.values.extend(request.leaves.clone());
        if let Some((wanted, removed)) = &request.members {
            self.members.extend(wanted.iter().cloned());
            self.members.retain(|member| !removed.contains(member));
        }
        Ok(())
    }
}

struct InFlight {
    claim: Claim,
    started_at: Millis,
    request: Request,
    members: BTreeMap<Leaf, BTreeSet<String>>,
}

#[derive(Clone)]
enum Happening {
    Accept,
    Retry,
    Resync,
    Crash,
    LateApply(Rc<Request>),
    Answer(Rc<InFlight>),
    KnownFailure(Rc<InFlight>),
    Silence(Rc<InFlight>),
}

struct World {
    rng: Rng,
    now: Millis,
    lane: Lane,
    vendor: Vendor,
    version: Version,
    values: BTreeMap<Leaf, (u64, Version)>,
    tags: (BTreeSet<String>, Version),
    queue: BinaryHeap<std::cmp::Reverse<(Millis, usize)>>,
    happenings: Vec<Happening>,
    calm_from: Millis,
    mutation: Mutation,
    highest_sent: BTreeMap<Leaf, Version>,
}

/// Runs one seed; the error says what went wrong.
pub(super) fn run(seed: u64, mutation: Mutation) -> Result<(), String> {
    let mut rng = Rng(seed.wrapping_mul(0x9E37_79B9_7F4A_7C15) | 1);
    let vendor = Vendor { names_leaves: rng.chance(50), ..Vendor::default() };
    let mut world = World {
        rng,
        now: 0,
        lane: Lane::new(Some("1".to_owned())),
        vendor,
        version: 0,
        values: BTreeMap::new(),
        tags: (BTreeSet::new(), 0),
        queue: BinaryHeap::new(),
        happenings: Vec::new(),
        calm_from: 0,
        mutation,
        highest_sent: BTreeMap::new(),
    };
    world.plan_chaos();
    world.run()?;
    world.judge()
}

impl World {
    fn plan_chaos(&mut self) {
        let mut at = 0;
        for _ in 0..3 + self.rng.below(12) {
            let span = [50, 500, 1_000, 5_000, 20_000, 80_000][self.rng.below(6) as usize];
            at += self.rng.millis(span);
            self.at(at, Happening::Accept);
        }
        for (percent, happening) in
            [(50, Happening::Retry), (30, Happening::Retry), (30, Happening::Resync), (40, Happening::Crash)]
        {
            if self.rng.chance(percent) {
                let time = self.rng.millis(at + 30_000);
                self.at(time, happening);
            }
        }
        self.calm_from = at + 40_000;
    }

    fn at(&mut self, time: Millis, happening: Happening) {
        self.happenings.push(happening);
        self.queue.push(std::cmp::Reverse((time, self.happenings.len() - 1)));
    }

    fn run(&mut self) -> Result<(), String> {
        for _ in 0..4_000 {
            let due = match self.lane.state {
                State::Ready => Some(self.now),
                // A held leaf is tried by itself for days; the judgement is made before.
                State::Wait(WaitCause::HoldRetry) | State::Idle => None,
                State::Wait(_) => Some(self.now.max(self.lane.next_at)),
                _ => None,
            };
            let next = self.queue.peek().map(|next| next.0.0);
            match (due, next) {
                (Some(due), next) if next.is_none_or(|next| due < next) => {
                    self.now = due;
                    self.claim()?;
                }
                (_, Some(_)) => {
                    let Some(std::cmp::Reverse((time, index))) = self.queue.pop() else { continue };
                    self.now = self.now.max(time);
                    self.happen(self.happenings[index].clone());
                }
                _ => return Ok(()),
            }
        }
        Err("livelock".to_owned())
    }

    fn apply(&mut self, event: Event<'_>) -> Effect {
        let mut carried: BTreeMap<Leaf, Version> =
            self.values.iter().map(|(leaf, (_, version))| (leaf.clone(), *version)).collect();
        let mut members = BTreeMap::new();
        if self.tags.1 > 0 {
            carried.insert(Leaf::Tags, self.tags.1);
            members.insert(Leaf::Tags, self.tags.0.clone());
        }
        let facts = Facts {
            version: self.version,
            serves: true,
            carried: &carried,
            required: &[],
            members: &members,
        };
        apply(&mut self.lane, &facts, event, self.now)
    }

    fn claim(&mut self) -> Result<(), String> {
        let subject = SubjectFact {
            candidate: Some(("1".to_owned(), "1".to_owned())),
            taken: false,
            apply_window: None,
        };
        if self.mutation == Mutation::PayloadFromAcked {
            self.lane.floor = self.lane.acked;
        }
        if self.mutation == Mutation::SuspicionIgnored {
            self.lane.suspect_until = None;
        }
        let confirmed_before = self.lane.confirmed.clone();
        let Effect::Send(claim) = self.apply(Event::Claim(subject)) else { return Ok(()) };
        if self.mutation == Mutation::MembersWrittenAfterSend {
            self.lane.confirmed = confirmed_before;
        }
        for (leaf, version) in &claim.payload {
            let highest = self.highest_sent.entry(leaf.clone()).or_default();
            if version < highest {
                return Err(format!("{leaf} went back"));
            }
            *highest = *version;
        }
        let leaves =
            claim.payload.iter().filter_map(|(leaf, _)| Some((leaf.clone(), self.values.get(leaf)?.0)));
        let wanted = claim.payload.iter().any(|(leaf, _)| *leaf == Leaf::Tags).then(|| self.tags.0.clone());
        let removed = claim.removed.get(&Leaf::Tags).cloned().unwrap_or_default();
        let request =
            Request { leaves: leaves.collect(), members: wanted.clone().map(|wanted| (wanted, removed)) };
        let members = wanted.map(|wanted| (Leaf::Tags, wanted)).into_iter().collect();
        self.send(InFlight { claim, started_at: self.now, request, members });
        Ok(())
    }

    fn send(&mut self, in_flight: InFlight) {
        let in_flight = Rc::new(in_flight);
        let latency = 50 + self.rng.millis(300);
        let luck = if self.now < self.calm_from { self.rng.below(100) } else { 0 };
        match luck {
            0..72 => self.at(self.now + latency, Happening::Answer(in_flight)),
            72..80 => self.at(self.now + latency, Happening::KnownFailure(in_flight)),
            _ => {
                self.maybe_apply_late(&in_flight.request);
                let silence = if self.rng.chance(60) { TIMEOUT } else { latency };
                self.at(self.now + silence, Happening::Silence(in_flight));
            }
        }
    }

    fn maybe_apply_late(&mut self, request: &Request) {
        if self.rng.chance(70) {
            let late = self.now + self.rng.millis(TIMEOUT + SETTLE - 1_000);
            self.at(late, Happening::LateApply(Rc::new(request.clone())));
        }
    }

    fn happen(&mut self, happening: Happening) {
        match happening {
            Happening::Accept => self.accept(),
            Happening::Retry => drop(self.apply(Event::Rearm(Rearm::Retry))),
            Happening::Resync => drop(self.apply(Event::Rearm(Rearm::Resync))),
            Happening::Crash => drop(self.apply(Event::Start { window: TIMEOUT + SETTLE })),
            Happening::LateApply(request) => drop(self.vendor.apply(&request)),
            Happening::Answer(in_flight) => self.answer(&in_flight),
            Happening::KnownFailure(in_flight) => {
                let failure = self.failure();
                self.settle(&in_flight, Outcome::NotApplied { failure });
            }
            Happening::Silence(in_flight) => {
                let suspect_until = in_flight.started_at + TIMEOUT + SETTLE;
                let failure = self.failure();
                self.settle(&in_flight, Outcome::Unknown { failure, suspect_until });
            }
        }
    }

    fn failure(&mut self) -> Failure {
        let next_at = self.now + 1_000 + self.rng.millis(10_000);
        Failure {
            class: FailureClass::Unavailable,
            status: None,
            counted: true,
            cause: WaitCause::Outage,
            next_at,
            release_subject: false,
        }
    }

    fn accept(&mut self) {
        self.version += 1;
        let mut changed = Vec::new();
        for _ in 0..1 + self.rng.below(3) {
            if self.rng.chance(20) {
                let tags =
                    ["x", "y", "z"].into_iter().filter(|_| self.rng.chance(50)).map(str::to_owned).collect();
                self.tags = (tags, self.version);
                changed.push(Leaf::Tags);
                continue;
            }
            let leaf = LEAVES[self.rng.below(4) as usize].clone();
            let value = self.version * 10 + if self.rng.chance(30) { 0 } else { 1 + self.rng.below(4) };
            self.values.insert(leaf.clone(), (value, self.version));
            changed.push(leaf);
        }
        let rejected = self.lane.step.is_some() || !self.lane.held.is_empty();
        let kept = self.lane.clone();
        self.apply(Event::Accept { changed: &changed, resent: &[], priority: Priority::Interactive });
        if self.mutation == Mutation::AcceptLostWhileRejected && rejected {
            self.lane = kept;
        }
    }

    fn answer(&mut self, in_flight: &InFlight) {
        let outcome = match self.vendor.apply(&in_flight.request) {
            Ok(()) => Outcome::Ok { witness: None, unverified: Vec::new() },
            Err(named) => Outcome::Rejected { named, status: Some(422) },
        };
        self.settle(in_flight, outcome);
    }

    fn settle(&mut self, in_flight: &InFlight, outcome: Outcome) {
        let payload = in_flight.claim.payload.iter().cloned().map(|(leaf, version)| {
            let newest = self.values.get(&leaf).map_or(version, |(_, newest)| *newest);
            (leaf, if self.mutation == Mutation::HoldIgnoresVersion { newest } else { version })
        });
        let sent = Sent { payload: payload.collect(), members: in_flight.members.clone(), ..Sent::default() };
        let epoch = match self.mutation {
            Mutation::AcknowledgeWithoutEpoch => self.lane.epoch,
            _ => in_flight.claim.epoch,
        };
        if self.mutation == Mutation::AcknowledgeForgetsNewer && matches!(outcome, Outcome::Ok { .. }) {
            self.lane.want = self.lane.sent;
        }
        self.apply(Event::Settle(Settle { epoch, started_at: in_flight.started_at, sent, outcome }));
    }

    fn judge(&self) -> Result<(), String> {
        if let State::Blocked(reason) = self.lane.state {
            return Err(format!("blocked: {reason:?}"));
        }
        if self.tags.1 > 0 && self.vendor.members != self.tags.0 {
            return Err("the set diverged".to_owned());
        }
        for (leaf, (value, version)) in &self.values {
            let held = self.lane.held.get(leaf).filter(|hold| hold.version == *version);
            match held {
                Some(_) if !is_refused(*value) => return Err(format!("{leaf} is held although it is good")),
                Some(hold) if hold.again => return Err(format!("{leaf} is still to be tried again")),
                None if self.vendor.values.get(leaf) != Some(value) => {
                    return Err(format!("{leaf} diverged"));
                }
                _ => {}
            }
        }
        Ok(())
    }
}

#[test]
fn the_vendor_ends_with_the_newest_values_whatever_happens() {
    for seed in 0..20_000 {
        if let Err(problem) = run(seed, Mutation::None) {
            panic!("seed {seed}: {problem}");
        }
    }
}

#[test]
fn the_model_notices_when_a_rule_is_switched_off() {
    for (name, mutation) in [
        ("payload from acked instead of floor", Mutation::PayloadFromAcked),
        ("acknowledge without epoch", Mutation::AcknowledgeWithoutEpoch),
        ("hold ignores the version sent", Mutation::HoldIgnoresVersion),
        ("accept lost while its lane is rejected", Mutation::AcceptLostWhileRejected),
        ("acknowledge sets want = acked", Mutation::AcknowledgeForgetsNewer),
        ("members written after the send", Mutation::MembersWrittenAfterSend),
        ("suspicion ignored", Mutation::SuspicionIgnored),
    ] {
        let caught = (0..20_000)
            .find(|seed| std::panic::catch_unwind(|| run(*seed, mutation)).is_ok_and(|run| run.is_err()));
        assert!(caught.is_some(), "not noticed: {name}");
    }
}
