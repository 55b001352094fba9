//! What happens when, and whether it ended well.

use std::{
    collections::{BTreeMap, BTreeSet, BinaryHeap},
    rc::Rc,
};

use canonical::Leaf;

use super::{
    super::*,
    Mutation,
    rng::Rng,
    vendor::{Request, Vendor, is_refused},
};
use crate::Millis;

pub(super) const TIMEOUT: Millis = 15_000;
pub(super) const SETTLE: Millis = 60_000;
pub(super) const LEAVES: [Leaf; 4] = [Leaf::Department, Leaf::Nickname, Leaf::Title, Leaf::Website];

pub(super) struct InFlight {
    pub(super) claim: Claim,
    pub(super) started_at: Millis,
    pub(super) request: Request,
    pub(super) members: BTreeMap<Leaf, BTreeSet<String>>,
}

#[derive(Clone)]
pub(super) enum Happening {
    Accept,
    Retry,
    Resync,
    Crash,
    LateApply(Rc<Request>),
    Answer(Rc<InFlight>),
    KnownFailure(Rc<InFlight>),
    Silence(Rc<InFlight>),
}

pub(super) struct World {
    pub(super) rng: Rng,
    pub(super) now: Millis,
    pub(super) lane: Lane,
    pub(super) vendor: Vendor,
    pub(super) version: Version,
    pub(super) values: BTreeMap<Leaf, (u64, Version)>,
    pub(super) tags: (BTreeSet<String>, Version),
    pub(super) queue: BinaryHeap<std::cmp::Reverse<(Millis, usize)>>,
    pub(super) happenings: Vec<Happening>,
    pub(super) calm_from: Millis,
    pub(super) mutation: Mutation,
    pub(super) highest_sent: BTreeMap<Leaf, Version>,
}

/// Runs one seed; the error says what went wrong.
pub(super) fn run(seed: u64, mutation: Mutation) -> Result<(), String> {
    let mut rng = Rng::of(seed);
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

    pub(super) fn at(&mut self, time: Millis, happening: Happening) {
        self.happenings.push(happening);
        self.queue.push(std::cmp::Reverse((time, self.happenings.len() - 1)));
    }

    fn run(&mut self) -> Result<(), String> {
        for _ in 0..4_000 {
            self.check_dates()?;
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

    pub(super) fn apply(&mut self, event: Event<'_>) -> Effect {
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

    /// What is owed is counted and grows old; what was confirmed and is in doubt is not, as long as it only waits.
    fn check_dates(&self) -> Result<(), String> {
        let versions = self.values.iter().map(|(leaf, (_, version))| (leaf.clone(), *version));
        let tags = (self.tags.1 > 0).then_some((Leaf::Tags, self.tags.1));
        let is_held =
            |leaf: &Leaf, version| self.lane.held.get(leaf).is_some_and(|hold| hold.version == version);
        let owes =
            versions.chain(tags).any(|(leaf, version)| version > self.lane.acked && !is_held(&leaf, version));
        if self.lane.dirty_since.is_none()
            && self.lane.last_class.is_some()
            && matches!(
                self.lane.state,
                State::Ready | State::InFlight | State::Wait(WaitCause::Backoff | WaitCause::Outage)
            )
            && self.lane.held.is_empty()
        {
            return Err("what failed has no date".to_owned());
        }
        match (owes, self.lane.dirty_since, self.lane.state) {
            (true, None, _) => Err("what is owed has no date".to_owned()),
            (false, Some(_), State::Idle | State::Wait(WaitCause::Verify | WaitCause::HoldRetry)) => {
                Err("nothing is owed, and it grows old".to_owned())
            }
            _ => Ok(()),
        }
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
