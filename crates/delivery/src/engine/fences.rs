use std::{
    collections::HashMap,
    sync::{Mutex, MutexGuard, PoisonError},
};

use crate::{
    lane::State,
    store::{LaneId, LaneRow},
};

/// Remembers, for the lanes with a request under way, whether an erase or another identity has fenced it off: what is left of
/// such an attempt must not be sent. As large as there are attempts.
#[derive(Debug, Default)]
pub(super) struct Fences {
    lanes: Mutex<HashMap<LaneId, Newest>>,
}

/// The newest claim number that was committed of a lane, and whether it is that of an attempt.
#[derive(Debug, Clone, Copy)]
struct Newest {
    epoch: u64,
    in_flight: bool,
}

impl Fences {
    /// Takes note of lanes in the order in which they were committed.
    pub(super) fn committed<'a>(&self, rows: impl Iterator<Item = &'a LaneRow>) {
        let mut lanes = self.lanes();
        for row in rows {
            let Some(id) = row.id else { continue };
            let (epoch, in_flight) = (row.lane.epoch, row.lane.state == State::InFlight);
            let is_fence = lanes.get(&id).is_some_and(|newest| newest.epoch < epoch || !newest.in_flight);
            if in_flight || is_fence {
                lanes.insert(id, Newest { epoch, in_flight });
            } else {
                lanes.remove(&id);
            }
        }
    }

    /// Whether something has fenced off the attempt of the claim with this epoch.
    pub(super) fn is_fenced(&self, lane: LaneId, epoch: u64) -> bool {
        self.lanes().get(&lane).is_some_and(|newest| newest.epoch > epoch)
    }

    /// The attempt of the claim with this epoch is over.
    pub(super) fn forget(&self, lane: LaneId, epoch: u64) {
        let mut lanes = self.lanes();
        if lanes.get(&lane).is_some_and(|newest| newest.epoch == epoch || !newest.in_flight) {
            lanes.remove(&lane);
        }
    }

    fn lanes(&self) -> MutexGuard<'_, HashMap<LaneId, Newest>> {
        self.lanes.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{lane::Lane, store::RouteId};

    const ID: LaneId = LaneId(7);

    fn commit(fences: &Fences, epoch: u64, state: State) {
        let lane = Lane { epoch, state, ..Lane::default() };
        fences.committed([LaneRow { id: Some(ID), route: RouteId(1), lane }].iter());
    }

    #[test]
    fn only_a_newer_claim_number_fences_and_nothing_is_kept_of_what_is_over() {
        let fences = Fences::default();
        commit(&fences, 3, State::InFlight);
        assert!(!fences.is_fenced(ID, 3));
        commit(&fences, 4, State::Ready);
        commit(&fences, 4, State::Ready);
        assert!(fences.is_fenced(ID, 3));
        commit(&fences, 5, State::InFlight);
        assert!(fences.is_fenced(ID, 3) && !fences.is_fenced(ID, 5));
        fences.forget(ID, 3);
        commit(&fences, 6, State::Erased);
        assert!(fences.is_fenced(ID, 5));
        fences.forget(ID, 5);
        commit(&fences, 7, State::InFlight);
        commit(&fences, 7, State::Idle);
        assert!(fences.lanes().is_empty());
    }
}
