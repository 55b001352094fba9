use std::{
    fmt,
    sync::{Arc, Mutex, PoisonError},
};

use canonical::UserId;
use delivery::store::{LaneRow, Observer};

use super::shared::Shared;

/// Passes commits on to the present process, and notes them.
#[derive(Default)]
pub(crate) struct Switch {
    present: Mutex<Option<Arc<dyn Observer>>>,
    shared: Mutex<Option<Arc<Shared>>>,
}

impl Switch {
    pub(crate) fn note_for(&self, shared: Option<Arc<Shared>>) {
        *self.shared.lock().unwrap_or_else(PoisonError::into_inner) = shared;
    }

    pub(crate) fn tell(&self, observer: Option<Arc<dyn Observer>>) {
        *self.present.lock().unwrap_or_else(PoisonError::into_inner) = observer;
    }
}

impl Observer for Switch {
    fn committed(&self, lanes: &[(UserId, LaneRow)]) {
        if let Some(shared) = &*self.shared.lock().unwrap_or_else(PoisonError::into_inner) {
            let mut state = shared.lock();
            for (user, row) in lanes {
                state.note(format_args!(
                    "lane {user:?} {:?} {:?} next {}",
                    row.route, row.lane, row.lane.next_at
                ));
            }
        }
        if let Some(present) = &*self.present.lock().unwrap_or_else(PoisonError::into_inner) {
            present.committed(lanes);
        }
    }
}

impl fmt::Debug for Switch {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Switch")
    }
}
