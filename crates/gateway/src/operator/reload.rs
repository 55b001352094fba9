use actix_web::{HttpRequest, HttpResponse, web::Data};
use async_trait::async_trait;
use delivery::store::AuditRow;
use serde::Serialize;
use utoipa::ToSchema;

use super::State;
use crate::api::{Kind, Problem, Query};

/// Reads the configuration again.
#[async_trait]
pub trait Reloader: Send + Sync + std::fmt::Debug {
    /// Says what a reload would do, and changes nothing.
    ///
    /// # Errors
    /// Why the new configuration would be refused even if it were confirmed, in words for an operator and without secrets.
    async fn difference(&self) -> Result<ReloadReport, String>;

    /// Replaces the configuration as a whole. `confirm`: also where lanes owe something that the new one drops.
    ///
    /// # Errors
    /// Why the new configuration is refused, in words for an operator and without secrets; the old one stays.
    async fn reload(&self, confirm: bool) -> Result<ReloadReport, String>;
}

/// What a reload did, or would do.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, ToSchema)]
#[schema(as = Reload)]
pub struct ReloadReport {
    /// What is different now, one sentence each; empty when nothing is.
    pub changes: Vec<String>,
    /// What has to be confirmed before it is done.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub to_confirm: Option<String>,
}

/// Reads the configuration again: all of it or nothing.
#[utoipa::path(
    post, path = "/v1/reload", operation_id = "reload", tag = "configuration",
    responses((status = 200, body = ReloadReport))
)]
pub(super) async fn reload(request: HttpRequest, state: Data<State>) -> Result<HttpResponse, Problem> {
    let operator = state.operator(&request)?;
    let query = Query::read(&request, &["confirm", "dry_run"])?;
    let flag = |name| Ok::<_, Problem>(query.parse::<bool>(name)?.unwrap_or(false));
    let (confirm, dry_run) = (flag("confirm")?, flag("dry_run")?);
    let refused = |why| Problem::new(Kind::ReloadRefused, why);
    if dry_run {
        let report = state.reloader.difference().await.map_err(|why: String| refused(why))?;
        return Ok(HttpResponse::Ok().json(report));
    }
    let report = state.reloader.reload(confirm).await.map_err(|why: String| refused(why))?;
    let entry = AuditRow {
        at: state.engine.now(),
        who: operator.actor().0,
        kind: "reload",
        route: None,
        detail: report.changes.join("; "),
    };
    state.engine.store().audit(entry).await?;
    Ok(HttpResponse::Ok().json(report))
}
