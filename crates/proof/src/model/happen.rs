//! What happens to the lane, apart from its own claims.

use std::{rc::Rc, sync::Arc};

use canonical::{Leaf, Patch, Rules};
use delivery::{
    LaneId,
    decide::{self, Loaded},
    lane::{Lane, Outcome, Rearm, State, Watermark},
    store::{Accept, Actor, Erase, LaneRow, Precondition},
};
use serde_json::{Map, Value as Json, json};
use uuid::Uuid;

use super::{
    rules::{self, NAME, REQUIRED, ROUTE, VALUES, WINDOW, text},
    run::Run,
    send::Flight,
    vendor::refused,
};

pub(super) enum Happening {
    Accept,
    Retry,
    Resync,
    Crash,
    Reload,
    /// The pass after a reload reaches the lane.
    Pass,
    Move,
    Identity,
    Erase,
    /// The row turns out to be of an older schema.
    Upgrade,
    Arrive(Rc<Flight>),
    Late(Rc<Flight>),
    Answer(Rc<Flight>),
    KnownFailure(Rc<Flight>),
    /// The first request was answered, and the last was certainly not applied.
    Half(Rc<Flight>),
    Silence(Rc<Flight>),
}

impl Run {
    pub(super) fn happen(&mut self, happening: Happening) -> Result<(), String> {
        match happening {
            Happening::Accept => return self.accept(),
            Happening::Retry => self.rearm(&Rearm::Retry),
            Happening::Resync => self.rearm(&Rearm::Resync),
            Happening::Pass => self.rearm(&Rearm::Mapping),
            Happening::Crash => self.crash(),
            Happening::Reload => self.reload(),
            Happening::Move => self.move_away(),
            Happening::Identity => return self.identity(),
            Happening::Erase => self.erase(),
            Happening::Upgrade => self.upgrade(),
            Happening::Arrive(flight) => self.arrive(flight),
            Happening::Late(flight) => {
                if refused(&flight.requests).is_empty() {
                    self.write(&flight, flight.requests.len());
                }
            }
            Happening::Answer(flight) => self.answer(&flight),
            Happening::KnownFailure(flight) => {
                if self.is_under_way(&flight) {
                    let failure = self.failure();
                    self.settle(&flight, Outcome::NotApplied { failure }, false);
                    self.note(|_| "known failure".to_owned());
                }
            }
            Happening::Half(flight) => self.half(&flight),
            Happening::Silence(flight) => {
                if self.is_under_way(&flight) {
                    let (failure, suspect_until) = (self.failure(), flight.started_at + WINDOW);
                    self.settle(&flight, Outcome::Unknown { failure, suspect_until }, false);
                    self.note(|_| "silence".to_owned());
                }
            }
        }
        Ok(())
    }

    /// An attempt that ended with its process is never answered.
    fn is_under_way(&mut self, flight: &Rc<Flight>) -> bool {
        let before = self.flights.len();
        self.flights.retain(|under_way| !Rc::ptr_eq(under_way, flight));
        self.flights.len() < before
    }

    fn answer(&mut self, flight: &Rc<Flight>) {
        if !self.is_under_way(flight) {
            return;
        }
        let refused = refused(&flight.requests);
        self.note(|_| format!("answer, refused: {refused:?}"));
        if refused.is_empty() {
            self.answered(flight);
            self.settle(flight, Outcome::Ok { witness: None, unverified: Vec::new() }, true);
            return;
        }
        let leaves = refused.iter().filter_map(|name| flight.route.mapping.leaf_of(name).cloned());
        let named: Vec<Leaf> = if self.names_fields { leaves.collect() } else { Vec::new() };
        self.settle(flight, Outcome::Rejected { named, status: Some(422) }, false);
    }

    fn half(&mut self, flight: &Rc<Flight>) {
        if !self.is_under_way(flight) {
            return;
        }
        let is_applied = flight.requests.len() > 1 && refused(&flight.requests).is_empty();
        if is_applied {
            self.write(flight, 1);
        }
        let failure = self.failure();
        self.settle(flight, Outcome::NotApplied { failure }, is_applied);
        self.note(|_| format!("half: {is_applied}"));
    }

    fn rearm(&mut self, rearm: &Rearm) {
        let (Some(row), Some(user)) = (&mut self.row, &self.user) else { return };
        let Some(route) = self.routes.get(ROUTE) else { return };
        decide::rearm(route, row, user, rearm, self.now);
        self.note(|run| format!("{rearm:?}: {:?}", run.row.as_ref().map(|row| row.lane.state)));
    }

    fn crash(&mut self) {
        let Some(row) = &mut self.row else { return };
        if row.lane.state == State::Erased {
            return;
        }
        decide::start(row, &[(ROUTE, WINDOW)], self.now);
        for flight in std::mem::take(&mut self.flights) {
            if !self.dice.percent(70) {
                continue;
            }
            let left = (flight.started_at + WINDOW - 1_000 - self.now).max(0);
            let late = self.millis(left);
            self.at(self.now + late, Happening::Late(flight));
        }
        self.note(|_| "crash".to_owned());
    }

    fn configure(&mut self, moves: bool) {
        if let Some(row) = &mut self.row
            && row.lane.watermark.is_some()
        {
            row.lane_mut().distrust(moves);
        }
        self.routes = rules::routes(&self.variant, self.place, self.queues);
        self.reloads += 1;
        let pass = self.millis(50_000);
        self.at(self.now + pass, Happening::Pass);
        self.note(|run| format!("{:?} at {}", run.variant, run.place));
    }

    fn reload(&mut self) {
        self.variant = rules::another(&self.variant, &mut self.dice);
        self.configure(false);
    }

    fn move_away(&mut self) {
        self.place += 1;
        self.lives += 1;
        // Else it is another name for the same system.
        if self.dice.percent(50) {
            self.system = self.systems;
            self.systems += 1;
        }
        self.configure(true);
    }

    fn accept(&mut self) -> Result<(), String> {
        let is_first = self.user.as_ref().is_none_or(|user| user.erased_at.is_some());
        let version = self.user.as_ref().map_or(0, |user| user.version) + 1;
        let mut body = Map::new();
        let mut leaves: Vec<Leaf> = VALUES.into_iter().chain([Leaf::Tags]).collect();
        for _ in 0..self.dice.range(1, 3) {
            let leaf = leaves.remove(usize::try_from(self.dice.below(leaves.len() as u64)).unwrap_or(0));
            let value = self.value(&leaf, version, is_first);
            body.insert(leaf.name().to_owned(), value);
        }
        if is_first {
            if self.dice.percent(90) && !body.contains_key(REQUIRED.name()) {
                let value = self.value(&REQUIRED, version, true);
                body.insert(REQUIRED.name().to_owned(), value);
            }
            body.insert("identities".to_owned(), json!({ NAME: "s0" }));
        }
        self.submit(&body.into(), is_first)
    }

    fn value(&mut self, leaf: &Leaf, version: u64, is_first: bool) -> Json {
        if *leaf == Leaf::Tags {
            let all = if self.wide && self.dice.percent(50) { 26 } else { 3 };
            let chance = if all > 3 && self.dice.percent(50) { 100 } else { 40 };
            return (0..all)
                .filter(|_| self.dice.percent(chance))
                .map(|n| Json::from(format!("g{n}")))
                .collect();
        }
        if self.dice.percent(30) && !(*leaf == REQUIRED && is_first) {
            return Json::Null;
        }
        // A number of its own, so that the vendor's record tells whose value it has.
        let place = VALUES.iter().position(|one| one == leaf).unwrap_or(0) as u64;
        let lane = version * 8 + place * 2 + self.dice.below(2);
        let incarnation = self.user.as_ref().map_or(0, |user| user.incarnation) + u32::from(is_first);
        self.given.insert(lane, (leaf.clone(), version, incarnation, self.lives));
        text(lane).into()
    }

    fn identity(&mut self) -> Result<(), String> {
        if self.user.as_ref().is_none_or(|user| user.erased_at.is_some()) {
            return Ok(());
        }
        self.lives += 1;
        let subject = ["s0".to_owned(), "s1".to_owned(), format!("s{}", self.lives + 1)];
        let subject = self.dice.pick(&subject).clone();
        self.submit(&json!({ "identities": { NAME: subject } }), false)
    }

    fn submit(&mut self, body: &Json, is_first: bool) -> Result<(), String> {
        self.note(|_| format!("accept {body}"));
        let patch = Patch::parse(body.to_string().as_bytes(), &Rules::default());
        let command = Accept {
            id: Uuid::from_u128(self.updates.len() as u128),
            user: NAME.parse().map_err(|_| "no id")?,
            patch: patch.map_err(|faults| format!("{faults:?}"))?,
            precondition: if is_first { Precondition::Absent } else { Precondition::None },
            idempotency: None,
            caller: Actor("crm".to_owned()),
            may_create: true,
            may_operate: true,
            trace: None,
            routes: Arc::clone(&self.routes),
            grants: Vec::new(),
            priority: Default::default(),
            now: self.now,
        };
        let loaded = Loaded {
            user: self.user.clone(),
            lanes: self.row.clone().into_iter().collect(),
            taken: Vec::new(),
            manager: Default::default(),
        };
        let writes = decide::accept(&command, loaded).map_err(|error| error.to_string())?;
        self.user = Some(writes.user);
        if let Some(row) = writes.lanes.into_iter().next() {
            self.row = Some(LaneRow { id: Some(LaneId(1)), ..row });
        }
        self.updates.push(writes.update);
        Ok(())
    }

    fn erase(&mut self) {
        let (Some(user), Some(row)) = (self.user.clone(), self.row.clone()) else { return };
        if user.erased_at.is_some() {
            return;
        }
        let command = Erase {
            precondition: delivery::store::Precondition::None,
            user: NAME.parse().expect("an id"),
            by: Actor("privacy".to_owned()),
            routes: Arc::clone(&self.routes),
            now: self.now,
        };
        let writes = decide::erase(&command, user, vec![row]).expect("no precondition");
        self.user = Some(writes.user);
        self.row = writes.lanes.into_iter().next().or(self.row.take());
        self.note(|_| "erase".to_owned());
    }

    /// The row was written by a program with watermarks: at rest, everything up to the newest version counted as confirmed.
    fn upgrade(&mut self) {
        // The program of before tried what was held and blocked again as soon as the mapping changed.
        self.rearm(&Rearm::Mapping);
        let (Some(row), Some(user)) = (&mut self.row, &self.user) else { return };
        let Some(route) = self.routes.get(ROUTE) else { return };
        let is_elsewhere = row.lane.place.is_some_and(|place| place != route.place());
        if matches!(row.lane.state, State::InFlight | State::Erased)
            || is_elsewhere
            || row.lane.watermark.is_some()
        {
            return;
        }
        let view = planner_view(route, user);
        let lane = row.lane_mut();
        let open = view.carried().filter(|carried| {
            let is_held = lane.held.get(&carried.leaf).is_some_and(|hold| hold.version == carried.version);
            let is_confirmed = lane.slots.get(&carried.slot).is_some_and(|slot| slot.confirms(carried));
            !is_held && !is_confirmed
        });
        let oldest_open = open.map(|carried| carried.version).min();
        let acked = match (lane.state, oldest_open) {
            (State::Idle, _) | (_, None) => user.version,
            (_, Some(version)) => version - 1,
        };
        let in_doubt =
            view.carried().filter(|carried| lane.slots.get(&carried.slot).is_some_and(|slot| slot.in_doubt));
        let floor = in_doubt.map(|carried| carried.version - 1).chain([acked]).min().unwrap_or(0);
        for hold in lane.held.values_mut() {
            hold.way = None;
        }
        *lane = Lane {
            slots: Default::default(),
            keeps: false,
            place: None,
            known_since: 0,
            is_blind: lane.suspect_until.is_some(),
            watermark: Some(Watermark { acked, floor, times: Vec::new() }),
            ..lane.clone()
        };
        self.upgraded = user.version;
        let pass = self.millis(50_000);
        self.at(self.now + pass, Happening::Pass);
        self.note(|_| format!("upgrade: acked {acked}, floor {floor}"));
    }
}

fn planner_view(route: &delivery::Route, user: &delivery::store::UserRow) -> delivery::planner::RouteView {
    delivery::planner::RouteView::of(route, user)
}
