//! The description of the operators' API (OpenAPI 3.1), made as that of the callers' API is.

use std::sync::LazyLock;

use actix_web::{HttpRequest, HttpResponse};
use api_types::problem::{Kind, ProblemBody};
use gateway_config::Scope;
use serde_json::Value;
use utoipa::OpenApi;

use super::{audit, doctor, explain, lanes, reload, routes, verify};
use crate::callers::{self, Call, Problem, USUAL, complete};

#[derive(OpenApi)]
#[openapi(
    info(title = "Profile gateway: operators", description = "How the vendors stand, and what can be done about it."),
    paths(
        lanes::list, lanes::read, lanes::retry, lanes::retry_page, explain::explain, routes::list, routes::retry,
        routes::pause, routes::resume, routes::probe, routes::resync, routes::forget_kept, verify::verify, doctor::doctor, reload::reload,
        audit::list, audit::verify
    ),
    components(schemas(ProblemBody<'_>))
)]
struct Document;

static TEXT: LazyLock<String> = LazyLock::new(|| format!("{:#}\n", document()));

/// The description as JSON text.
pub fn openapi() -> &'static str {
    &TEXT
}

/// Answers the description; it takes no key.
pub(super) async fn serve(request: HttpRequest) -> Result<HttpResponse, Problem> {
    callers::answer(&request, openapi())
}

fn document() -> Value {
    complete(Document::openapi(), CALLS)
}

const OPERATE: Call = Call { scopes: &[Scope::Operate], ..USUAL };
const ACT: Call = Call { method: "post", problems: &[Kind::NotFound, Kind::StorageFull], ..OPERATE };
const ROUTE_ACT: Call = Call { parameters: &["RouteName"], ..ACT };
const LANES: &[&str] = &["Route", "User", "AnyState", "Reason", "OlderThan", "AfterLane", "Limit"];

const CALLS: &[Call] = &[
    Call { path: "/v1/lanes", parameters: LANES, problems: &[Kind::UnknownRoute], ..OPERATE },
    Call {
        path: "/v1/lanes/retry",
        parameters: LANES,
        problems: &[Kind::UnknownRoute, Kind::StorageFull],
        answers: "So many were made ready to be sent.",
        ..ACT
    },
    Call { path: "/v1/lanes/{id}", parameters: &["LaneId"], problems: &[Kind::NotFound], ..OPERATE },
    Call {
        path: "/v1/lanes/{id}/retry",
        parameters: &["LaneId"],
        problems: &[Kind::NotFound, Kind::ActRefused, Kind::StorageFull],
        ..ACT
    },
    Call {
        path: "/v1/users/{id}/routes/{name}",
        parameters: &["UserId", "RouteName"],
        problems: &[Kind::NotFound, Kind::UserNotFound],
        ..OPERATE
    },
    Call { path: "/v1/routes", ..OPERATE },
    Call { path: "/v1/routes/{name}/retry", ..ROUTE_ACT },
    Call { path: "/v1/routes/{name}/pause", ..ROUTE_ACT },
    Call { path: "/v1/routes/{name}/resume", ..ROUTE_ACT },
    Call {
        path: "/v1/routes/{name}/probe",
        problems: &[Kind::NotFound, Kind::ActRefused, Kind::StorageFull],
        ..ROUTE_ACT
    },
    Call { path: "/v1/routes/{name}/resync", ..ROUTE_ACT },
    Call {
        path: "/v1/routes/{name}/forget-kept",
        parameters: &["RouteName", "User"],
        problems: &[Kind::NotFound, Kind::UserNotFound, Kind::ActRefused, Kind::StorageFull],
        answers: "Of so many users something was forgotten.",
        ..ACT
    },
    Call { path: "/v1/doctor", parameters: &["Route"], problems: &[Kind::UnknownRoute], ..ACT },
    Call {
        path: "/v1/reload",
        parameters: &["Confirm", "DryRun"],
        problems: &[Kind::ReloadRefused, Kind::StorageFull],
        ..ACT
    },
    Call {
        path: "/v1/verify",
        parameters: &["User", "Sample", "Route"],
        problems: &[Kind::UnknownRoute, Kind::UserNotFound, Kind::StorageFull],
        ..ACT
    },
    Call {
        path: "/v1/audit",
        parameters: &["AuditKind", "Route", "Since", "AfterEntry", "Most"],
        problems: &[Kind::UnknownRoute],
        ..OPERATE
    },
    Call { path: "/v1/audit/verify", parameters: &["Head"], ..OPERATE },
];

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_operation_stands_in_the_table_and_the_other_way_round() {
        let document = document();
        let mut described: Vec<(&str, &str)> = Vec::new();
        for (path, item) in document["paths"].as_object().expect("paths") {
            described.extend(
                item.as_object().expect("methods").keys().map(|method| (path.as_str(), method.as_str())),
            );
        }
        let mut listed: Vec<_> = CALLS.iter().map(|call| (call.path, call.method)).collect();
        described.sort_unstable();
        listed.sort_unstable();
        assert_eq!(described, listed);
    }
}
