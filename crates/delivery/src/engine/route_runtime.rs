use std::{
    collections::BTreeMap,
    sync::{
        Arc, Mutex, MutexGuard, PoisonError,
        atomic::{AtomicBool, AtomicI64, AtomicU32, AtomicU64, Ordering},
    },
};

use tokio::sync::{Notify, Semaphore};

use super::outlook::Outlook;
use crate::{
    Millis, Rate, Route, RouteId,
    decide::too_far,
    gate::{Action, Bucket, Ended, Gate, Pause, Refusal, RouteCondition},
    store::RegisteredRoute,
};

/// One route at run time: its admission, its rate, and its dispatcher's alarm.
#[derive(Debug)]
pub(super) struct RouteRuntime {
    id: RouteId,
    name: String,
    changes: u64,
    gate: Arc<Mutex<Gate>>,
    bucket: Arc<Mutex<Bucket>>,
    wake: Arc<Wake>,
    released_at: Arc<AtomicI64>,
    rate_waits: Arc<AtomicU64>,
    reading: Arc<Semaphore>,
    passing: Arc<Semaphore>,
    steering: Arc<tokio::sync::Mutex<()>>,
    outlook: Arc<Mutex<Outlook>>,
}

/// The buckets of one set of routes, by what the vendor counts. A reload that leaves a rate as it is leaves its bucket as
/// full as it was.
#[derive(Debug, Default)]
pub(super) struct Buckets(BTreeMap<String, (Rate, Arc<Mutex<Bucket>>)>);

impl Buckets {
    /// The buckets of these routes; where two routes share one, the lower rate counts.
    pub(super) fn of(routes: &[Arc<Route>], before: &Self) -> Self {
        let mut rates: BTreeMap<&str, Rate> = BTreeMap::new();
        for route in routes {
            let rate = rates.entry(&route.limits.rate_key).or_insert(route.limits.rate);
            *rate = rate.lower(route.limits.rate);
        }
        let bucket = |key: &str, rate: Rate| match before.0.get(key) {
            Some((known, bucket)) if *known == rate => Arc::clone(bucket),
            _ => Arc::new(Mutex::new(Bucket::new(rate))),
        };
        Self(rates.into_iter().map(|(key, rate)| (key.to_owned(), (rate, bucket(key, rate)))).collect())
    }

    fn get(&self, route: &Route) -> Arc<Mutex<Bucket>> {
        let known = self.0.get(&route.limits.rate_key).map(|(_, bucket)| Arc::clone(bucket));
        known.unwrap_or_else(|| Arc::new(Mutex::new(Bucket::new(route.limits.rate))))
    }
}

impl RouteRuntime {
    /// The runtime of a route; what was learnt of the route before a reload is kept.
    pub(super) fn for_route(
        route: &Route,
        known: &RegisteredRoute,
        before: Option<&Arc<RouteRuntime>>,
        buckets: &Buckets,
        now: Millis,
    ) -> Arc<Self> {
        let bucket = buckets.get(route);
        let Some(before) = before else {
            let mut gate = Gate::new(&route.limits, now);
            gate.set_pause(known.pause.map(|pause| believable(pause, now)));
            return Arc::new(Self {
                id: known.id,
                name: route.name.clone(),
                changes: known.changes,
                gate: Arc::new(Mutex::new(gate)),
                bucket,
                wake: Arc::default(),
                released_at: Arc::default(),
                rate_waits: Arc::default(),
                reading: Arc::new(Semaphore::new(1)),
                passing: Arc::new(Semaphore::new(1)),
                steering: Arc::default(),
                outlook: Arc::default(),
            });
        };
        before.gate().reconfigured(&route.limits, now);
        Arc::new(Self {
            id: known.id,
            name: route.name.clone(),
            changes: known.changes,
            gate: Arc::clone(&before.gate),
            bucket,
            wake: Arc::clone(&before.wake),
            released_at: Arc::clone(&before.released_at),
            rate_waits: Arc::clone(&before.rate_waits),
            reading: Arc::clone(&before.reading),
            passing: Arc::clone(&before.passing),
            steering: Arc::clone(&before.steering),
            outlook: Arc::clone(&before.outlook),
        })
    }

    pub(super) fn id(&self) -> RouteId {
        self.id
    }

    /// As people know the route.
    pub(super) fn name(&self) -> &str {
        &self.name
    }

    /// [`RegisteredRoute::changes`] of the configuration that the runtime belongs to.
    pub(super) fn changes(&self) -> u64 {
        self.changes
    }

    pub(super) fn wake(&self) -> &Arc<Wake> {
        &self.wake
    }

    /// Held while the vendor is being read: one reader per route.
    pub(super) fn reading(&self) -> &Semaphore {
        &self.reading
    }

    /// Held while the lanes are looked through: one pass per route.
    pub(super) fn passing(&self) -> &Semaphore {
        &self.passing
    }

    /// Held while a pause is stored, so that gate and store agree in the end.
    pub(super) fn steering(&self) -> &tokio::sync::Mutex<()> {
        &self.steering
    }

    /// What the vendor says of the future of its call.
    pub(super) fn outlook(&self) -> MutexGuard<'_, Outlook> {
        self.outlook.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// A permit and a rate token, both or none.
    pub(super) fn admit(&self, now: Millis) -> Result<(), NotNow> {
        let mut gate = self.gate();
        gate.admit(now).map_err(NotNow::Gate)?;
        if let Err(at) = self.take_token(now) {
            gate.give_back();
            self.rate_waits.fetch_add(1, Ordering::Relaxed);
            return Err(NotNow::Rate(at));
        }
        Ok(())
    }

    /// What keeps the route from sending now.
    pub(super) fn condition(&self, now: Millis) -> RouteCondition {
        self.gate().condition(self.rate_waits.load(Ordering::Relaxed), now)
    }

    /// As [`RouteRuntime::admit`], for a lane that is not known to exist yet: only while no lane of the route waits its turn.
    pub(super) fn try_grant(&self, now: Millis) -> bool {
        !self.wake.backlog.load(Ordering::Acquire) && self.admit(now).is_ok()
    }

    /// Takes a rate token, or says when there will be one.
    pub(super) fn take_token(&self, now: Millis) -> Result<(), Millis> {
        self.bucket.lock().unwrap_or_else(PoisonError::into_inner).take(now)
    }

    /// Gives back what was not used.
    pub(super) fn give_back(&self) {
        self.gate().give_back();
        self.bucket.lock().unwrap_or_else(PoisonError::into_inner).give_back();
    }

    /// Gives back what was taken for a lane that did not need it; one that became ready meanwhile may use it.
    pub(super) fn give_back_grant(&self) {
        self.give_back();
        if self.wake.backlog.load(Ordering::Acquire) {
            self.wake.ring();
        }
    }

    pub(super) fn is_probing(&self) -> bool {
        self.gate().is_probing()
    }

    pub(super) fn retries_allowed(&self, now: Millis) -> u32 {
        self.gate().retries_allowed(now)
    }

    pub(super) fn note_claimed(&self, first: u32, retries: u32, now: Millis) {
        self.gate().claimed(first, retries, now);
    }

    /// Ends an attempt; what the engine has to do because of it, and whether the breaker has opened or closed.
    pub(super) fn settle(&self, ended: Ended) -> (Vec<Action>, bool) {
        let mut gate = self.gate();
        let before = gate.is_breaker_open();
        let actions = gate.settle(ended);
        let turned = before.unwrap_or(false) != gate.is_breaker_open().unwrap_or(false);
        drop(gate);
        if self.wake.backlog.load(Ordering::Acquire) {
            self.wake.ring();
        }
        (actions, turned)
    }

    /// Lanes that wait because of the route are due from now on.
    pub(super) fn release(&self, now: Millis) {
        self.released_at.store(now, Ordering::Release);
        self.wake.ring();
    }

    pub(super) fn released_at(&self) -> Option<Millis> {
        Some(self.released_at.load(Ordering::Acquire)).filter(|at| *at > 0)
    }

    pub(super) fn set_pause(&self, pause: Option<Pause>) {
        self.gate().set_pause(pause);
        self.wake.ring();
    }

    pub(super) fn gate(&self) -> MutexGuard<'_, Gate> {
        self.gate.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// A probe that is further away than any that is ever set comes from a clock that was wrong.
fn believable(pause: Pause, now: Millis) -> Pause {
    Pause { probe_at: pause.probe_at.map(|at| at.min(too_far(now))), ..pause }
}

/// Why a request is not admitted now.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum NotNow {
    /// The gate says so.
    Gate(Refusal),
    /// The rate is used up until then.
    Rate(Millis),
}

impl NotNow {
    /// When to ask again; none: somebody will say.
    pub(super) fn until(self) -> Option<Millis> {
        match self {
            NotNow::Gate(Refusal::Paused(until)) => until,
            NotNow::Gate(Refusal::Throttled(until) | Refusal::Breaker(until)) | NotNow::Rate(until) => {
                Some(until)
            }
            NotNow::Gate(Refusal::Concurrency) => None,
        }
    }
}

/// A dispatcher's alarm.
#[derive(Debug, Default)]
pub(super) struct Wake {
    pub(super) notify: Notify,
    /// Whether the dispatcher has left lanes behind that wait for a permit or a token: these come first.
    pub(super) backlog: AtomicBool,
    /// How many lanes became ready since the dispatcher looked.
    new: AtomicU32,
}

impl Wake {
    /// Something is due, or will be at another time than the dispatcher knows of.
    ///
    /// This alone makes no backlog: while there are permits for what is new, the lanes that the dispatcher is about to find will
    /// have some, too. Otherwise a dispatcher that is slow to look would make every new lane wait for its next look.
    pub(super) fn ring(&self) {
        self.notify.notify_one();
    }

    /// A lane is ready. A dispatcher that has left some behind looks again anyway, as soon as it may claim any.
    pub(super) fn ready(&self) {
        self.new.fetch_add(1, Ordering::Relaxed);
        if !self.backlog.load(Ordering::Acquire) {
            self.ring();
        }
    }

    /// How many lanes became ready since this was asked last.
    pub(super) fn take_new(&self) -> u32 {
        self.new.swap(0, Ordering::Relaxed)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn has_rung(wake: &Wake) -> bool {
        let mut rung = Box::pin(wake.notify.notified());
        let mut context = std::task::Context::from_waker(std::task::Waker::noop());
        rung.as_mut().poll(&mut context).is_ready()
    }

    #[test]
    fn a_lane_that_becomes_ready_rings_and_makes_no_backlog() {
        let wake = Wake::default();
        wake.ready();
        wake.ready();
        assert!(has_rung(&wake));
        assert!(!wake.backlog.load(Ordering::Acquire));
        assert_eq!((wake.take_new(), wake.take_new()), (2, 0));
    }

    #[test]
    fn a_dispatcher_that_waits_for_a_permit_is_not_rung_for_more_work() {
        let wake = Wake::default();
        wake.backlog.store(true, Ordering::Release);
        wake.ready();
        assert!(!has_rung(&wake));
        wake.ring();
        assert!(has_rung(&wake));
    }
}
