use std::{
    collections::{BTreeMap, BTreeSet},
    sync::{Arc, Mutex, PoisonError},
    time::Duration,
};

use adapter::{Deprecation, Notice};
use tokio::sync::{Notify, watch};

use super::{Engine, outlook::Outlook, route_runtime::RouteRuntime};
use crate::{
    Millis, RouteId,
    event::{self, Condition, Drift, Facts, Seen, Thresholds},
    gate::RouteCondition,
    store::{LaneFilter, LaneStateFilter, LaneView, Note, RouteCounts, StoreError},
};

/// How often the routes are looked at when nothing happens.
const ROUND: Duration = Duration::from_secs(30);
/// How many lanes are looked at for a cause.
const LANES: u32 = 100;

/// Whether and how the routes are watched, and who is told of what is found.
#[derive(Debug)]
pub(super) struct Watch {
    thresholds: Mutex<Option<Thresholds>>,
    look: Notify,
    news: watch::Sender<()>,
}

impl Default for Watch {
    fn default() -> Self {
        Self { thresholds: Mutex::default(), look: Notify::default(), news: watch::Sender::new(()) }
    }
}

impl Watch {
    /// Something at a route has turned: it is looked at without waiting for the next round.
    pub(super) fn look(&self) {
        self.look.notify_one();
    }

    /// There may be a new event.
    pub(super) fn tell(&self) {
        self.news.send_replace(());
    }

    fn thresholds(&self) -> Option<Thresholds> {
        *self.thresholds.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Engine {
    /// Watches the routes from now on and notes what begins and ends at them; none: not any more.
    pub fn watch(&self, thresholds: Option<Thresholds>) {
        *self.inner.watch.thresholds.lock().unwrap_or_else(PoisonError::into_inner) = thresholds;
        self.inner.watch.look();
    }

    /// Changes whenever there may be a new event.
    pub fn news(&self) -> watch::Receiver<()> {
        self.inner.watch.news.subscribe()
    }

    /// Notes what a comparison with a vendor has found at a route.
    ///
    /// # Errors
    /// When the store fails.
    pub async fn note_drift(&self, route: RouteId, drift: &Drift) -> Result<(), StoreError> {
        match drift.lasts() {
            Some(lasts) => self.note(route, Condition::Drift, lasts, event::drifting(drift)).await,
            None => Ok(()),
        }
    }

    /// The warnings of the vendors that their calls will be withdrawn, by route.
    pub fn deprecations(&self) -> BTreeMap<RouteId, Deprecation> {
        let current = self.current();
        let known = current.runtimes.iter().map(|(id, runtime)| (*id, runtime.outlook().known().cloned()));
        known.filter_map(|(id, known)| Some((id, known?))).collect()
    }

    /// What an earlier process has told of the vendors' warnings is not told again.
    pub(super) async fn recall(&self) -> Result<(), StoreError> {
        let current = self.current();
        for (id, condition, facts) in self.inner.store.conditions().await? {
            if condition == Condition::Deprecated
                && let Some(runtime) = current.runtimes.get(&id)
            {
                *runtime.outlook() = Outlook::told_before(event::deprecation_of(&facts), self.now());
            }
        }
        Ok(())
    }

    /// Learns what an answer of a route's vendor says of the future of its call. Nobody waits for what follows.
    pub(super) fn hear(&self, runtime: &Arc<RouteRuntime>, notice: &Notice) {
        if runtime.outlook().heard(notice, self.now()) {
            let told = tell(self.clone(), Arc::clone(runtime));
            self.inner.runtime.spawn(self.inner.attempts.track_future(told));
        }
    }

    async fn note(
        &self,
        route: RouteId,
        condition: Condition,
        lasts: bool,
        facts: Facts,
    ) -> Result<(), StoreError> {
        let note = Note { route, condition, lasts, facts, now: self.now() };
        if self.inner.store.note(note).await? {
            let name = self.routes().get(route).map(|route| route.name.clone());
            tracing::info!(route = name, condition = condition.name(), lasts, "a condition has turned");
            self.inner.watch.tell();
        }
        Ok(())
    }
}

/// Tells what is known of the future of a vendor's call.
async fn tell(engine: Engine, runtime: Arc<RouteRuntime>) {
    // One after the other, so that the store ends with the newest word.
    let _turn = runtime.steering().lock().await;
    let known = runtime.outlook().known().cloned();
    let route = runtime.name();
    match &known {
        Some(Deprecation { since, sunset, says }) => tracing::warn!(
            route,
            deprecated_since = event::moment(*since),
            sunset = event::moment(*sunset),
            says,
            "the vendor will withdraw the version of its API that the route uses"
        ),
        None => tracing::info!(route, "the vendor does not warn of a withdrawn version any more"),
    }
    let facts = known.as_ref().map(event::deprecated).unwrap_or_default();
    if let Err(error) = engine.note(runtime.id(), Condition::Deprecated, known.is_some(), facts).await {
        tracing::warn!(route, %error, "a vendor's warning could not be stored; it is tried again");
        runtime.outlook().was_not_told();
    }
}

/// Looks at the routes now and then, and whenever something turns.
pub(super) async fn run(engine: Engine) {
    let stopping = engine.inner.stopping.clone();
    let mut lasting = None;
    loop {
        let thresholds = engine.inner.watch.thresholds();
        let round = async {
            match thresholds {
                Some(_) => tokio::time::sleep(ROUND).await,
                None => std::future::pending().await,
            }
        };
        if let Some(thresholds) = thresholds
            && let Err(error) = look(&engine, &thresholds, &mut lasting).await
        {
            tracing::warn!(%error, "the routes could not be looked at");
        }
        tokio::select! {
            // `biased`, so that one seed gives one run.
            biased;
            () = stopping.cancelled() => return,
            () = engine.inner.watch.look.notified() => {}
            () = round => {}
        }
    }
}

/// What lasts, as far as this process knows; none before the store was asked.
type Lasting = Option<BTreeSet<(RouteId, Condition)>>;

async fn look(engine: &Engine, thresholds: &Thresholds, lasting: &mut Lasting) -> Result<(), StoreError> {
    let lasting = match lasting {
        Some(lasting) => lasting,
        None => {
            let stored = engine.inner.store.conditions().await?.into_iter();
            lasting.insert(stored.map(|(route, condition, _)| (route, condition)).collect())
        }
    };
    let current = engine.current();
    for (id, runtime) in &current.runtimes {
        let look = Look::at(engine, runtime, thresholds).await?;
        for condition in [Condition::Breaker, Condition::Blocked, Condition::Backlog, Condition::Kept] {
            let lasted = lasting.contains(&(*id, condition));
            let lasts = thresholds.lasts(condition, lasted, &look.seen);
            if lasts == lasted {
                continue;
            }
            let facts = if lasts { look.facts(condition).await? } else { Facts::default() };
            engine.note(*id, condition, lasts, facts).await?;
            if lasts {
                lasting.insert((*id, condition));
            } else {
                lasting.remove(&(*id, condition));
            }
        }
    }
    Ok(())
}

/// One route at one moment.
struct Look<'a> {
    engine: &'a Engine,
    thresholds: &'a Thresholds,
    route: RouteId,
    condition: RouteCondition,
    counts: RouteCounts,
    /// The lanes that have been behind for long, as many as are looked at.
    late: Vec<LaneView>,
    seen: Seen,
}

impl<'a> Look<'a> {
    async fn at(
        engine: &'a Engine,
        runtime: &RouteRuntime,
        thresholds: &'a Thresholds,
    ) -> Result<Self, StoreError> {
        let route = runtime.id();
        let counts = engine.inner.store.counts(route).await?;
        let now = engine.now();
        let behind = counts.oldest_since.map_or(0, |since| (now - since).max(0));
        let breaker = runtime.gate().is_breaker_open();
        let seen = Seen { breaker, blocked: counts.blocked, behind, keeping: counts.keeping };
        let condition = runtime.condition(now);
        let mut look = Self { engine, thresholds, route, condition, counts, late: Vec::new(), seen };
        if behind > thresholds.backlog / 2 {
            look.late =
                look.lanes_since(LaneStateFilter::Pending, Some(now - thresholds.backlog / 2)).await?;
            if event::is_open(&look.condition) {
                look.seen.behind = event::behind(behind, &look.late, thresholds, now);
            }
        }
        Ok(look)
    }

    /// Why the condition has begun.
    async fn facts(&self, condition: Condition) -> Result<Facts, StoreError> {
        Ok(match condition {
            Condition::Breaker => event::breaker(&self.lanes(LaneStateFilter::Pending).await?),
            Condition::Blocked => {
                event::blocked(&self.seen, self.thresholds, &self.lanes(LaneStateFilter::Blocked).await?)
            }
            Condition::Backlog => {
                event::backlog(&self.seen, self.thresholds, &self.counts, &self.condition, &self.late)
            }
            Condition::Kept => event::keeping(&self.seen, self.thresholds),
            Condition::Drift | Condition::Deprecated => Facts::default(),
        })
    }

    async fn lanes(&self, state: LaneStateFilter) -> Result<Vec<LaneView>, StoreError> {
        self.lanes_since(state, None).await
    }

    async fn lanes_since(
        &self,
        state: LaneStateFilter,
        since: Option<Millis>,
    ) -> Result<Vec<LaneView>, StoreError> {
        let filter = LaneFilter {
            route: Some(self.route),
            states: vec![state],
            since,
            limit: LANES,
            ..LaneFilter::default()
        };
        self.engine.inner.store.lanes(filter).await
    }
}
