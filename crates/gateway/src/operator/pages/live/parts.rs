use askama::Template;

use super::route_now::RouteNow;
use crate::operator::pages::text::filters;

/// Whether a route sends.
#[derive(Template)]
#[template(path = "parts/state.html")]
struct StatePart<'a> {
    route: &'a RouteNow,
}

/// How far a route is behind.
#[derive(Template)]
#[template(path = "parts/behind.html")]
struct BehindPart<'a> {
    route: &'a RouteNow,
}

/// What a route delivers.
#[derive(Template)]
#[template(path = "parts/traffic.html")]
struct TrafficPart<'a> {
    route: &'a RouteNow,
}

/// What fails at a route.
#[derive(Template)]
#[template(path = "parts/failing.html")]
struct FailingPart<'a> {
    route: &'a RouteNow,
}

/// Who needs attention at a route.
#[derive(Template)]
#[template(path = "parts/attention.html")]
struct AttentionPart<'a> {
    route: &'a RouteNow,
}

/// The last failure of a route.
#[derive(Template)]
#[template(path = "parts/failure.html")]
struct FailurePart<'a> {
    route: &'a RouteNow,
}

/// All that is kept of a route's failures.
#[derive(Template)]
#[template(path = "parts/failures.html")]
struct FailuresPart<'a> {
    route: &'a RouteNow,
}

/// What can be done with a route.
#[derive(Template)]
#[template(path = "parts/acts.html")]
struct ActsPart<'a> {
    route: &'a RouteNow,
    token: &'a str,
}

/// The names of the parts of a route that change by themselves.
pub(super) const NAMES: [&str; 8] =
    ["state", "behind", "traffic", "failing", "attention", "failure", "failures", "acts"];

impl RouteNow {
    /// One part of the route as HTML: the same text in a page and in the stream that keeps the page up to date. `token` is what
    /// forms carry.
    pub(crate) fn part(&self, name: &str, token: &str) -> String {
        let html = match name {
            "state" => StatePart { route: self }.render(),
            "behind" => BehindPart { route: self }.render(),
            "traffic" => TrafficPart { route: self }.render(),
            "failing" => FailingPart { route: self }.render(),
            "attention" => AttentionPart { route: self }.render(),
            "failure" => FailurePart { route: self }.render(),
            "failures" => FailuresPart { route: self }.render(),
            _ => ActsPart { route: self, token }.render(),
        };
        // What these templates write cannot fail.
        html.unwrap_or_default()
    }
}
