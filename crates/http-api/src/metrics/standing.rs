use adapter::Deprecation;
use api_types::{PauseWord, ThrottleWord};
use delivery::{Millis, gate::RouteCondition, store::RouteCounts};
use prometheus_client::{
    encoding::EncodeLabelSet,
    metrics::{counter::Counter, family::Family, gauge::Gauge},
    registry::{Registry, Unit},
};
use store_sqlite::Footprint;
use strum::VariantArray;

use super::{
    PREFIX,
    labels::{Build, Route, RouteCause, RouteReason, RouteState, StoreFile},
};

/// How things stand at one moment.
#[derive(Debug, Default)]
pub(super) struct Standing {
    pub(super) routes: Vec<RouteStanding>,
    /// None where the store has no files.
    pub(super) store: Option<Footprint>,
    /// The number of the newest entry of the audit.
    pub(super) audit: i64,
    pub(super) now: Millis,
}

/// How one route stands.
#[derive(Debug, Default)]
pub(super) struct RouteStanding {
    pub(super) name: String,
    pub(super) condition: RouteCondition,
    pub(super) counts: RouteCounts,
    pub(super) deprecation: Option<Deprecation>,
}

impl Standing {
    /// The series of this moment.
    pub(super) fn registry(&self) -> Registry {
        let mut registry = Registry::with_prefix(PREFIX);
        let build = gauges([(Build { version: env!("CARGO_PKG_VERSION") }, 1)]);
        registry.register("build", "The version of the gateway, as a label", build);
        registry.register("lanes", "Users of a route, all and by how they stand", self.lanes());
        let keeping = self.per_route(|route| number(route.counts.keeping));
        let help = "Users of whom a vendor keeps, or may keep, a value that is not theirs any more";
        registry.register("users_keeping", help, keeping);
        let unknown = self.per_route(|route| number(route.counts.without_identity));
        let help = "Users for whom a route has no identity, so that nothing is sent there for them";
        registry.register("users_without_identity", help, unknown);
        let users: Gauge = Gauge::default();
        let all = self.routes.iter().map(|route| route.counts.users()).max();
        users.set(number(all.unwrap_or_default()));
        registry.register(
            "users",
            "Living users: at each route those whom it knows and those without an identity",
            users,
        );
        let behind = |since: Option<Millis>| (self.now - since.unwrap_or(self.now)).max(0) / 1_000;
        let help = "How long the oldest pending user of a route has been behind";
        let oldest = self.per_route(|route| behind(route.counts.oldest_since));
        registry.register_with_unit("oldest_pending", help, Unit::Seconds, oldest);
        let help = "The same without users whose last attempt failed for a cause of their own";
        let oldest = self.per_route(|route| behind(route.counts.oldest_waiting_since));
        registry.register_with_unit("oldest_waiting", help, Unit::Seconds, oldest);
        let audit: Gauge = Gauge::default();
        audit.set(self.audit);
        registry.register("audit_entries", "Entries of the audit ever written; never falls", audit);
        self.register_gates(&mut registry);
        if let Some(store) = self.store {
            let files = [("database", store.database), ("wal", store.wal)];
            let files = gauges(files.map(|(file, bytes)| (StoreFile { file }, number(bytes))));
            registry.register_with_unit("store", "Size of the store's files", Unit::Bytes, files);
            let queued: Gauge = Gauge::default();
            queued.set(i64::try_from(store.queued).unwrap_or(i64::MAX));
            registry.register(
                "store_queued_operations",
                "Operations that wait for the store's writer",
                queued,
            );
        }
        registry
    }

    fn register_gates(&self, registry: &mut Registry) {
        let paused = self.routes.iter().flat_map(|route| {
            let why = route.condition.pause.map(|pause| PauseWord::from(pause.reason));
            PauseWord::VARIANTS.iter().map(move |reason| {
                let labels = RouteReason { route: route.name.clone(), reason: reason.into() };
                (labels, i64::from(why == Some(*reason)))
            })
        });
        registry.register("route_paused", "Whether a route is paused, by the reason", gauges(paused));
        let open = self.per_route(|route| route.condition.breaker_until.is_some().into());
        registry.register("route_breaker_open", "Whether a route failed too often", open);
        let throttled = self.routes.iter().flat_map(|route| {
            let cause =
                route.condition.throttled_until.map(|_| ThrottleWord::from(route.condition.throttled_by));
            ThrottleWord::VARIANTS.iter().map(move |by| {
                let labels = RouteCause { route: route.name.clone(), by: by.into() };
                (labels, i64::from(cause == Some(*by)))
            })
        });
        let help = "Whether a route makes a pause because its vendor asked for it, or something answered in the vendor's place";
        registry.register("route_throttled", help, gauges(throttled));
        let deprecated = self.per_route(|route| route.deprecation.is_some().into());
        let help = "Whether a vendor warns that it will withdraw the version of its API that a route uses";
        registry.register("route_deprecated", help, deprecated);
        let sunset =
            self.per_route(|route| route.deprecation.as_ref().and_then(|found| found.sunset).unwrap_or(0));
        let help = "When a vendor will withdraw the version of its API that a route uses, as Unix time; 0 where it does not say";
        registry.register_with_unit("route_sunset_timestamp", help, Unit::Seconds, sunset);
        let in_flight = self.per_route(|route| route.condition.in_flight.into());
        registry.register("route_in_flight", "Requests under way", in_flight);
        let limit = self.per_route(|route| route.condition.limit.into());
        registry.register("route_limit", "The most requests at one time now", limit);
        let waits = Family::<Route, Counter>::default();
        for route in &self.routes {
            let label = Route { route: route.name.clone() };
            waits.get_or_create(&label).inc_by(route.condition.rate_waits);
        }
        registry.register("route_rate_waits", "Requests that waited for nothing but the rate", waits);
    }

    fn lanes(&self) -> Family<RouteState, Gauge> {
        gauges(self.routes.iter().flat_map(|RouteStanding { name, counts, .. }| {
            let states = [
                ("all", counts.lanes),
                ("blocked", counts.blocked),
                ("failing", counts.failing),
                ("held", counts.held),
                ("in_doubt", counts.in_doubt),
                ("pending", counts.pending),
            ];
            states.map(|(state, count)| (RouteState { route: name.clone(), state }, number(count)))
        }))
    }

    fn per_route(&self, read: impl Fn(&RouteStanding) -> i64) -> Family<Route, Gauge> {
        gauges(self.routes.iter().map(|route| (Route { route: route.name.clone() }, read(route))))
    }
}

fn gauges<L>(values: impl IntoIterator<Item = (L, i64)>) -> Family<L, Gauge>
where
    L: EncodeLabelSet + Clone + std::hash::Hash + Eq,
{
    let family = Family::<L, Gauge>::default();
    for (labels, value) in values {
        family.get_or_create(&labels).set(value);
    }
    family
}

fn number(count: u64) -> i64 {
    i64::try_from(count).unwrap_or(i64::MAX)
}
