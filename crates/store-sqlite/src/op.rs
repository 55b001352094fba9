use std::{fmt, sync::Arc};

use canonical::UserId;
use delivery::{
    LaneId, Millis, RouteId,
    audit::AuditRow,
    gate::Pause,
    store::{
        Accept, AcceptError, Accepted, Actor, ClaimDue, Claimed, Enrol, Erase, Erased, Note, Pass, Passed,
        RearmLanes, RegisteredRoute, Rekeyed, Rekeying, RouteRegistration, Settled, Settlement, StoreError,
        Sweep,
    },
};
use tokio::sync::oneshot;

/// Where the answer to an operation goes.
pub(crate) type Reply<T, E = StoreError> = oneshot::Sender<Result<T, E>>;

/// Something for the writer to do.
pub(crate) enum Op {
    Settle(Box<Settlement>, Reply<Settled>),
    Accept(Box<Accept>, Reply<Accepted, AcceptError>),
    Claim(ClaimDue, Reply<Claimed>),
    Other(Other),
}

/// Operations that are neither frequent nor urgent.
pub(crate) enum Other {
    Register(Vec<RouteRegistration>, Reply<Vec<RegisteredRoute>>),
    Start(StartPage, Reply<Page>),
    Rekey(RekeyPage, Reply<RekeyedPage>),
    Erase(Erase, Reply<Option<Erased>>),
    Rearm(RearmPage, Reply<Page>),
    Enrol(EnrolPage, Reply<Enrolled>),
    Pass(Pass, Reply<Passed>),
    Pause(PauseRoute, Reply<()>),
    Audit(AuditRow, Reply<()>),
    Note(Note, Reply<bool>),
    Subscribe(String, Reply<i64>),
    Told((String, i64), Reply<()>),
    Check(Reply<()>),
    Sweep(Sweep, Reply<u64>),
}

/// One page of what the last process left.
pub(crate) struct StartPage {
    pub(crate) windows: Arc<Vec<(RouteId, Millis)>>,
    pub(crate) now: Millis,
    pub(crate) after: LaneId,
}

/// One page of the lanes of a route whose subjects get other keys.
pub(crate) struct RekeyPage {
    pub(crate) command: Rekeying,
    pub(crate) after: LaneId,
}

/// What it has changed, and after which lane the next page begins; none when it was the last.
pub(crate) struct RekeyedPage {
    pub(crate) rekeyed: Rekeyed,
    pub(crate) next: Option<LaneId>,
}

/// One page of the lanes that an event is for.
pub(crate) struct RearmPage {
    pub(crate) command: Arc<RearmLanes>,
    /// None for the first page.
    pub(crate) after: Option<LaneId>,
}

/// One page of the users who have no lane at a route.
pub(crate) struct EnrolPage {
    pub(crate) command: Enrol,
    /// None for the first page.
    pub(crate) after: Option<UserId>,
}

/// How many lanes a page made, and after which user the next one begins; none when it was the last.
pub(crate) struct Enrolled {
    pub(crate) made: u64,
    pub(crate) next: Option<UserId>,
}

/// How a page went, and after which lane the next one begins; none when it was the last.
pub(crate) struct Page {
    pub(crate) changed: u64,
    pub(crate) next: Option<LaneId>,
}

/// A route's new pause.
pub(crate) struct PauseRoute {
    pub(crate) route: RouteId,
    pub(crate) pause: Option<Pause>,
    pub(crate) by: Actor,
    pub(crate) now: Millis,
}

/// How many rows one operation touches at most, so that the others are not kept waiting.
pub(crate) const PAGE: u32 = 500;

impl Op {
    /// Answers an operation that was not done.
    pub(crate) fn fail(self, error: StoreError) {
        // A caller that has gone does not want the answer.
        let _ = match self {
            Op::Settle(_, reply) => reply.send(Err(error)).is_ok(),
            Op::Other(Other::Pause(_, reply)) => reply.send(Err(error)).is_ok(),
            Op::Other(Other::Rekey(_, reply)) => reply.send(Err(error)).is_ok(),
            Op::Accept(_, reply) => reply.send(Err(error.into())).is_ok(),
            Op::Claim(_, reply) => reply.send(Err(error)).is_ok(),
            Op::Other(Other::Register(_, reply)) => reply.send(Err(error)).is_ok(),
            Op::Other(Other::Start(_, reply)) => reply.send(Err(error)).is_ok(),
            Op::Other(Other::Erase(_, reply)) => reply.send(Err(error)).is_ok(),
            Op::Other(Other::Rearm(_, reply)) => reply.send(Err(error)).is_ok(),
            Op::Other(Other::Pass(_, reply)) => reply.send(Err(error)).is_ok(),
            Op::Other(Other::Enrol(_, reply)) => reply.send(Err(error)).is_ok(),
            Op::Other(Other::Audit(_, reply)) => reply.send(Err(error)).is_ok(),
            Op::Other(Other::Note(_, reply)) => reply.send(Err(error)).is_ok(),
            Op::Other(Other::Subscribe(_, reply)) => reply.send(Err(error)).is_ok(),
            Op::Other(Other::Told(_, reply)) => reply.send(Err(error)).is_ok(),
            Op::Other(Other::Check(reply)) => reply.send(Err(error)).is_ok(),
            Op::Other(Other::Sweep(_, reply)) => reply.send(Err(error)).is_ok(),
        };
    }
}

impl fmt::Debug for Op {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Op::Settle(..) => "Settle",
            Op::Accept(..) => "Accept",
            Op::Claim(..) => "Claim",
            Op::Other(_) => "Other",
        })
    }
}
