use std::collections::HashMap;

use canonical::UserId;
use delivery::{LaneId, store::LaneRow};

/// The lanes that a transaction knows, each as it is now.
///
/// A lane often changes more than once in a transaction: an accept makes it ready, and a claim takes it at once. It is written
/// to the database once, and those who watch are told of what it is in the end.
#[derive(Debug, Clone, Default)]
pub(crate) struct Changes {
    lanes: Vec<Known>,
    places: HashMap<LaneId, usize>,
}

#[derive(Debug, Clone)]
struct Known {
    user: UserId,
    row: LaneRow,
    /// As the database has it; none when that is not known.
    stored: Option<LaneRow>,
    is_changed: bool,
    is_written: bool,
}

impl Changes {
    /// Notes a lane as it was read; what is known of it already is newer.
    pub(crate) fn read(&mut self, user: &UserId, row: &LaneRow) {
        let Some(id) = row.id.filter(|id| !self.places.contains_key(id)) else { return };
        let (user, row) = (user.clone(), row.clone());
        let stored = Some(row.clone());
        self.push(id, Known { user, row, stored, is_changed: false, is_written: true });
    }

    /// Changes a lane; one without an id is not kept.
    pub(crate) fn change(&mut self, user: &UserId, row: &LaneRow, is_written: bool) {
        let Some(id) = row.id else { return };
        if let Some(place) = self.places.get(&id) {
            let known = &mut self.lanes[*place];
            known.row = row.clone();
            (known.is_changed, known.is_written) = (true, is_written);
            if is_written {
                known.stored = Some(row.clone());
            }
        } else {
            let (user, row) = (user.clone(), row.clone());
            let stored = is_written.then(|| row.clone());
            self.push(id, Known { user, row, stored, is_changed: true, is_written });
        }
    }

    fn push(&mut self, id: LaneId, known: Known) {
        self.places.insert(id, self.lanes.len());
        self.lanes.push(known);
    }

    /// A lane, if it is known.
    pub(crate) fn get(&self, id: LaneId) -> Option<(&UserId, &LaneRow)> {
        let known = self.lanes.get(*self.places.get(&id)?)?;
        Some((&known.user, &known.row))
    }

    /// Every lane that is known, as it is now.
    pub(crate) fn rows(&self) -> impl Iterator<Item = &LaneRow> {
        self.lanes.iter().map(|known| &known.row)
    }

    /// Hands everything that the database does not have yet to `write`, with what it has.
    pub(crate) fn flush<E>(
        &mut self,
        mut write: impl FnMut(&UserId, &mut LaneRow, Option<&LaneRow>) -> Result<(), E>,
    ) -> Result<(), E> {
        for known in self.lanes.iter_mut().filter(|known| !known.is_written) {
            write(&known.user, &mut known.row, known.stored.as_ref())?;
            known.is_written = true;
            known.stored = Some(known.row.clone());
        }
        Ok(())
    }

    /// Every changed lane.
    pub(crate) fn into_rows(self) -> Vec<(UserId, LaneRow)> {
        let changed = self.lanes.into_iter().filter(|known| known.is_changed);
        changed.map(|known| (known.user, known.row)).collect()
    }
}
