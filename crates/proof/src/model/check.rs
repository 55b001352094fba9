//! What must hold: every word is true of the vendor at that moment. Of a vendor that queues, of what it has answered.

use std::collections::BTreeSet;

use adapter::{Fate, WireValue};
use canonical::Leaf;
use delivery::{
    Route,
    lane::{BlockReason, State},
    status::{RouteState, Standing, StandingState},
    store::UserRow,
};

use super::{
    rules::{NAME, REQUIRED, ROUTE, SET, TOGETHER, is_refused, number},
    run::Run,
    vendor::Record,
};

impl Run {
    pub(super) fn check(&mut self) -> Result<(), String> {
        let Some(standing) = self.standing() else { return Ok(()) };
        self.count(standing.state);
        self.check_updates()?;
        // Of a vendor that queues nobody can say what it has.
        if self.queues {
            return Ok(());
        }
        self.check_standing(&standing)
    }

    fn check_updates(&mut self) -> Result<(), String> {
        let incarnation = self.user.as_ref().map_or(0, |user| user.incarnation);
        let took = if self.queues { &self.answered } else { &self.applied };
        let mut said = Vec::new();
        for update in self.updates.iter().filter(|update| update.incarnation == incarnation) {
            let Some(status) = self.status(update) else { continue };
            let Some(route) = status.routes.get(NAME) else { continue };
            let version = update.version;
            for leaf in &update.changed {
                let Some(fate) = route.leaves.get(leaf).copied() else { continue };
                let has = |wanted: &dyn Fn(u64) -> bool| {
                    took.iter()
                        .any(|(of, version, life)| of == leaf && wanted(*version) && *life == incarnation)
                };
                let wrong = match fate {
                    Fate::Applied => !has(&|applied| applied == version),
                    Fate::Replaced => !has(&|applied| applied > version),
                    // Nothing of this version, nor of a newer one, was confirmed.
                    Fate::NotDelivered => {
                        self.lives == 0
                            && self.answered.iter().any(|(of, answered, life)| {
                                of == leaf && *answered >= version && *life == incarnation
                            })
                            && self.upgraded < version
                    }
                    Fate::Accepted => true,
                    _ => false,
                };
                if wrong {
                    return Err(format!("truth: {leaf} v{version} is called {fate:?}"));
                }
                let before = self.said.get(&(version, leaf.clone())).copied();
                let was = matches!(before, Some(Fate::Applied | Fate::Replaced));
                let is = matches!(fate, Fate::Applied | Fate::Replaced | Fate::Unknown);
                if was && !is && self.lives == 0 && self.upgraded == 0 {
                    return Err(format!("truth: {leaf} v{version} went from {before:?} to {fate:?}"));
                }
                said.push(((version, leaf.clone()), fate));
            }
            let owed = update.changed.iter().filter_map(|leaf| route.leaves.get(leaf));
            let all_there = |fate: &Fate| {
                !matches!(fate, Fate::Waiting | Fate::Held | Fate::NotDelivered | Fate::NotMatching)
            };
            if route.state == RouteState::Applied && !owed.into_iter().all(all_there) {
                return Err(format!(
                    "truth: update {version} is applied, and its leaves are {:?}",
                    route.leaves
                ));
            }
        }
        self.said.extend(said);
        Ok(())
    }

    fn check_standing(&self, standing: &Standing) -> Result<(), String> {
        let empty = Record::default();
        let subject = self.subject().unwrap_or_default();
        let record = self.records.get(&self.to(&subject)).unwrap_or(&empty);
        let state = standing.state;
        let user = self.user.as_ref().ok_or("nobody")?;
        let route = self.routes.get(ROUTE).ok_or("no route")?;
        let view = self.view().ok_or("no view")?;
        let row = self.row.as_ref();
        let slot_of = |name: &str| row.and_then(|row| row.lane.slots.get(name));
        let is_old_row = row.is_some_and(|row| row.lane.watermark.is_some());
        if Self::is_in_step(state) {
            for carried in view.carried().filter(|carried| !is_stopped(standing, &carried.leaf)) {
                let name = &*carried.slot;
                if is_old_row || slot_of(name).is_some_and(|slot| slot.is_assumed) {
                    continue;
                }
                match route.mapping.carry(&carried.leaf, user.profile.value(&carried.leaf)) {
                    Ok(WireValue::Set(wire)) if record.fields.get(name) != Some(&wire) => {
                        let has = record.fields.get(name);
                        return Err(format!("truth: {state:?}, and {name} is {has:?} for {wire}"));
                    }
                    Ok(WireValue::Members { wanted, .. }) => {
                        let wanted: BTreeSet<String> = wanted.into_iter().collect();
                        // What was there before another identity, place or life, nobody takes away.
                        let is_same = if self.lives > 0 || user.incarnation > 1 || self.upgraded > 0 {
                            wanted.is_subset(&record.members)
                        } else {
                            wanted == record.members
                        };
                        if !is_same {
                            return Err(format!("truth: {state:?}, and the set is {:?}", record.members));
                        }
                    }
                    _ => {}
                }
            }
        }
        self.check_kept(standing, record, &view)
    }

    /// Everything of ours that stands there, is not the person's any more, and is not going to be replaced, is told.
    fn check_kept(
        &self,
        standing: &Standing,
        record: &Record,
        view: &delivery::planner::RouteView,
    ) -> Result<(), String> {
        let route = self.routes.get(ROUTE).ok_or("no route")?;
        let user = self.user.as_ref().ok_or("nobody")?;
        let row = self.row.as_ref().ok_or("no lane")?;
        let kept = |name: &str| standing.kept.iter().find(|kept| &*kept.kept.slot == name);
        let is_replaced = |leaf: &Leaf| view.serves() && view.carries(leaf) && !is_stopped(standing, leaf);
        for (name, value) in &record.fields {
            let Some((leaf, version, incarnation, _)) =
                number(value).and_then(|number| self.given.get(&number))
            else {
                continue;
            };
            // What an erased person had, nobody knows any more; and a row of before knew nothing of a field that had no leaf then.
            let is_unknown =
                *incarnation != user.incarnation || self.upgraded > 0 && row.lane.slots.get(name).is_none();
            let owner = route.mapping.leaf_of(name);
            if is_unknown || owner.is_some_and(is_replaced) {
                continue;
            }
            let present = user.profile.get(leaf).map(|entry| entry.version);
            let is_old = present != Some(*version) || owner.is_some_and(|owner| owner != leaf);
            if is_old && kept(name).is_none() {
                return Err(format!(
                    "kept: {name} has {leaf} v{version}, and nobody is told ({:?})",
                    standing.state
                ));
            }
            if !is_old && kept(name).is_some_and(|kept| kept.kept.is_certain) {
                return Err(format!("kept: {name} is called kept, and has the person's {leaf}"));
            }
        }
        for kept in standing.kept.iter().filter(|kept| kept.kept.is_certain && &*kept.kept.slot != SET) {
            let value = record.fields.get(&*kept.kept.slot);
            if value.is_none_or(|value| value == "") {
                return Err(format!("kept: {} is called kept and is empty", kept.kept.slot));
            }
        }
        let wanted: BTreeSet<String> = match user.profile.value(&Leaf::Tags) {
            Some(canonical::Value::Tags(tags)) => tags.clone(),
            _ => BTreeSet::new(),
        };
        let is_carried = view.serves() && view.carries(&Leaf::Tags);
        let others = record.members.difference(&wanted).next().is_some();
        let is_unknown = self.lives > 0 || user.incarnation > 1 || self.upgraded > 0;
        let had = user.profile.get(&Leaf::Tags).is_some();
        if had && !is_carried && others && kept(SET).is_none() && !is_unknown {
            return Err(format!("kept: the set has {:?}, and nobody is told", record.members));
        }
        Ok(())
    }

    /// How it ended: the vendor has what is carried, or there is a reason.
    pub(super) fn check_end(&self) -> Result<(), String> {
        let Some(standing) = self.standing() else { return Ok(()) };
        let (Some(row), Some(user)) = (&self.row, &self.user) else { return Ok(()) };
        let route = self.routes.get(ROUTE).ok_or("no route")?;
        let lane = &row.lane;
        let view = self.view().ok_or("no view")?;
        // What was blocked is looked at again when the route serves the person again.
        if !view.serves() {
            return Ok(());
        }
        if let State::Blocked(reason) = lane.state {
            let required = user.profile.value(&REQUIRED);
            let wire = required.and_then(|value| route.mapping.carry(&REQUIRED, Some(value)).ok());
            let is_good = match (reason, wire) {
                (BlockReason::NeedsData, wire) => wire.is_none(),
                (BlockReason::Rejected, Some(WireValue::Set(wire))) if is_refused(&wire) => true,
                // An isolation in which the vendor has taken nothing.
                (BlockReason::Rejected, _) => {
                    lane.blocked_leaves.len() > 1
                        && lane.blocked_leaves.iter().all(|leaf| is_refused_in_its_group(route, user, leaf))
                }
                _ => false,
            };
            return if is_good { Ok(()) } else { Err(format!("blocked as {reason:?} without a reason")) };
        }
        let empty = Record::default();
        let record = self.records.get(&self.to(&self.subject().unwrap_or_default())).unwrap_or(&empty);
        for carried in view.carried().filter(|_| view.serves()) {
            let name = &*carried.slot;
            if lane.slots.get(name).is_some_and(|slot| slot.is_assumed) || lane.watermark.is_some() {
                continue;
            }
            let is_held = standing.leaves.get(&carried.leaf) == Some(&Fate::Held);
            if let Some(cause) = standing.because_of.get(&carried.leaf) {
                let wire = route.mapping.carry(cause, user.profile.value(cause));
                let is_good = matches!(wire, Ok(WireValue::Set(wire)) if !is_refused(&wire));
                if is_good || !TOGETHER.contains(cause) {
                    return Err(format!("end: {} is stopped by {cause}, which is good", carried.leaf));
                }
                continue;
            }
            match route.mapping.carry(&carried.leaf, user.profile.value(&carried.leaf)) {
                Ok(WireValue::Set(_)) if is_held => {
                    if !is_refused_in_its_group(route, user, &carried.leaf) {
                        return Err(format!("end: {} is held and good", carried.leaf));
                    }
                    // What is to be tried again waits for what goes together with it and cannot be carried.
                    let waits = TOGETHER.contains(&carried.leaf)
                        && TOGETHER.iter().any(|leaf| {
                            let value = user.profile.get(leaf).map(|entry| entry.value.as_ref());
                            value.is_some_and(|value| route.mapping.carry(leaf, value).is_err())
                        });
                    if !waits && lane.held.get(&carried.leaf).is_some_and(|hold| hold.again) {
                        return Err(format!("end: {} is still to be tried", carried.leaf));
                    }
                }
                Ok(WireValue::Set(wire)) if record.fields.get(name) != Some(&wire) => {
                    return Err(format!("end: {name} is {:?} for {wire}", record.fields.get(name)));
                }
                _ => {}
            }
        }
        let is_open = matches!(standing.state, StandingState::Behind | StandingState::InDoubt);
        let moves = matches!(lane.state, State::Ready | State::InFlight)
            || matches!(lane.state, State::Wait(cause) if cause != delivery::lane::WaitCause::HoldRetry);
        if is_open || moves {
            return Err(format!("end: {:?}, {:?}", standing.state, lane.state));
        }
        if lane.slots.iter().any(|slot| slot.is_flying) {
            return Err("end: something flies".to_owned());
        }
        if self.sends > 300 {
            return Err("end: too many requests".to_owned());
        }
        Ok(())
    }
}

/// Whether the vendor refuses the leaf's value, or that of one that goes together with it: which was meant, the refusal of all of them
/// does not tell.
fn is_refused_in_its_group(route: &Route, user: &UserRow, leaf: &Leaf) -> bool {
    let group = if TOGETHER.contains(leaf) { TOGETHER.to_vec() } else { vec![leaf.clone()] };
    group.iter().any(|leaf| {
        let wire = route.mapping.carry(leaf, user.profile.value(leaf));
        matches!(wire, Ok(WireValue::Set(wire)) if is_refused(&wire))
    })
}

/// Whether the person's standing tells that the leaf is not sent as it is now.
fn is_stopped(standing: &Standing, leaf: &Leaf) -> bool {
    standing.leaves.get(leaf).is_some_and(|fate| *fate != Fate::NothingToSend)
}
