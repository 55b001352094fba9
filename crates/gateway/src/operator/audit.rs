use actix_web::{HttpRequest, HttpResponse, web::Data};
use delivery::{RouteSet, store::AuditRow};
use serde::Serialize;
use utoipa::ToSchema;

use super::State;
use crate::api::{Problem, Query, dto::time};

/// The newest entries of the audit.
#[utoipa::path(
    get, path = "/v1/audit", operation_id = "readAudit", tag = "audit", responses((status = 200, body = AuditBody))
)]
pub(super) async fn list(request: HttpRequest, state: Data<State>) -> Result<HttpResponse, Problem> {
    state.operator(&request)?;
    let limit = Query::read(&request, &["limit"])?.limit(100, 1_000)?;
    let rows = state.engine.store().audit_log(limit).await?;
    let routes = state.engine.routes();
    let entries = rows.into_iter().map(|row| EntryBody::new(row, &routes)).collect();
    Ok(HttpResponse::Ok().json(AuditBody { entries }))
}

/// The audit, newest first.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = Audit)]
pub(super) struct AuditBody {
    entries: Vec<EntryBody>,
}

/// Who did what, and to what; names of fields, never values.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = AuditEntry)]
struct EntryBody {
    at: String,
    who: String,
    kind: &'static str,
    #[serde(skip_serializing_if = "Option::is_none")]
    route: Option<String>,
    detail: String,
}

impl EntryBody {
    fn new(row: AuditRow, routes: &RouteSet) -> Self {
        let route = row.route.and_then(|id| routes.get(id)).map(|route| route.name.clone());
        Self { at: time(row.at), who: row.who, kind: row.kind, route, detail: row.detail }
    }
}
