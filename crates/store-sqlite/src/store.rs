use std::{
    fs::File,
    path::PathBuf,
    sync::{Arc, Mutex, PoisonError},
    thread::JoinHandle,
};

use async_trait::async_trait;
use canonical::UserId;
use delivery::{
    Millis,
    audit::{AuditEntry, AuditFilter, AuditHead, AuditRow},
    event::{Condition, Event, Facts},
    gate::Pause,
    lane::Version,
    store::{
        Accept, AcceptError, Accepted, Actor, AttemptView, ClaimDue, Claimed, Enrol, Erase, Erased,
        LaneFilter, LaneId, LaneView, Note, Pass, Passed, RearmLanes, RegisteredRoute, Rekeyed, Rekeying,
        RouteCounts, RouteId, RouteRegistration, Settled, Settlement, Store, StoreError, Sweep, UpdateCursor,
        UpdateId, UpdateRow, UserSnapshot, WithoutIdentity,
    },
};
use rusqlite::Connection;
use tokio::sync::{oneshot, watch};

use crate::{
    audit,
    error::OpError,
    events,
    failure::Failure,
    journal,
    meter::Footprint,
    op::{EnrolPage, Op, Other, Page, PauseRoute, RearmPage, RekeyPage, RekeyedPage, Reply, StartPage},
    open,
    options::{OpenError, Options},
    queue::Queue,
    read,
    reader::Readers,
    tx::SharedHead,
    updates,
};

/// The delivery store in one SQLite file.
///
/// Closed by [`Store::close`]; dropping it does the same and blocks for the moment that it takes.
#[derive(Debug)]
pub struct SqliteStore {
    queue: Arc<Queue>,
    readers: Readers,
    failure: Failure,
    audit_head: Arc<SharedHead>,
    thread: Mutex<Option<JoinHandle<()>>>,
    ended: watch::Receiver<()>,
    path: PathBuf,
    /// The last field: it is closed after the connections.
    _file: Arc<File>,
}

impl SqliteStore {
    /// Opens the file, creates it when it does not exist, and starts the writer.
    ///
    /// # Errors
    /// Why it cannot be opened, and what to do.
    pub fn open(options: Options) -> Result<Self, OpenError> {
        let open::Parts { queue, readers, failure, writer, path, file } = open::open(options)?;
        let audit_head = Arc::clone(&writer.memory.audit_head);
        let (end, ended) = watch::channel(());
        let thread = std::thread::Builder::new().name("store-writer".to_owned()).spawn(move || {
            writer.run();
            drop(end);
        });
        let thread = thread.map_err(|cause| OpenError::Io { path: path.clone(), cause })?;
        Ok(Self {
            queue,
            readers,
            failure,
            audit_head,
            thread: Mutex::new(Some(thread)),
            ended,
            path,
            _file: file,
        })
    }

    /// Waits until the store has failed for good and answers why: what was said to be unknown can be found out only by a new
    /// process, so this one should end.
    pub async fn failed(&self) -> String {
        self.failure.happened().await
    }

    /// What the store takes now.
    pub fn footprint(&self) -> Footprint {
        Footprint::of(&self.path, self.queue.len())
    }

    async fn ask<T>(&self, op: impl FnOnce(Reply<T>) -> Op) -> Result<T, StoreError> {
        self.failure.check()?;
        let (reply, answer) = oneshot::channel();
        self.queue.push(op(reply)).await?;
        answer.await.unwrap_or(Err(StoreError::Closed))
    }

    async fn read<T: Send + 'static>(
        &self,
        read: impl FnOnce(&Connection) -> Result<T, OpError> + Send + 'static,
    ) -> Result<T, StoreError> {
        self.failure.check()?;
        self.readers.read(read).await
    }
}

#[async_trait]
impl Store for SqliteStore {
    async fn register_routes(
        &self,
        routes: Vec<RouteRegistration>,
    ) -> Result<Vec<RegisteredRoute>, StoreError> {
        self.ask(|reply| Op::Other(Other::Register(routes, reply))).await
    }

    async fn start(&self, windows: Vec<(RouteId, Millis)>, now: Millis) -> Result<u64, StoreError> {
        let windows = Arc::new(windows);
        let (mut changed, mut after) = (0, LaneId(0));
        loop {
            let page = StartPage { windows: Arc::clone(&windows), now, after };
            let page: Page = self.ask(|reply| Op::Other(Other::Start(page, reply))).await?;
            changed += page.changed;
            match page.next {
                Some(next) => after = next,
                None => return Ok(changed),
            }
        }
    }

    async fn accept(&self, accept: Accept) -> Result<Accepted, AcceptError> {
        self.failure.check()?;
        let (reply, answer) = oneshot::channel();
        self.queue.try_push(Op::Accept(Box::new(accept), reply))?;
        answer.await.unwrap_or(Err(StoreError::Closed.into()))
    }

    async fn claim(&self, claim: ClaimDue) -> Result<Claimed, StoreError> {
        self.ask(|reply| Op::Claim(claim, reply)).await
    }

    async fn settle(&self, settlement: Settlement) -> Result<Settled, StoreError> {
        self.ask(|reply| Op::Settle(Box::new(settlement), reply)).await
    }

    async fn is_of_another(&self, route: RouteId, lane: LaneId, witness: String) -> Result<bool, StoreError> {
        let of_another = move |connection: &Connection| {
            let lanes = read::with_witness(connection, route, &witness)?;
            Ok(lanes.into_iter().any(|found| found != lane))
        };
        self.read(of_another).await
    }

    async fn rekey(&self, rekeying: Rekeying) -> Result<Rekeyed, StoreError> {
        let (mut rekeyed, mut after) = (Rekeyed::default(), LaneId(0));
        loop {
            let page = RekeyPage { command: rekeying, after };
            let page: RekeyedPage = self.ask(|reply| Op::Other(Other::Rekey(page, reply))).await?;
            rekeyed = rekeyed.and(page.rekeyed);
            match page.next {
                Some(next) => after = next,
                None => return Ok(rekeyed),
            }
        }
    }

    async fn erase(&self, erase: Erase) -> Result<Option<Erased>, StoreError> {
        self.ask(|reply| Op::Other(Other::Erase(erase, reply))).await
    }

    async fn rearm(&self, rearm: RearmLanes) -> Result<u64, StoreError> {
        let command = Arc::new(rearm);
        let (mut changed, mut after) = (0, None);
        loop {
            let page = RearmPage { command: Arc::clone(&command), after };
            let page: Page = self.ask(|reply| Op::Other(Other::Rearm(page, reply))).await?;
            changed += page.changed;
            match page.next {
                Some(next) => after = Some(next),
                None => return Ok(changed),
            }
        }
    }

    async fn pass(&self, pass: Pass) -> Result<Passed, StoreError> {
        self.ask(|reply| Op::Other(Other::Pass(pass, reply))).await
    }

    async fn enrol(&self, enrol: Enrol) -> Result<u64, StoreError> {
        let (mut made, mut after) = (0, None);
        loop {
            let page = EnrolPage { command: enrol.clone(), after };
            let page = self.ask(|reply| Op::Other(Other::Enrol(page, reply))).await?;
            made += page.made;
            match page.next {
                Some(next) => after = Some(next),
                None => return Ok(made),
            }
        }
    }

    async fn set_pause(
        &self,
        route: RouteId,
        pause: Option<Pause>,
        by: Actor,
        now: Millis,
    ) -> Result<(), StoreError> {
        self.ask(|reply| Op::Other(Other::Pause(PauseRoute { route, pause, by, now }, reply))).await
    }

    async fn audit(&self, entry: AuditRow) -> Result<(), StoreError> {
        self.ask(|reply| Op::Other(Other::Audit(entry, reply))).await
    }

    async fn user(&self, user: &UserId) -> Result<Option<UserSnapshot>, StoreError> {
        let (user, ways) = (user.clone(), self.readers.ways());
        self.read(move |connection| read::user(connection, &ways, user)).await
    }

    async fn update(&self, id: UpdateId) -> Result<Option<UpdateRow>, StoreError> {
        self.read(move |connection| updates::load(connection, id)).await
    }

    async fn updates_of(
        &self,
        user: &UserId,
        after: Option<UpdateCursor>,
        limit: u32,
    ) -> Result<Vec<UpdateRow>, StoreError> {
        let user = user.clone();
        self.read(move |connection| updates::of_user(connection, &user, after, limit)).await
    }

    async fn taken(&self, user: &UserId, keys: Vec<(RouteId, String)>) -> Result<Vec<RouteId>, StoreError> {
        let user = user.clone();
        self.read(move |connection| Ok(read::taken(connection, &user, keys)?)).await
    }

    async fn lanes(&self, filter: LaneFilter) -> Result<Vec<LaneView>, StoreError> {
        let ways = self.readers.ways();
        self.read(move |connection| read::lanes(connection, &ways, &filter)).await
    }

    async fn last_lane(&self) -> Result<Option<LaneId>, StoreError> {
        self.read(|connection| Ok(read::last_lane(connection)?)).await
    }

    async fn attempts(&self, lane: LaneId, limit: u32) -> Result<Vec<AttemptView>, StoreError> {
        self.read(move |connection| Ok(journal::attempts(connection, lane, limit)?)).await
    }

    async fn without_identity(&self, wanted: WithoutIdentity) -> Result<Vec<(UserId, Version)>, StoreError> {
        self.read(move |connection| Ok(read::without_identity(connection, &wanted)?)).await
    }

    async fn counts(&self, route: RouteId) -> Result<RouteCounts, StoreError> {
        self.read(move |connection| read::counts(connection, route)).await
    }

    async fn audit_log(&self, filter: AuditFilter) -> Result<Vec<AuditEntry>, StoreError> {
        self.read(move |connection| Ok(audit::list(connection, &filter)?)).await
    }

    async fn audit_chain(&self, after: Option<i64>, limit: u32) -> Result<Vec<AuditEntry>, StoreError> {
        self.read(move |connection| Ok(audit::chain(connection, after, limit)?)).await
    }

    async fn audit_head(&self) -> Result<AuditHead, StoreError> {
        self.failure.check()?;
        Ok(self.audit_head.get())
    }

    async fn note(&self, note: Note) -> Result<bool, StoreError> {
        self.ask(|reply| Op::Other(Other::Note(note, reply))).await
    }

    async fn conditions(&self) -> Result<Vec<(RouteId, Condition, Facts)>, StoreError> {
        self.read(|connection| Ok(events::conditions(connection)?)).await
    }

    async fn events(&self, after: i64, limit: u32) -> Result<Vec<Event>, StoreError> {
        self.read(move |connection| Ok(events::list(connection, after, limit)?)).await
    }

    async fn subscribe(&self, webhook: String) -> Result<i64, StoreError> {
        self.ask(|reply| Op::Other(Other::Subscribe(webhook, reply))).await
    }

    async fn told(&self, webhook: String, seq: i64) -> Result<(), StoreError> {
        self.ask(|reply| Op::Other(Other::Told((webhook, seq), reply))).await
    }

    async fn check(&self) -> Result<(), StoreError> {
        self.ask(|reply| Op::Other(Other::Check(reply))).await
    }

    async fn sweep(&self, sweep: Sweep) -> Result<u64, StoreError> {
        let mut removed = 0;
        loop {
            match self.ask(|reply| Op::Other(Other::Sweep(sweep, reply))).await? {
                0 => return Ok(removed),
                rows => removed += rows,
            }
        }
    }

    async fn close(&self) {
        self.readers.close().await;
        self.queue.close();
        // Ends, always with an error, when the writer drops its side.
        drop(self.ended.clone().changed().await);
    }
}

impl Drop for SqliteStore {
    fn drop(&mut self) {
        self.queue.close();
        let thread = self.thread.lock().unwrap_or_else(PoisonError::into_inner).take();
        if let Some(thread) = thread
            && thread.join().is_err()
        {
            tracing::error!("the store's writer has panicked");
        }
    }
}
