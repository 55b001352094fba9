//! A store with routes and users to try promises on.

use std::{
    any::Any,
    sync::{
        Arc, Mutex, PoisonError,
        atomic::{AtomicU64, Ordering},
    },
};

use canonical::{Leaf, Patch, Rules, UserId};
use delivery::{
    LaneId, Millis, Route, RouteId, RouteSet,
    audit::{AuditEntry, AuditFilter},
    lane::{Failure, FailureClass, Lane, Outcome, Priority, Rearm, Sent, Settle, State, WaitCause},
    planner,
    store::{
        Accept, AcceptError, Accepted, Actor, AttemptRow, ClaimDue, Claimed, Erase, Erased, IdempotencyKey,
        LaneRow, Observer, Pass, Passed, Precondition, RearmLanes, RearmTarget, RouteRegistration,
        Settlement, Store, StoreError, UserSnapshot, Work,
    },
};
use uuid::Uuid;

use crate::routes;

/// An empty store, and what must live as long as it: a directory, say.
#[derive(Debug)]
pub struct Opened {
    /// The store.
    pub store: Arc<dyn Store>,
    /// What must live as long as the store.
    pub keep: Box<dyn Any + Send + Sync>,
}

/// Notes everything that a store tells its observer.
#[derive(Debug, Default)]
pub struct Recorder(Mutex<Vec<(UserId, LaneRow)>>);

impl Observer for Recorder {
    fn committed(&self, lanes: &[(UserId, LaneRow)]) {
        self.0.lock().unwrap_or_else(PoisonError::into_inner).extend_from_slice(lanes);
    }
}

impl Recorder {
    /// The states in which a lane was told, in order.
    pub fn states(&self, id: LaneId) -> Vec<State> {
        let seen = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        seen.iter().filter(|(_, row)| row.id == Some(id)).map(|(_, row)| row.lane.state).collect()
    }

    /// How a lane was told last.
    pub fn last(&self, id: LaneId) -> Option<Arc<Lane>> {
        let seen = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        seen.iter().rev().find(|(_, row)| row.id == Some(id)).map(|(_, row)| row.lane.clone())
    }
}

/// A store with four routes: `alpha` and `beta` by id, `mail` by e-mail address, `needy` by id with a required family name.
#[derive(Debug)]
pub struct Bench {
    /// The store.
    pub store: Arc<dyn Store>,
    /// What it told.
    pub recorder: Arc<Recorder>,
    /// The routes.
    pub routes: Arc<RouteSet>,
    sequence: AtomicU64,
    _keep: Box<dyn Any + Send + Sync>,
}

/// Until when a lost request may still change the vendor of a test route.
pub const WINDOW: Millis = 75_000;

/// The caller of a test.
pub fn crm() -> Actor {
    Actor("crm".to_owned())
}

/// A user id.
pub fn user(id: &str) -> UserId {
    id.parse().expect("a valid id")
}

/// A patch of a JSON text.
pub fn patch(json: &str) -> Patch {
    Patch::parse(json.as_bytes(), &Rules::default()).expect("a valid patch")
}

/// A key that lives a day from time 0.
pub fn key(key: &str, request: &str) -> IdempotencyKey {
    IdempotencyKey { key: key.to_owned(), request: request.as_bytes().to_vec(), expires_at: 86_400_000 }
}

impl Bench {
    /// Opens an empty store and registers the routes.
    pub async fn new(open: fn(Arc<dyn Observer>) -> Opened) -> Self {
        let recorder = Arc::new(Recorder::default());
        Self::on(open(Arc::clone(&recorder) as Arc<dyn Observer>), recorder).await
    }

    /// Registers the routes at a store that tells `recorder` of its changes.
    pub async fn on(opened: Opened, recorder: Arc<Recorder>) -> Self {
        let Opened { store, keep } = opened;
        let routes = Self::register(&*store).await;
        Self { store, recorder, routes, sequence: AtomicU64::new(0), _keep: keep }
    }

    async fn register(store: &dyn Store) -> Arc<RouteSet> {
        let routes =
            [routes::plain("alpha"), routes::plain("beta"), routes::by_email("mail"), routes::needy("needy")];
        let registrations = routes.iter().map(RouteRegistration::of).collect();
        let registered = store.register_routes(registrations).await.expect("new routes");
        let ids = registered.into_iter().map(|route| route.id);
        Arc::new(RouteSet::new(ids.zip(routes.map(Arc::new))))
    }

    /// A route's id.
    pub fn id(&self, name: &str) -> RouteId {
        self.routes.by_name(name).expect("a route of the bench").0
    }

    /// A route.
    pub fn route(&self, id: RouteId) -> Arc<Route> {
        Arc::clone(self.routes.get(id).expect("a route of the bench"))
    }

    /// A command with all rights; ids sort in the order of the calls.
    pub fn command(&self, id: &str, json: &str, now: Millis) -> Accept {
        let sequence = self.sequence.fetch_add(1, Ordering::Relaxed);
        Accept {
            id: Uuid::from_u128(0x0190_0000_0000_7000_8000_0000_0000_0000 + u128::from(sequence)),
            user: user(id),
            patch: patch(json),
            precondition: Precondition::None,
            idempotency: None,
            caller: crm(),
            may_create: true,
            may_operate: false,
            trace: None,
            routes: Arc::clone(&self.routes),
            grants: Vec::new(),
            priority: Priority::Interactive,
            now,
        }
    }

    /// Has an update taken.
    pub async fn accept(&self, id: &str, json: &str, now: Millis) -> Accepted {
        self.store.accept(self.command(id, json, now)).await.expect("accepted")
    }

    /// Has an update refused.
    pub async fn refused(&self, command: Accept) -> AcceptError {
        self.store.accept(command).await.expect_err("refused")
    }

    /// The newest entries of the audit.
    pub async fn audit(&self, limit: u32) -> Vec<AuditEntry> {
        self.store.audit_log(AuditFilter::newest(limit)).await.expect("read")
    }

    /// A user as it is stored.
    pub async fn user(&self, id: &str) -> UserSnapshot {
        self.store.user(&user(id)).await.expect("read").expect("known")
    }

    /// A user's lane at a route.
    pub async fn lane(&self, id: &str, route: &str) -> Arc<Lane> {
        self.row(id, route).await.lane
    }

    /// A user's lane at a route, with its id.
    pub async fn row(&self, id: &str, route: &str) -> LaneRow {
        let route = self.id(route);
        self.user(id).await.lanes.into_iter().find(|row| row.route == route).expect("a lane")
    }

    /// A claim of up to ten lanes.
    pub fn due(&self, route: &str, now: Millis) -> ClaimDue {
        let (route, routes) = (self.id(route), Arc::clone(&self.routes));
        ClaimDue { route, routes, limit: 10, retries: 10, probe: None, released_at: None, now }
    }

    /// Claims up to ten lanes.
    pub async fn claim(&self, route: &str, now: Millis) -> Claimed {
        self.store.claim(self.due(route, now)).await.expect("claimed")
    }

    /// Claims the one lane that is due.
    pub async fn claim_one(&self, route: &str, now: Millis) -> Work {
        let mut work = self.claim(route, now).await.work;
        assert_eq!(work.len(), 1, "exactly one lane is due");
        work.remove(0)
    }

    /// What an attempt at the work would carry.
    pub fn sent(&self, work: &Work) -> Sent {
        planner::build(&self.route(work.route), &work.profile, &work.claim).expect("requests").1
    }

    /// The settle of an attempt that started at `now`.
    pub fn settlement(&self, work: &Work, outcome: Outcome, now: Millis) -> Settlement {
        let settle = Settle {
            epoch: work.claim.epoch,
            started_at: now,
            sent: self.sent(work),
            is_partly_applied: false,
            outcome,
        };
        Settlement { lane: work.lane, route: self.route(work.route), settle, attempt: None, now }
    }

    /// Settles an attempt that started at `now`.
    pub async fn settle(&self, work: &Work, outcome: Outcome, now: Millis) {
        self.store.settle(self.settlement(work, outcome, now)).await.expect("settled");
    }

    /// Settles the attempt as one that the vendor confirmed.
    pub async fn succeed(&self, work: &Work, now: Millis) {
        self.settle(work, ok(), now).await;
    }

    /// Erases a user.
    pub async fn erase(&self, id: &str, now: Millis) -> Option<Erased> {
        self.erase_if(id, Precondition::None, now).await.expect("erased")
    }

    /// Erases a user of whom this holds.
    ///
    /// # Errors
    /// What the store says.
    pub async fn erase_if(
        &self,
        id: &str,
        precondition: Precondition,
        now: Millis,
    ) -> Result<Option<Erased>, StoreError> {
        let (user, routes) = (user(id), Arc::clone(&self.routes));
        let erase = Erase { user, precondition, by: crm(), routes, now };
        self.store.erase(erase).await
    }

    /// The windows of all routes.
    pub fn windows(&self) -> Vec<(RouteId, Millis)> {
        self.routes.iter().map(|(id, _)| (id, WINDOW)).collect()
    }

    /// Looks through the next lanes of a route.
    pub async fn pass(&self, route: &str, changes: u64, limit: u32) -> Passed {
        let (route, routes) = (self.id(route), Arc::clone(&self.routes));
        self.store.pass(Pass { route, routes, changes, limit, now: 100 }).await.expect("looked through")
    }

    /// The same store with one of the routes replaced.
    pub fn with(self, route: Route) -> Self {
        let route = Arc::new(route);
        let one = |(id, old): (RouteId, &Arc<Route>)| {
            (id, Arc::clone(if old.name == route.name { &route } else { old }))
        };
        let routes = Arc::new(RouteSet::new(self.routes.iter().map(one)));
        Self { routes, ..self }
    }

    /// Applies an event to lanes.
    pub async fn rearm(&self, rearm: Rearm, target: RearmTarget, now: Millis) -> u64 {
        let (routes, by) = (Arc::clone(&self.routes), Actor("ops".to_owned()));
        self.store.rearm(RearmLanes { rearm, target, routes, by, now }).await.expect("re-armed")
    }
}

/// The vendor confirmed.
pub fn ok() -> Outcome {
    Outcome::Ok { witness: None, unverified: Vec::new() }
}

/// The vendor refused the content and named these leaves.
pub fn rejected(named: &[Leaf]) -> Outcome {
    Outcome::Rejected { named: named.to_vec(), status: Some(422) }
}

/// The vendor was out of order; due again at `next_at`.
pub fn not_applied(cause: WaitCause, next_at: Millis) -> Outcome {
    Outcome::NotApplied { failure: unavailable(cause, next_at) }
}

/// No answer came, and until `suspect_until` the request may land; due again at `next_at`.
pub fn unknown(next_at: Millis, suspect_until: Millis) -> Outcome {
    Outcome::Unknown { failure: unavailable(WaitCause::Backoff, next_at), suspect_until }
}

fn unavailable(cause: WaitCause, next_at: Millis) -> Failure {
    Failure {
        class: FailureClass::Unavailable,
        status: Some(503),
        counted: true,
        cause,
        next_at,
        release_subject: false,
    }
}

/// An attempt as it is written down.
pub fn attempt(at: Millis, words: &str) -> AttemptRow {
    AttemptRow {
        at,
        sent: 1,
        class: Some(FailureClass::Unavailable),
        status: Some(503),
        took: 12,
        detail: Some(words.to_owned()),
    }
}
