use actix_web::{HttpRequest, HttpResponse, web::Data};
use api_types::time;
use delivery::{
    RouteSet,
    audit::{AuditEntry, AuditFilter, AuditHead, AuditKind, AuditReport},
};
use serde::Serialize;
use utoipa::ToSchema;

use super::State;
use crate::callers::{Page, Problem, Query, unknown_route};

/// Entries of the audit, newest first.
#[utoipa::path(
    get, path = "/v1/audit", operation_id = "readAudit", tag = "audit", responses((status = 200, body = AuditBody))
)]
pub(super) async fn list(request: HttpRequest, state: Data<State>) -> Result<HttpResponse, Problem> {
    state.operator(&request)?;
    let query = Query::read(&request, &["kind", "route", "since", "after", "limit"])?;
    let routes = state.engine.routes();
    let filter = filter_of(&query, &routes)?;
    let store = state.engine.store();
    let read = async |limit| store.audit_log(AuditFilter { limit, ..filter }).await;
    let Page { items, next } = Page::read(filter.limit, read, |entry| entry.seq.to_string()).await?;
    let entries = items.into_iter().map(|entry| EntryBody::new(entry, &routes)).collect();
    Ok(HttpResponse::Ok().json(AuditBody { entries, next }))
}

/// Whether the audit is as it was written.
#[utoipa::path(
    get, path = "/v1/audit/verify", operation_id = "verifyAudit", tag = "audit",
    responses((status = 200, body = ReportBody))
)]
pub(super) async fn verify(request: HttpRequest, state: Data<State>) -> Result<HttpResponse, Problem> {
    state.operator(&request)?;
    let query = Query::read(&request, &["head"])?;
    let known: Option<AuditHead> =
        query.text("head").map(str::parse).transpose().map_err(|_| wrong_head())?;
    let report = state.engine.verify_audit(known).await?;
    Ok(HttpResponse::Ok().json(ReportBody::from(report)))
}

fn wrong_head() -> Problem {
    Problem::invalid("head takes SEQ:HASH, as an earlier answer of this call has it")
}

fn filter_of(query: &Query, routes: &RouteSet) -> Result<AuditFilter, Problem> {
    let kind =
        query.text("kind").map(|word| AuditKind::of_name(word).ok_or_else(unknown_kind)).transpose()?;
    let route = query.text("route").map(|name| routes.by_name(name).ok_or_else(|| unknown_route(routes)));
    let since = query.text("since").map(|text| text.parse::<jiff::Timestamp>().map_err(|_| wrong_time()));
    Ok(AuditFilter {
        before: query.parse("after")?,
        kind,
        route: route.transpose()?.map(|(id, _)| id),
        since: since.transpose()?.map(jiff::Timestamp::as_millisecond),
        limit: query.limit(100, 1_000)?,
    })
}

fn unknown_kind() -> Problem {
    let kinds: Vec<_> = AuditKind::ALL.iter().map(|kind| kind.name()).collect();
    Problem::invalid(format!("kind takes one of {}", kinds.join(", ")))
}

fn wrong_time() -> Problem {
    Problem::invalid("since takes a time as RFC 3339 writes it, such as 2026-11-21T08:00:00Z")
}

/// The audit, newest first.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = Audit)]
pub(super) struct AuditBody {
    entries: Vec<EntryBody>,
    /// What `after` takes for the next page; absent on the last one.
    #[serde(skip_serializing_if = "Option::is_none")]
    next: Option<String>,
}

/// Who did what, and to what; names of fields, never values.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = AuditEntry)]
struct EntryBody {
    /// Its number, from 1 on without a gap.
    seq: i64,
    at: String,
    who: String,
    kind: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    route: Option<String>,
    detail: String,
}

impl EntryBody {
    fn new(entry: AuditEntry, routes: &RouteSet) -> Self {
        let AuditEntry { seq, at, who, kind, route, detail, .. } = entry;
        let route = route.and_then(|id| routes.get(id)).map(|route| route.name.clone());
        Self { seq, at: time(at), who, kind, route, detail }
    }
}

/// What a check of the audit has found.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = AuditReport)]
pub struct ReportBody {
    /// Whether nothing was changed.
    intact: bool,
    /// How many entries are in order.
    entries: i64,
    /// Where it ends: to be kept elsewhere, and given to a later check.
    head: String,
    /// The first thing that is wrong.
    #[serde(skip_serializing_if = "Option::is_none")]
    fault: Option<String>,
}

impl From<AuditReport> for ReportBody {
    fn from(report: AuditReport) -> Self {
        Self {
            intact: report.fault.is_none(),
            entries: report.head.seq,
            head: report.head.to_string(),
            fault: report.fault.map(|fault| fault.to_string()),
        }
    }
}
