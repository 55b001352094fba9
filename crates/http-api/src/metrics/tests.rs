use std::time::Duration;

use adapter::Deprecation;
use api_types::problem::Kind;
use delivery::{
    Attempted, Telemetry,
    gate::{PauseCause, RouteCondition},
    lane::FailureClass,
    store::RouteCounts,
};
use store_sqlite::{Footprint, Meter};

use super::{
    Metrics,
    scrape::render,
    standing::{RouteStanding, Standing},
};

fn standing() -> Standing {
    let counts = RouteCounts {
        lanes: 3,
        pending: 2,
        failing: 1,
        without_identity: 4,
        oldest_since: Some(1_000),
        oldest_waiting_since: Some(4_500),
        ..RouteCounts::default()
    };
    let (throttled_until, throttled_by) = (Some(9_000), PauseCause::Intermediary);
    let condition = RouteCondition {
        in_flight: 4,
        rate_waits: 9,
        throttled_until,
        throttled_by,
        ..RouteCondition::default()
    };
    let deprecation = Some(Deprecation { sunset: Some(1_830_211_200), ..Deprecation::default() });
    let route = RouteStanding { name: "village".to_owned(), condition, counts, deprecation };
    let store = Some(Footprint { database: 4_096, wal: 0, queued: 0 });
    Standing { routes: vec![route], store, audit: 17, now: 6_500 }
}

fn has(text: &str, line: &str) {
    assert!(text.lines().any(|found| found == line), "{line} is missing in\n{text}");
}

#[test]
fn what_happened_and_how_things_stand_is_one_text() {
    let metrics = Metrics::default();
    metrics.update_accepted("c\"rm");
    metrics.update_accepted("c\"rm");
    metrics.refused(Kind::RateLimited);
    metrics.answered("PATCH", "/v1/users/{id}", 202, Duration::from_millis(1));
    metrics.reloaded(false);
    metrics.accepted(Duration::from_micros(300));
    metrics.committed(12, Duration::from_micros(150));
    let second = Duration::from_secs(1);
    let attempt = Attempted {
        route: "village",
        lane: 1,
        version: 1,
        status: None,
        trace: None,
        failure: None,
        took: second,
        behind: Some(4 * second),
    };
    metrics.attempted(&attempt);
    metrics.attempted(&Attempted { failure: Some(FailureClass::RateLimited), ..attempt });
    let text = render(&metrics, &standing());
    for line in [
        "profile_gateway_updates_accepted_total{caller=\"c\\\"rm\"} 2",
        "profile_gateway_problems_total{type=\"rate-limited\"} 1",
        "profile_gateway_problems_total{type=\"overloaded\"} 0",
        "profile_gateway_request_seconds_count{method=\"PATCH\",path=\"/v1/users/{id}\",status=\"2xx\"} 1",
        "profile_gateway_audit_entries 17",
        "profile_gateway_reloads_total{outcome=\"refused\"} 1",
        "profile_gateway_accept_seconds_count 1",
        "profile_gateway_store_batch_operations_sum 12.0",
        "profile_gateway_store_commit_seconds_count 1",
        "profile_gateway_attempts_total{route=\"village\",class=\"success\"} 1",
        "profile_gateway_attempts_total{route=\"village\",class=\"rate_limited\"} 1",
        "profile_gateway_attempts_total{route=\"village\",class=\"unavailable\"} 0",
        "profile_gateway_attempt_seconds_count{route=\"village\"} 2",
        "profile_gateway_settle_seconds_sum{route=\"village\"} 4.0",
        "profile_gateway_lanes{route=\"village\",state=\"pending\"} 2",
        "profile_gateway_oldest_pending_seconds{route=\"village\"} 5",
        "profile_gateway_oldest_waiting_seconds{route=\"village\"} 2",
        "profile_gateway_lanes{route=\"village\",state=\"failing\"} 1",
        "profile_gateway_users 7",
        "profile_gateway_route_throttled{route=\"village\",by=\"vendor\"} 0",
        "profile_gateway_route_throttled{route=\"village\",by=\"intermediary\"} 1",
        "profile_gateway_route_deprecated{route=\"village\"} 1",
        "profile_gateway_route_sunset_timestamp_seconds{route=\"village\"} 1830211200",
        "profile_gateway_route_in_flight{route=\"village\"} 4",
        "profile_gateway_route_paused{route=\"village\",reason=\"auth\"} 0",
        "profile_gateway_route_rate_waits_total{route=\"village\"} 9",
        "profile_gateway_store_bytes{file=\"database\"} 4096",
    ] {
        has(&text, line);
    }
    assert!(text.ends_with("# EOF\n"));
}

#[test]
fn a_route_has_all_its_series_before_anything_happens() {
    let text = render(&Metrics::default(), &standing());
    has(&text, "profile_gateway_attempts_total{route=\"village\",class=\"tls\"} 0");
    has(&text, "profile_gateway_settle_seconds_count{route=\"village\"} 0");
}
