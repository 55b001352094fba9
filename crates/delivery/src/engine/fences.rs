use std::{
    collections::HashMap,
    sync::{Mutex, MutexGuard, PoisonError},
};

use crate::{LaneId, lane::State, store::LaneRow};

/// Remembers, for the lanes with attempts under way, whether an erase or another identity has fenced them off: what is left of
/// such an attempt must not be sent. As large as there are attempts.
#[derive(Debug, Default)]
pub(super) struct Fences {
    lanes: Mutex<HashMap<LaneId, Lane>>,
}

/// The newest claim number that was committed of a lane, and how many attempts of it are not over: one that was fenced off
/// may still wait for its turn to send while the next one comes and goes.
#[derive(Debug)]
struct Lane {
    epoch: u64,
    attempts: usize,
}

impl Fences {
    /// Takes note of lanes in the order in which they were committed.
    pub(super) fn committed<'a>(&self, rows: impl Iterator<Item = &'a LaneRow>) {
        let mut lanes = self.lanes();
        for row in rows {
            let Some(id) = row.id else { continue };
            let (epoch, in_flight) = (row.lane.epoch, row.lane.state == State::InFlight);
            match lanes.get_mut(&id) {
                Some(lane) => {
                    lane.attempts += usize::from(in_flight && epoch > lane.epoch);
                    lane.epoch = epoch;
                }
                None if in_flight => drop(lanes.insert(id, Lane { epoch, attempts: 1 })),
                None => {}
            }
        }
    }

    /// Whether something has fenced off the attempt of the claim with this epoch.
    pub(super) fn is_fenced(&self, lane: LaneId, epoch: u64) -> bool {
        self.lanes().get(&lane).is_some_and(|lane| lane.epoch > epoch)
    }

    /// An attempt is over.
    pub(super) fn forget(&self, id: LaneId) {
        let mut lanes = self.lanes();
        let Some(lane) = lanes.get_mut(&id) else { return };
        lane.attempts -= 1;
        if lane.attempts == 0 {
            lanes.remove(&id);
        }
    }

    fn lanes(&self) -> MutexGuard<'_, HashMap<LaneId, Lane>> {
        self.lanes.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{RouteId, lane};

    const ID: LaneId = LaneId(7);

    fn commit(fences: &Fences, epoch: u64, state: State) {
        let lane = lane::Lane { epoch, state, ..lane::Lane::default() }.into();
        fences.committed([LaneRow { id: Some(ID), route: RouteId(1), lane }].iter());
    }

    #[test]
    fn an_attempt_that_was_fenced_off_stays_so_until_it_is_over() {
        let fences = Fences::default();
        commit(&fences, 3, State::InFlight);
        commit(&fences, 3, State::InFlight);
        assert!(!fences.is_fenced(ID, 3));
        commit(&fences, 4, State::Erased);
        assert!(fences.is_fenced(ID, 3));
        commit(&fences, 5, State::InFlight);
        assert!(!fences.is_fenced(ID, 5));
        commit(&fences, 5, State::Idle);
        fences.forget(ID);
        assert!(fences.is_fenced(ID, 3));
        fences.forget(ID);
        assert!(fences.lanes().is_empty());
    }
}
