use std::{
    collections::VecDeque,
    sync::{Condvar, Mutex, MutexGuard, PoisonError},
    time::Duration,
};

use delivery::store::StoreError;
use tokio::sync::Semaphore;

use crate::op::Op;

/// The bounded queue in front of the writer.
#[derive(Debug)]
pub(crate) struct Queue {
    waiting: Mutex<Waiting>,
    arrival: Condvar,
    room: Semaphore,
}

#[derive(Debug, Default)]
struct Waiting {
    ops: VecDeque<Op>,
    closed: bool,
}

/// What the writer finds.
pub(crate) enum Taken {
    /// Operations, the oldest first.
    Ops(Vec<Op>),
    /// Nothing for as long as it was ready to wait.
    Nothing,
    /// Nothing, and nothing will come.
    Closed,
}

impl Queue {
    pub(crate) fn new(room: usize) -> Self {
        Self { waiting: Mutex::default(), arrival: Condvar::new(), room: Semaphore::new(room.max(1)) }
    }

    /// Queues an operation, or says at once that there is no room.
    pub(crate) fn try_push(&self, op: Op) -> Result<(), StoreError> {
        let permit = self.room.try_acquire().map_err(|refused| match refused {
            tokio::sync::TryAcquireError::Closed => StoreError::Closed,
            tokio::sync::TryAcquireError::NoPermits => StoreError::Overloaded,
        })?;
        permit.forget();
        self.put(op)
    }

    /// Queues an operation as soon as there is room.
    pub(crate) async fn push(&self, op: Op) -> Result<(), StoreError> {
        self.room.acquire().await.map_err(|_| StoreError::Closed)?.forget();
        self.put(op)
    }

    fn put(&self, op: Op) -> Result<(), StoreError> {
        let mut waiting = self.lock();
        if waiting.closed {
            return Err(StoreError::Closed);
        }
        // The writer waits only while there is nothing.
        let is_first = waiting.ops.is_empty();
        waiting.ops.push_back(op);
        drop(waiting);
        if is_first {
            self.arrival.notify_one();
        }
        Ok(())
    }

    /// Takes what is there, at most `most`; waits for something at most `patience`.
    pub(crate) fn take(&self, most: usize, patience: Option<Duration>) -> Taken {
        let mut waiting = self.lock();
        let mut has_waited = false;
        while waiting.ops.is_empty() && !waiting.closed {
            has_waited = true;
            let Some(patience) = patience else {
                waiting = self.arrival.wait(waiting).unwrap_or_else(PoisonError::into_inner);
                continue;
            };
            let waited = self.arrival.wait_timeout(waiting, patience);
            let (guard, timeout) = waited.unwrap_or_else(PoisonError::into_inner);
            waiting = guard;
            if timeout.timed_out() && waiting.ops.is_empty() && !waiting.closed {
                return Taken::Nothing;
            }
        }
        if waiting.ops.is_empty() {
            return Taken::Closed;
        }
        if has_waited {
            // Whoever is about to queue something as well gets the processor first: one commit for all of it costs less.
            drop(waiting);
            std::thread::yield_now();
            waiting = self.lock();
        }
        let count = waiting.ops.len().min(most);
        let ops: Vec<Op> = waiting.ops.drain(..count).collect();
        drop(waiting);
        self.room.add_permits(count);
        Taken::Ops(ops)
    }

    /// How many operations wait.
    pub(crate) fn len(&self) -> usize {
        self.lock().ops.len()
    }

    /// Takes nothing more; what is queued is still done.
    pub(crate) fn close(&self) {
        self.lock().closed = true;
        self.room.close();
        self.arrival.notify_all();
    }

    fn lock(&self) -> MutexGuard<'_, Waiting> {
        self.waiting.lock().unwrap_or_else(PoisonError::into_inner)
    }
}
