use std::collections::HashMap;

use canonical::UserId;
use delivery::store::{LaneId, LaneRow};

/// The lanes that a transaction has changed, each as it is now.
///
/// A lane often changes more than once in a transaction: an accept makes it ready, and a claim takes it at once. It is written
/// to the database once, and those who watch are told of what it is in the end.
#[derive(Debug, Clone, Default)]
pub(crate) struct Changes {
    lanes: Vec<Changed>,
    places: HashMap<LaneId, usize>,
}

#[derive(Debug, Clone)]
struct Changed {
    user: UserId,
    row: LaneRow,
    is_written: bool,
}

impl Changes {
    /// Takes a lane as it is now; one without an id is not kept.
    pub(crate) fn put(&mut self, user: &UserId, row: &LaneRow, is_written: bool) {
        let Some(id) = row.id else { return };
        let changed = Changed { user: user.clone(), row: row.clone(), is_written };
        if let Some(place) = self.places.get(&id) {
            self.lanes[*place] = changed;
        } else {
            self.places.insert(id, self.lanes.len());
            self.lanes.push(changed);
        }
    }

    /// A lane, if it was changed.
    pub(crate) fn get(&self, id: LaneId) -> Option<(&UserId, &LaneRow)> {
        let changed = self.lanes.get(*self.places.get(&id)?)?;
        Some((&changed.user, &changed.row))
    }

    /// Hands everything that the database does not have yet to `write`, in the order of the first changes.
    pub(crate) fn flush<E>(
        &mut self,
        mut write: impl FnMut(&UserId, &mut LaneRow) -> Result<(), E>,
    ) -> Result<(), E> {
        for changed in self.lanes.iter_mut().filter(|changed| !changed.is_written) {
            write(&changed.user, &mut changed.row)?;
            changed.is_written = true;
        }
        Ok(())
    }

    /// Every changed lane, in the order of the first changes.
    pub(crate) fn into_rows(self) -> Vec<(UserId, LaneRow)> {
        self.lanes.into_iter().map(|changed| (changed.user, changed.row)).collect()
    }
}
