use std::{
    cell::{Cell, RefCell},
    rc::Rc,
    task::Waker,
    time::Duration,
};

use actix_web::HttpRequest;
use tokio::time::Instant;

/// How long an idle connection is kept.
const KEEP_ALIVE: Duration = Duration::from_secs(15);
/// How long the head of a request may take to arrive: slow senders hold a connection no longer than this.
const HEAD_TIMEOUT: Duration = Duration::from_secs(5);

/// One connection, as its stream, its requests and the crowd share it. All of them run on one thread.
#[derive(Debug)]
pub(super) struct Connection {
    phase: Cell<Phase>,
    /// When the phase must be over.
    deadline: Cell<Option<Instant>>,
    known: Cell<bool>,
    ended: Cell<bool>,
    evicted: Cell<bool>,
    /// Runs the connection.
    task: RefCell<Option<Waker>>,
}

/// What a connection is doing.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Phase {
    /// No byte of the next request has arrived.
    Waiting,
    /// A part of a head has arrived.
    Head,
    /// A request is being answered; whether more of its body is wanted.
    Serving { body: bool },
}

/// The connection of a request; none in a test without sockets.
pub(super) fn of(request: &HttpRequest) -> Option<&Rc<Connection>> {
    request.conn_data()
}

impl Connection {
    pub(super) fn new() -> Self {
        Self {
            phase: Cell::new(Phase::Waiting),
            deadline: Cell::new(Some(Instant::now() + HEAD_TIMEOUT)),
            known: Cell::default(),
            ended: Cell::default(),
            evicted: Cell::default(),
            task: RefCell::default(),
        }
    }

    pub(super) fn phase(&self) -> Phase {
        self.phase.get()
    }

    pub(super) fn deadline(&self) -> Option<Instant> {
        self.deadline.get()
    }

    /// Bytes have arrived.
    pub(super) fn heard(&self) {
        if self.phase.get() == Phase::Waiting {
            self.enter(Phase::Head, Some(HEAD_TIMEOUT));
        }
    }

    /// The head of a request is complete.
    pub(super) fn serve(&self, body: bool) {
        self.enter(Phase::Serving { body }, None);
    }

    /// The request has been answered.
    pub(super) fn wait(&self) {
        self.enter(Phase::Waiting, Some(KEEP_ALIVE));
        self.wake();
    }

    /// The connection has had its last request.
    pub(super) fn end(&self) {
        self.ended.set(true);
    }

    pub(super) fn has_ended(&self) -> bool {
        self.ended.get()
    }

    /// A configured key was shown.
    pub(super) fn is_known(&self) {
        self.known.set(true);
    }

    /// Whether a new connection may take this one's place: a stranger's at any time, another one between two requests.
    pub(super) fn yields(&self, to_strangers: bool) -> bool {
        if to_strangers { !self.known.get() } else { self.phase.get() == Phase::Waiting }
    }

    /// Gives the place to another connection.
    pub(super) fn evict(&self) {
        self.evicted.set(true);
        self.wake();
    }

    pub(super) fn is_evicted(&self) -> bool {
        self.evicted.get()
    }

    /// Has [`Connection::wake`] wake this task.
    pub(super) fn run_by(&self, task: &Waker) {
        let mut known = self.task.borrow_mut();
        if !known.as_ref().is_some_and(|known| known.will_wake(task)) {
            *known = Some(task.clone());
        }
    }

    fn wake(&self) {
        if let Some(task) = &*self.task.borrow() {
            task.wake_by_ref();
        }
    }

    fn enter(&self, phase: Phase, limit: Option<Duration>) {
        self.phase.set(phase);
        self.deadline.set(limit.map(|limit| Instant::now() + limit));
    }
}
