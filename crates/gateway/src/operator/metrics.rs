use std::fmt::{self, Write};

use actix_web::{HttpResponse, http::header, web::Data};
use delivery::{
    Millis,
    engine::RouteCondition,
    store::{RouteCounts, StoreError},
};

use super::State;
use crate::api::{Kind, Meter, Problem};

/// The state of the gateway in numbers (OpenMetrics 1.0). Labels are names from the configuration and words of the API; no
/// series is about one user.
pub(super) async fn metrics(state: Data<State>) -> Result<HttpResponse, Problem> {
    let routes = gather(&state).await?;
    let mut text = String::new();
    // Writing to a text cannot fail.
    let _ = write_all(&mut text, &state.meter, &routes, state.engine.now());
    let kind = "application/openmetrics-text; version=1.0.0; charset=utf-8";
    Ok(HttpResponse::Ok().insert_header((header::CONTENT_TYPE, kind)).body(text))
}

/// One route in numbers.
struct RouteNumbers {
    name: String,
    condition: RouteCondition,
    counts: RouteCounts,
}

async fn gather(state: &State) -> Result<Vec<RouteNumbers>, StoreError> {
    let conditions = state.engine.conditions();
    let mut routes = Vec::new();
    for (id, route) in state.engine.routes().iter() {
        let condition = conditions.get(&id).copied().unwrap_or_default();
        let counts = state.engine.store().counts(id).await?;
        routes.push(RouteNumbers { name: route.name.clone(), condition, counts });
    }
    Ok(routes)
}

fn write_all(out: &mut String, meter: &Meter, routes: &[RouteNumbers], now: Millis) -> fmt::Result {
    let counts = meter.read();
    head(out, "build", "info", "The version of the gateway.")?;
    writeln!(out, "profile_gateway_build_info{{version=\"{}\"}} 1", env!("CARGO_PKG_VERSION"))?;
    head(out, "updates_accepted", "counter", "Updates accepted, by the caller's key.")?;
    for (caller, count) in &counts.accepted {
        writeln!(out, "profile_gateway_updates_accepted_total{{caller=\"{}\"}} {count}", escape(caller))?;
    }
    head(out, "problems", "counter", "Requests refused, by the type of the problem.")?;
    for kind in Kind::ALL {
        let count = counts.problems.get(kind).copied().unwrap_or_default();
        writeln!(out, "profile_gateway_problems_total{{type=\"{}\"}} {count}", kind.name())?;
    }
    write_lanes(out, routes)?;
    for (name, help, read) in GAUGES {
        head(out, name, "gauge", help)?;
        for route in routes {
            writeln!(
                out,
                "profile_gateway_{name}{{route=\"{}\"}} {}",
                escape(&route.name),
                read(route, now)
            )?;
        }
    }
    out.write_str("# EOF\n")
}

fn write_lanes(out: &mut String, routes: &[RouteNumbers]) -> fmt::Result {
    head(out, "lanes", "gauge", "Users of a route, all and by how they stand.")?;
    for RouteNumbers { name, counts, .. } in routes {
        let name = escape(name);
        let states = [
            ("all", counts.lanes),
            ("blocked", counts.blocked),
            ("held", counts.held),
            ("pending", counts.pending),
        ];
        for (state, count) in states {
            writeln!(out, "profile_gateway_lanes{{route=\"{name}\",state=\"{state}\"}} {count}")?;
        }
    }
    Ok(())
}

/// What is read of each route.
type Gauge = (&'static str, &'static str, fn(&RouteNumbers, Millis) -> u64);

const GAUGES: [Gauge; 5] = [
    (
        "oldest_pending_seconds",
        "How long the oldest pending user of a route has been behind.",
        |route, now| {
            let since = route.counts.oldest_since.unwrap_or(now);
            u64::try_from((now - since).max(0) / 1_000).unwrap_or_default()
        },
    ),
    ("route_paused", "Whether a route is paused.", |route, _| route.condition.pause.is_some().into()),
    ("route_breaker_open", "Whether a route failed too often.", |route, _| {
        route.condition.breaker_until.is_some().into()
    }),
    ("route_in_flight", "Requests under way.", |route, _| route.condition.in_flight.into()),
    ("route_limit", "The most requests at one time now.", |route, _| route.condition.limit.into()),
];

fn head(out: &mut String, name: &str, kind: &str, help: &str) -> fmt::Result {
    writeln!(out, "# TYPE profile_gateway_{name} {kind}\n# HELP profile_gateway_{name} {help}")
}

fn escape(label: &str) -> String {
    label.replace('\\', "\\\\").replace('"', "\\\"").replace('\n', "\\n")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_text_is_complete_and_the_same_for_the_same_numbers() {
        let meter = Meter::default();
        meter.accepted("c\"rm");
        meter.accepted("c\"rm");
        meter.refused(Kind::RateLimited);
        let counts =
            RouteCounts { lanes: 3, pending: 2, oldest_since: Some(1_000), ..RouteCounts::default() };
        let condition = RouteCondition { in_flight: 4, ..RouteCondition::default() };
        let routes = [RouteNumbers { name: "village".to_owned(), condition, counts }];
        let render = || {
            let mut text = String::new();
            write_all(&mut text, &meter, &routes, 6_500).expect("a text");
            text
        };
        let text = render();
        assert_eq!(text, render());
        for line in [
            "profile_gateway_updates_accepted_total{caller=\"c\\\"rm\"} 2",
            "profile_gateway_problems_total{type=\"rate-limited\"} 1",
            "profile_gateway_problems_total{type=\"overloaded\"} 0",
            "profile_gateway_lanes{route=\"village\",state=\"pending\"} 2",
            "profile_gateway_oldest_pending_seconds{route=\"village\"} 5",
            "profile_gateway_route_in_flight{route=\"village\"} 4",
        ] {
            assert!(text.lines().any(|found| found == line), "{line} is missing in\n{text}");
        }
        assert!(text.ends_with("# EOF\n"));
    }
}
