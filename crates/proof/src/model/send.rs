//! What is claimed goes out, and what becomes of it.

use std::rc::Rc;

use adapter::{Method, VendorRequest};
use delivery::{
    Route,
    decide::{self, ClaimLoaded},
    lane::{Claim, Failure, FailureClass, Filler, Outcome, Partial, Sent, Settle, WaitCause},
    mutation::{self, Mutation},
    planner,
    store::Settlement,
};

use super::{
    happen::Happening,
    rules::{NAME, QUEUE, REQUIRED, ROUTE, SET, TIMEOUT, WINDOW, number},
    run::{Place, Run},
    vendor::{Record, refused},
};

/// An attempt under way, or given up.
pub(super) struct Flight {
    pub(super) claim: Claim,
    pub(super) started_at: i64,
    pub(super) requests: Vec<VendorRequest>,
    pub(super) sent: Sent,
    pub(super) route: std::sync::Arc<Route>,
    pub(super) to: Place,
    pub(super) incarnation: u32,
    pub(super) place: u32,
}

impl Flight {
    /// Whether the requests make the set what it is to be: a part of a set is no set, and no member is none either.
    fn writes_set(&self) -> bool {
        let names_set = |request: &VendorRequest| {
            request.method == Method::Delete
                || request.body.as_ref().is_some_and(|body| body.get(SET).is_some())
        };
        self.sent.partial != Partial::Members && self.requests.iter().any(names_set)
    }
}

impl Run {
    pub(super) fn to(&self, subject: &str) -> Place {
        (self.system, subject.to_owned())
    }

    pub(super) fn claim(&mut self) -> Result<(), String> {
        let (Some(row), Some(user)) = (self.row.clone(), self.user.clone()) else { return Ok(()) };
        let user_id = NAME.parse().map_err(|_| "no id")?;
        let profile = std::sync::Arc::clone(&user.profile);
        let incarnation = user.incarnation;
        let mut loaded = ClaimLoaded { row, user_id, user };
        let work = decide::claim(&self.routes, &mut loaded, self.now, |_| false);
        self.row = Some(loaded.row);
        let Some(work) = work else { return Ok(()) };
        let route = self.routes.get(ROUTE).ok_or("no route")?;
        let built = planner::build(route, &profile, &work.claim).map_err(|error| error.to_string())?;
        let (requests, sent) = built;
        let flight = Flight {
            to: self.to(&work.claim.subject),
            claim: work.claim,
            started_at: self.now,
            requests,
            sent,
            route: std::sync::Arc::clone(route),
            incarnation,
            place: self.place,
        };
        self.note(|run| {
            let lane = run.row.as_ref().map(|row| &row.lane);
            format!("send {:?} + {:?}, {lane:?}", flight.sent.payload, flight.sent.along)
        });
        self.check_send(&flight)?;
        self.sends += 1;
        if flight.requests.is_empty() {
            let seeded = mutation::is_on(Mutation::NothingSentIsASuccess);
            let taken = Outcome::Ok { witness: None, unverified: Vec::new() };
            self.settle(&flight, if seeded { taken } else { Outcome::NothingToSend }, false);
            return Ok(());
        }
        let flight = Rc::new(flight);
        self.flights.push(Rc::clone(&flight));
        self.fly(flight);
        Ok(())
    }

    fn fly(&mut self, flight: Rc<Flight>) {
        let mut latency = 50 + self.millis(2_000);
        if self.dice.percent(10) {
            latency += self.millis(TIMEOUT - 3_000);
        }
        let luck = if self.now < self.calm_from { self.dice.below(100) } else { 0 };
        match luck {
            0..66 => {
                let arrives = self.millis(latency);
                self.at(self.now + arrives, Happening::Arrive(Rc::clone(&flight)));
                self.at(self.now + latency, Happening::Answer(flight));
            }
            66..74 => self.at(self.now + latency, Happening::KnownFailure(flight)),
            74..80 => self.at(self.now + latency, Happening::Half(flight)),
            _ => {
                if self.dice.percent(70) {
                    let late = self.millis(WINDOW - 1_000).max(self.millis(WINDOW - 1_000));
                    self.at(self.now + late, Happening::Late(Rc::clone(&flight)));
                }
                let silence = if self.dice.percent(60) { TIMEOUT } else { latency };
                self.at(self.now + silence, Happening::Silence(flight));
            }
        }
    }

    /// The whole attempt reaches the vendor, which applies it now or, if it queues, soon.
    pub(super) fn arrive(&mut self, flight: Rc<Flight>) {
        if !refused(&flight.requests).is_empty() {
            return;
        }
        if self.queues {
            let later = self.millis(QUEUE - 1_000 - (self.now - flight.started_at));
            self.at(self.now + later, Happening::Late(flight));
        } else {
            self.write(&flight, flight.requests.len());
        }
    }

    /// The vendor applies the first of an attempt's requests.
    pub(super) fn write(&mut self, flight: &Flight, count: usize) {
        let record: &mut Record = self.records.entry(flight.to.clone()).or_default();
        flight.requests.iter().take(count).for_each(|request| record.apply(request));
        let is_whole = count == flight.requests.len();
        let is_whole = is_whole && flight.writes_set();
        for assertion in flight.sent.all().filter(|assertion| is_whole || *assertion.slot != *SET) {
            self.applied.insert((assertion.leaf.clone(), assertion.version, flight.incarnation));
        }
        self.note(|_| format!("     {:?} applies {count} of {}", flight.to, flight.sent.version));
    }

    pub(super) fn answered(&mut self, flight: &Flight) {
        let writes_set = flight.writes_set();
        for assertion in flight.sent.all().filter(|assertion| writes_set || *assertion.slot != *SET) {
            self.answered.insert((assertion.leaf.clone(), assertion.version, flight.incarnation));
        }
        let values = flight.sent.required.values().map(|value| (flight.place, value.to_string()));
        self.confirmed.extend(values);
    }

    pub(super) fn failure(&mut self) -> Failure {
        let next_at = self.now + 1_000 + self.millis(10_000);
        Failure {
            class: FailureClass::Unavailable,
            status: None,
            counted: true,
            cause: WaitCause::Outage,
            next_at,
            release_subject: false,
        }
    }

    pub(super) fn settle(&mut self, flight: &Flight, outcome: Outcome, is_partly_applied: bool) {
        let (Some(row), Some(user)) = (&mut self.row, &self.user) else { return };
        let settle = Settle {
            epoch: flight.claim.epoch,
            started_at: flight.started_at,
            sent: flight.sent.clone(),
            is_partly_applied,
            outcome,
        };
        let Some(lane) = row.id else { return };
        let route = std::sync::Arc::clone(&flight.route);
        let settlement = Settlement { lane, route, settle, attempt: None, now: self.now };
        let known = decide::needs_profile(&row.lane, &settlement).then_some(user);
        decide::settle(settlement, row.lane_mut(), known);
    }

    /// Nothing goes out that is not the person's any more, or that is older than what went out before.
    fn check_send(&mut self, flight: &Flight) -> Result<(), String> {
        let user = self.user.as_ref().ok_or("nobody")?;
        let fillers =
            flight.claim.fillers.iter().filter(|(_, filler)| matches!(filler, Filler::Confirmed(_)));
        let old: Vec<_> = fillers.map(|(assertion, _)| &assertion.leaf).collect();
        for assertion in flight.sent.all() {
            let (leaf, version) = (&assertion.leaf, assertion.version);
            if old.contains(&leaf) {
                let value = flight.sent.required.get(leaf).map(ToString::to_string).unwrap_or_default();
                if *leaf != REQUIRED || !self.confirmed.contains(&(self.place, value)) {
                    return Err(format!(
                        "privacy: an old filler that was never confirmed there: {assertion:?}"
                    ));
                }
                continue;
            }
            let present = user.profile.get(leaf);
            if present.is_none_or(|entry| entry.version != version) {
                return Err(format!("privacy: {leaf} v{version} is not the person's any more"));
            }
            let highest = self.highest_sent.entry((flight.to.clone(), leaf.clone())).or_default();
            if version < *highest {
                return Err(format!("{leaf} went back to v{version}"));
            }
            *highest = version;
        }
        // What the bytes say is what was claimed.
        for request in &flight.requests {
            for (name, value) in request.body.as_ref().and_then(|body| body.as_object()).into_iter().flatten()
            {
                let claimed = flight.sent.all().find(|assertion| *assertion.slot == **name);
                let of = number(value).and_then(|number| self.given.get(&number));
                // An old filler was held against what was confirmed.
                let is_old = claimed.is_some_and(|claimed| old.contains(&&claimed.leaf));
                let same = match (claimed, of) {
                    _ if is_old => true,
                    (Some(claimed), Some(of)) => (&of.0, of.1) == (&claimed.leaf, claimed.version),
                    (claimed, None) => claimed.is_some() && (*name == SET || value == ""),
                    (None, Some(_)) => false,
                };
                if !same {
                    return Err(format!("{name} carries {value}, which was not claimed: {claimed:?}"));
                }
            }
        }
        Ok(())
    }
}
