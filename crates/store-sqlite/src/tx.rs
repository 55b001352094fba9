use std::{
    collections::HashMap,
    sync::{Arc, Mutex, PoisonError},
};

use canonical::UserId;
use delivery::{
    LaneId, Millis, RouteId, RouteSet,
    audit::{AuditEntry, AuditHead, AuditRow},
    decide::{self, ClaimLoaded},
    lane::{BlockReason, State},
    store::{Actor, LaneRow, StoreError, UserRow, Work},
};
use rusqlite::{Connection, OptionalExtension, Params};

use crate::{
    audit,
    changes::Changes,
    error::{BatchError, OpError, is_of_batch, of_batch},
    idempotency::Macs,
    lanes::{self, COLUMNS},
    users,
    ways::Ways,
};

/// What the writer keeps in memory between transactions.
#[derive(Debug)]
pub(crate) struct Memory {
    pub(crate) macs: Macs,
    /// Ids of callers' names; forgotten when a transaction is rolled back.
    pub(crate) callers: HashMap<String, i64>,
    /// Numbers of ways; forgotten when a transaction is rolled back.
    pub(crate) ways: Ways,
    /// Whose turn it is at each route; see [`decide::choose`].
    pub(crate) turns: HashMap<RouteId, u32>,
    /// The lanes that are in flight, as the database has them: the next thing that is asked for is their settle.
    pub(crate) in_flight: HashMap<LaneId, (UserId, LaneRow)>,
    /// Where the audit ends after the last commit.
    pub(crate) audit_head: Arc<SharedHead>,
}

impl Memory {
    /// Takes note of what was committed.
    pub(crate) fn committed(&mut self, changed: &[(UserId, LaneRow)]) {
        for (user, row) in changed {
            let Some(id) = row.id else { continue };
            if row.lane.state == State::InFlight {
                self.in_flight.insert(id, (user.clone(), row.clone()));
            } else {
                self.in_flight.remove(&id);
            }
        }
    }
}

/// A head of the audit that the writer sets and others read.
#[derive(Debug)]
pub(crate) struct SharedHead(Mutex<AuditHead>);

impl SharedHead {
    pub(crate) fn new(head: AuditHead) -> Arc<Self> {
        Arc::new(Self(Mutex::new(head)))
    }

    pub(crate) fn get(&self) -> AuditHead {
        *self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }

    pub(crate) fn set(&self, head: AuditHead) {
        *self.0.lock().unwrap_or_else(PoisonError::into_inner) = head;
    }
}

/// What happens when one operation of a transaction fails half-way.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum OnFailure {
    /// The transaction is given up. It hardly ever happens, and savepoints would cost every operation a third of its time:
    /// SQLite copies each page that is changed within one.
    RetryBatch,
    /// The operation is undone alone.
    UndoOperation,
}

/// One transaction of the writer.
#[derive(Debug)]
pub(crate) struct Tx<'a> {
    pub(crate) connection: &'a Connection,
    pub(crate) on_failure: OnFailure,
    pub(crate) memory: &'a mut Memory,
    /// Every lane that was read or changed. What is read by the id of a lane or a user is found there first; before lanes are
    /// looked for by anything else, what has changed is written.
    pub(crate) changes: Changes,
    /// Where the audit ends after what was appended so far.
    pub(crate) audit_head: AuditHead,
}

impl Tx<'_> {
    /// Runs `write` so that a failure undoes it alone.
    pub(crate) fn savepoint<T, E>(
        &mut self,
        write: impl FnOnce(&mut Self) -> Result<T, OpError<E>>,
    ) -> Result<T, OpError<E>> {
        if self.on_failure == OnFailure::RetryBatch {
            return write(self).map_err(|error| match error {
                OpError::Batch(failure) => OpError::Batch(failure),
                OpError::Sql(error) if is_of_batch(&error) => OpError::Sql(error),
                OpError::Refused(_) | OpError::Sql(_) => OpError::Batch(BatchError::Again),
            });
        }
        let before = (self.changes.clone(), self.audit_head);
        self.connection.prepare_cached("SAVEPOINT operation")?.execute([])?;
        let result = write(self);
        if result.is_err() {
            (self.changes, self.audit_head) = before;
            self.memory.callers.clear();
            self.memory.ways.forget();
            // SQLite itself ends the transaction after some errors; then there is nothing to go back to.
            if self.connection.is_autocommit() {
                return result;
            }
            self.connection.prepare_cached("ROLLBACK TO operation")?.execute([])?;
        }
        self.connection.prepare_cached("RELEASE operation")?.execute([])?;
        result
    }

    /// Changes a lane; a new one gets its id. The audit is told when it is blocked.
    pub(crate) fn write_lane(
        &mut self,
        user: &UserId,
        row: &mut LaneRow,
        before: State,
        now: Millis,
    ) -> Result<(), OpError> {
        let at_once = row.id.is_none() || self.on_failure == OnFailure::UndoOperation;
        if at_once {
            lanes::write(self.connection, &self.memory.ways, user, row, None)?;
        }
        if let Some(entry) = decide::block_audit(before, row, now) {
            self.audit(entry)?;
        }
        self.changes.change(user, row, at_once);
        Ok(())
    }

    /// Appends an entry to the audit.
    pub(crate) fn audit(&mut self, row: AuditRow) -> rusqlite::Result<()> {
        let entry = AuditEntry::after(&self.audit_head, row);
        audit::append(self.connection, &entry)?;
        self.audit_head = entry.head();
        Ok(())
    }

    /// Writes what the database does not have yet of the changed lanes.
    pub(crate) fn flush(&mut self) -> Result<(), BatchError> {
        let (connection, ways) = (self.connection, &self.memory.ways);
        let written =
            self.changes.flush(|user, row, stored| lanes::write(connection, ways, user, row, stored));
        written.map_err(|error| if is_of_batch(&error) { of_batch(&error) } else { BatchError::Again })
    }

    /// The lanes that `rest` of a SELECT finds.
    pub(crate) fn lanes(
        &mut self,
        rest: &str,
        params: impl Params,
        now: Millis,
    ) -> Result<Vec<(UserId, LaneRow)>, OpError> {
        self.flush()?;
        self.stored_lanes(rest, params, now)
    }

    fn stored_lanes(
        &mut self,
        rest: &str,
        params: impl Params,
        now: Millis,
    ) -> Result<Vec<(UserId, LaneRow)>, OpError> {
        let sql = format!("SELECT {COLUMNS} FROM lanes {rest}");
        let found: Vec<lanes::Found> = self
            .connection
            .prepare_cached(&sql)?
            .query_map(params, |row| lanes::read(self.connection, &self.memory.ways, row))?
            .collect::<Result<_, _>>()?;
        found.into_iter().map(|found| self.newest(found, now)).collect()
    }

    fn newest(&mut self, found: lanes::Found, now: Millis) -> Result<(UserId, LaneRow), OpError> {
        match found.row.id.and_then(|id| self.changes.get(id)) {
            Some((user, row)) => Ok((user.clone(), row.clone())),
            None => {
                let (user, row) = self.repair(found, now)?;
                self.changes.read(&user, &row);
                Ok((user, row))
            }
        }
    }

    /// A lane that cannot be read is blocked for good, so that it is not claimed over and over.
    fn repair(&mut self, found: lanes::Found, now: Millis) -> Result<(UserId, LaneRow), OpError> {
        let lanes::Found { user, mut row, damaged } = found;
        if damaged {
            tracing::error!(lane = row.id.map(|id| id.0), "a lane cannot be read and is blocked");
            self.write_lane(&user, &mut row, State::Ready, now)?;
        }
        Ok((user, row))
    }

    /// One lane.
    pub(crate) fn lane(&mut self, id: LaneId, now: Millis) -> Result<Option<(UserId, LaneRow)>, OpError> {
        if let Some((user, row)) = self.memory.in_flight.get(&id) {
            self.changes.read(user, row);
        }
        if let Some((user, row)) = self.changes.get(id) {
            return Ok(Some((user.clone(), row.clone())));
        }
        Ok(self.stored_lanes("WHERE lane_id = ?1", [id.0], now)?.pop())
    }

    /// All lanes of a user.
    pub(crate) fn lanes_of(&mut self, user: &UserId, now: Millis) -> Result<Vec<LaneRow>, OpError> {
        let lanes = self.stored_lanes("WHERE user_id = ?1", [user.as_str()], now)?;
        Ok(lanes.into_iter().map(|(_, row)| row).collect())
    }

    /// The id of a caller's name, if it was ever used.
    pub(crate) fn known_caller(&mut self, caller: &Actor) -> Result<Option<i64>, OpError> {
        if let Some(id) = self.memory.callers.get(&caller.0) {
            return Ok(Some(*id));
        }
        let mut statement = self.connection.prepare_cached("SELECT caller FROM callers WHERE name = ?1")?;
        let id = statement.query_row([&caller.0], |row| row.get(0)).optional()?;
        if let Some(id) = id {
            self.memory.callers.insert(caller.0.clone(), id);
        }
        Ok(id)
    }

    /// The id of a caller's name.
    pub(crate) fn caller(&mut self, caller: &Actor) -> Result<i64, OpError> {
        if let Some(id) = self.known_caller(caller)? {
            return Ok(id);
        }
        let id =
            self.connection.prepare_cached("INSERT INTO callers(name) VALUES(?1)")?.insert([&caller.0])?;
        self.memory.callers.insert(caller.0.clone(), id);
        Ok(id)
    }

    /// Whether another user's lane has the subject at the route.
    pub(crate) fn is_taken(&mut self, route: RouteId, key: &str, user: &UserId) -> Result<bool, OpError> {
        self.flush()?;
        Ok(crate::read::is_taken(self.connection, route, key, user)?)
    }

    /// Whether another lane of the route has the person whom the vendor calls so. What is not written yet is looked through as it
    /// is: a settle writes nothing before its time.
    pub(crate) fn is_of_another(&self, route: RouteId, lane: LaneId, witness: &str) -> Result<bool, OpError> {
        let has = |row: &LaneRow| row.route == route && row.lane.witness.as_deref() == Some(witness);
        if self.changes.rows().any(|row| row.id != Some(lane) && has(row)) {
            return Ok(true);
        }
        let stored = crate::read::with_witness(self.connection, route, witness)?;
        Ok(stored.into_iter().any(|id| id != lane && self.changes.get(id).is_none()))
    }

    /// Claims one lane, and writes it whatever comes of it. A lane that cannot be written is blocked and the others go on.
    pub(crate) fn claim(
        &mut self,
        routes: &RouteSet,
        row: LaneRow,
        user_id: UserId,
        user: UserRow,
        now: Millis,
    ) -> Result<Option<Work>, OpError> {
        let mut kept = row.clone();
        let mut loaded = ClaimLoaded { row, user_id, user };
        match self.try_claim(routes, &mut loaded, now).map_err(OpError::judge) {
            Ok(work) => Ok(work),
            Err(Err(failure)) => Err(OpError::Batch(failure)),
            Err(Ok(error)) => {
                tracing::error!(lane = kept.id.map(|id| id.0), %error, "a lane cannot be claimed and is blocked");
                self.block(&loaded.user_id, &mut kept, now)?;
                Ok(None)
            }
        }
    }

    fn try_claim(
        &mut self,
        routes: &RouteSet,
        loaded: &mut ClaimLoaded,
        now: Millis,
    ) -> Result<Option<Work>, OpError> {
        let before = loaded.row.lane.state;
        let (id, owner) = (loaded.row.route, loaded.user_id.clone());
        let mut asked = Ok(false);
        let work = decide::claim(routes, loaded, now, |key| {
            asked = self.is_taken(id, key, &owner);
            asked.as_ref().is_ok_and(|taken| *taken)
        });
        asked?;
        self.write_lane(&loaded.user_id, &mut loaded.row, before, now)?;
        Ok(work)
    }

    fn block(&mut self, user_id: &UserId, row: &mut LaneRow, now: Millis) -> Result<(), OpError> {
        let before = row.lane.state;
        let lane = row.lane_mut();
        (lane.state, lane.next_at) = (State::Blocked(BlockReason::Internal), 0);
        self.write_lane(user_id, row, before, now)
    }

    /// The user of a lane; none when the profile cannot be read: the lane is then blocked instead of claimed over and over.
    pub(crate) fn user_of_lane(
        &mut self,
        user_id: &UserId,
        row: &mut LaneRow,
        now: Millis,
    ) -> Result<Option<UserRow>, OpError> {
        match users::load(self.connection, user_id) {
            Ok(Some(user)) => return Ok(Some(user)),
            Ok(None) | Err(OpError::Refused(StoreError::Damaged(_))) => {}
            Err(error) => return Err(error),
        }
        tracing::error!(
            lane = row.id.map(|id| id.0),
            "the user of a lane cannot be read; the lane is blocked"
        );
        self.block(user_id, row, now)?;
        Ok(None)
    }
}
