use std::{
    cell::Cell,
    sync::Arc,
    time::{Duration, Instant},
};

use canonical::UserId;
use delivery::{
    mutation::{self, Mutation},
    store::{LaneRow, Observer, StoreError},
};
use rusqlite::Connection;

use crate::{
    batch,
    checkpoint::{Checkpoints, Patience},
    error::{BatchError, describe},
    failure::Failure,
    lock::Lock,
    meter::Meter,
    op::Op,
    place::{Lost, Place},
    queue::{Queue, Taken},
    tx::Memory,
};

/// The most operations of one commit.
const MOST: usize = 256;
/// After so long without work the WAL is emptied.
const QUIET: Duration = Duration::from_secs(1);

/// The thread that owns the connection that writes.
pub(crate) struct Writer {
    pub(crate) connection: Connection,
    pub(crate) memory: Memory,
    pub(crate) checkpoints: Checkpoints,
    pub(crate) queue: Arc<Queue>,
    pub(crate) failure: Failure,
    pub(crate) observer: Arc<dyn Observer>,
    pub(crate) meter: Arc<dyn Meter>,
    pub(crate) place: Place,
    /// Keeps other processes out.
    pub(crate) lock: Lock,
    #[cfg(test)]
    pub(crate) faults: Arc<crate::tests::Faults>,
}

/// A writer that panics leaves nobody who knows what was committed: the process must end, as after a power failure.
struct AbortOnPanic;

impl Drop for AbortOnPanic {
    fn drop(&mut self) {
        if std::thread::panicking() {
            tracing::error!("the store's writer has panicked");
            std::process::abort();
        }
    }
}

impl Writer {
    /// Works until the queue is closed and empty.
    pub(crate) fn run(mut self) {
        let guard = AbortOnPanic;
        loop {
            let patience = self.checkpoints.is_pending().then_some(QUIET);
            match self.queue.take(MOST, patience) {
                Taken::Ops(ops) => self.batch(ops),
                Taken::Nothing => self.empty_wal(Patience::None),
                Taken::Closed => break,
            }
        }
        self.finish();
        drop(guard);
    }

    fn batch(&mut self, ops: Vec<Op>) {
        if let Err(error) = self.failure.check() {
            ops.into_iter().for_each(|op| op.fail(error.clone()));
            return;
        }
        let (operations, took) = (ops.len(), Cell::new(Duration::ZERO));
        let commit = |connection: &Connection, changed: &[(UserId, LaneRow)]| {
            if mutation::is_on(Mutation::NotifyBeforeCommit) {
                self.observer.committed(changed);
            }
            #[cfg(test)]
            self.faults.before_commit()?;
            let begun = Instant::now();
            connection.prepare_cached("COMMIT")?.execute([])?;
            took.set(begun.elapsed());
            Ok(())
        };
        let mut answers = match batch::run(&self.connection, &mut self.memory, ops, &commit) {
            Ok(answers) => answers,
            Err(BatchError::Undone(error)) => {
                tracing::warn!(%error, "a batch was rolled back");
                return;
            }
            Err(BatchError::Unknown(what)) => return self.failure.set(&what),
            Err(BatchError::Again) => return self.failure.set("a batch failed half-way twice"),
        };
        // Before anybody is told: a commit into a file that nobody can find again is none.
        if let Err(lost) = self.place.check() {
            let (Lost::Name(what) | Lost::Content(what)) = &lost;
            answers.refuse(&StoreError::OutcomeUnknown(what.clone()));
            return self.lose(&lost);
        }
        answers.tell();
        self.meter.committed(operations, took.get());
        if !answers.changed.is_empty() {
            self.observer.committed(&answers.changed);
        }
        if answers.wants_checkpoint() {
            self.empty_wal(Patience::Readers);
        } else {
            match self.checkpoints.after_commit(&self.connection) {
                Ok(true) => self.place.note(),
                Ok(false) => {}
                Err(what) => self.failure.set(&what),
            }
        }
        answers.tell_rest();
    }

    /// Saves what can be saved of a file that is lost, and ends the store.
    fn lose(&self, lost: &Lost) {
        self.failure.set(&match lost {
            Lost::Name(what) => match self.place.save(&self.connection) {
                Some(path) => format!("{what}; what it held was saved in {}", path.display()),
                None => what.clone(),
            },
            Lost::Content(what) => format!("{what}; {}", self.place.part(&self.connection)),
        });
    }

    /// Whether the file is lost; the store is ended then.
    fn is_lost(&self) -> bool {
        let lost = self.place.check().err();
        lost.iter().for_each(|lost| self.lose(lost));
        lost.is_some()
    }

    fn empty_wal(&mut self, patience: Patience) {
        // Not into another database.
        if self.failure.check().is_err() || self.is_lost() {
            return;
        }
        let emptied = self.checkpoints.empty(&self.connection, patience);
        // At once: a file that is copied over from here on is known to be another one.
        self.place.note();
        let scrubbed = emptied.and_then(|emptied| {
            if emptied {
                return self.checkpoints.scrub(&self.connection);
            }
            tracing::debug!("the WAL could not be emptied; it is tried again");
            Ok(())
        });
        if let Err(what) = scrubbed
            && !self.is_lost()
        {
            self.failure.set(&what);
        }
    }

    /// Leaves the file as a next process wants to find it.
    fn finish(mut self) {
        if self.failure.check().is_err() || self.is_lost() {
            return;
        }
        if let Err(error) = self.connection.execute("UPDATE marker SET clean = 1", []) {
            tracing::warn!(error = describe(&error), "the store could not be marked as closed");
        }
        self.empty_wal(Patience::Readers);
        tracing::info!(head = %self.memory.audit_head.get(), "the audit ends here");
        let Self { connection, lock, .. } = self;
        if let Err((_, error)) = connection.close() {
            tracing::warn!(error = describe(&error), "the store could not be closed");
        }
        // Not before the file is closed may another process have it.
        drop(lock);
    }
}
