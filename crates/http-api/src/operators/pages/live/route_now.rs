use adapter::Deprecation;
use api_types::{DeprecationBody, PauseWord, RouteWord, ThrottleWord, next_try_at, throttled_by};
use delivery::{
    Millis, Route,
    gate::RouteCondition,
    store::{RouteCounts, StoreError},
};

use super::{
    chart::chart,
    counts::Count,
    history::{COLUMNS, Column, Failure, last_minute},
};
use crate::operators::State;

/// How one route stands at one moment.
#[derive(Debug)]
pub(crate) struct RouteNow {
    pub(crate) name: String,
    pub(crate) vendor: &'static str,
    pub(crate) state: RouteWord,
    pub(crate) reason: Option<PauseWord>,
    pub(crate) throttled_by: Option<ThrottleWord>,
    /// The vendor's warning, in a sentence.
    pub(crate) deprecation: Option<String>,
    pub(crate) next_try_at: Option<Millis>,
    pub(crate) in_flight: u32,
    pub(crate) limit: u32,
    pub(crate) counts: RouteCounts,
    pub(crate) failures: Vec<Failure>,
    pub(crate) now: Millis,
    columns: [Column; COLUMNS],
}

/// How all routes stand now, in the order of their names, with users as they were counted last.
///
/// # Errors
/// When the store fails.
pub(crate) async fn look(state: &State) -> Result<Vec<RouteNow>, StoreError> {
    let count = state.pages.counts.recent(&state.engine).await?;
    Ok(RouteNow::all(state, &count))
}

/// As [`look`], for one route; none when there is no such route.
///
/// # Errors
/// When the store fails.
pub(crate) async fn look_at(state: &State, name: &str) -> Result<Option<RouteNow>, StoreError> {
    let count = state.pages.counts.recent(&state.engine).await?;
    let (conditions, routes) = (state.engine.conditions(), state.engine.routes());
    Ok(routes.by_name(name).map(|(id, route)| {
        let condition = conditions.get(&id).copied().unwrap_or_default();
        RouteNow::new(state, route, &condition, state.engine.deprecations().get(&id), count.of(id))
    }))
}

/// The names of all routes: what a page shows is out of date when there are others.
pub(crate) fn names(state: &State) -> String {
    state.engine.routes().names().collect::<Vec<_>>().join(" ")
}

impl RouteNow {
    /// How all routes stand now, with users as they were counted.
    pub(super) fn all(state: &State, count: &Count) -> Vec<Self> {
        let (conditions, routes) = (state.engine.conditions(), state.engine.routes());
        let deprecations = state.engine.deprecations();
        let now = routes.iter().map(|(id, route)| {
            let condition = conditions.get(&id).copied().unwrap_or_default();
            Self::new(state, route, &condition, deprecations.get(&id), count.of(id))
        });
        now.collect()
    }

    fn new(
        state: &State,
        route: &Route,
        condition: &RouteCondition,
        deprecation: Option<&Deprecation>,
        counts: RouteCounts,
    ) -> Self {
        let now = state.engine.now();
        let (columns, failures) = state.pages.board.read(&route.name);
        Self {
            name: route.name.clone(),
            vendor: route.adapter.dialect().vendor,
            state: RouteWord::of(condition),
            reason: condition.pause.map(|pause| pause.reason.into()),
            throttled_by: throttled_by(condition),
            deprecation: deprecation.map(|found| DeprecationBody::from(found).sentence()),
            next_try_at: next_try_at(condition, now),
            in_flight: condition.in_flight,
            limit: condition.limit,
            counts,
            failures,
            now,
            columns,
        }
    }

    /// Whether it was paused, by whomever.
    pub(crate) fn is_paused(&self) -> bool {
        self.state == RouteWord::Paused
    }

    /// Blocked and held users together.
    pub(crate) fn troubled(&self) -> u64 {
        self.counts.blocked + self.counts.held
    }

    /// Successes in the last minute.
    pub(crate) fn sent(&self) -> u64 {
        last_minute(&self.columns).0
    }

    /// Failures in the last minute.
    pub(crate) fn failed(&self) -> u64 {
        last_minute(&self.columns).1
    }

    /// The last half hour: users behind.
    pub(crate) fn behind_chart(&self) -> String {
        let most = self.columns.iter().map(|column| column.behind).max().unwrap_or_default();
        let label =
            format!("Users behind in the last 30 minutes: now {}, at most {most}", self.counts.pending);
        chart(self.columns.iter().map(|column| column.behind), "behind", &label)
    }

    /// The last half hour: successes.
    pub(crate) fn sent_chart(&self) -> String {
        let label = format!("Deliveries in the last 30 minutes: {} in the last one", self.sent());
        chart(self.columns.iter().map(|column| column.sent), "sent", &label)
    }

    /// The last half hour: failures.
    pub(crate) fn failed_chart(&self) -> String {
        let label = format!("Failures in the last 30 minutes: {} in the last one", self.failed());
        chart(self.columns.iter().map(|column| column.failed), "failed", &label)
    }
}
