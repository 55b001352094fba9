use askama::Template;

use super::route_now::RouteNow;
use crate::operators::pages::text::filters;

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

/// A part of a route that changes by itself.
#[derive(Debug, Clone, Copy, strum::IntoStaticStr, strum::VariantArray)]
#[strum(serialize_all = "snake_case")]
pub(crate) enum Part {
    /// Whether it sends.
    State,
    /// How far it is behind.
    Behind,
    /// What it delivers.
    Traffic,
    /// What fails.
    Failing,
    /// Who needs attention.
    Attention,
    /// The last failure.
    Failure,
    /// All failures that are kept.
    Failures,
    /// What can be done with it.
    Acts,
}

impl RouteNow {
    /// The name of a part among those of all routes, by which a page finds it.
    pub(crate) fn key(&self, part: Part) -> String {
        format!("{}.{}", self.name, <&str>::from(part))
    }

    /// One part of the route as HTML: the same text in a page and in the stream that keeps the page up to date. `token` is what
    /// forms carry.
    pub(crate) fn part(&self, part: Part, token: &str) -> String {
        let html = match part {
            Part::State => StatePart { route: self }.render(),
            Part::Behind => BehindPart { route: self }.render(),
            Part::Traffic => TrafficPart { route: self }.render(),
            Part::Failing => FailingPart { route: self }.render(),
            Part::Attention => AttentionPart { route: self }.render(),
            Part::Failure => FailurePart { route: self }.render(),
            Part::Failures => FailuresPart { route: self }.render(),
            Part::Acts => ActsPart { route: self, token }.render(),
        };
        // What these templates write cannot fail.
        html.unwrap_or_default()
    }
}
