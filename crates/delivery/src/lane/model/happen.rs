//! What becomes of a request, and what else happens to a lane.

use std::rc::Rc;

use super::{
    super::*,
    Mutation,
    vendor::Request,
    world::{Happening, InFlight, LEAVES, SETTLE, TIMEOUT, World},
};

impl World {
    pub(super) fn send(&mut self, in_flight: InFlight) {
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

    pub(super) fn happen(&mut self, happening: Happening) {
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
}
