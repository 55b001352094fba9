use actix_web::{HttpRequest, HttpResponse, web::Data};
use async_trait::async_trait;
use delivery::store::AuditRow;
use serde::Serialize;

use super::State;
use crate::api::{Kind, Problem, Query};

/// Reads the configuration again.
#[async_trait]
pub trait Reloader: Send + Sync + std::fmt::Debug {
    /// Replaces the configuration as a whole. `confirm`: also where lanes owe something that the new one drops.
    ///
    /// # Errors
    /// Why the new configuration is refused, in words for an operator and without secrets; the old one stays.
    async fn reload(&self, confirm: bool) -> Result<ReloadReport, String>;
}

/// What a reload did.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize)]
pub struct ReloadReport {
    /// What is different now, one sentence each; empty when nothing is.
    pub changes: Vec<String>,
}

/// Reads the configuration again: all of it or nothing.
pub(super) async fn reload(request: HttpRequest, state: Data<State>) -> Result<HttpResponse, Problem> {
    let operator = state.operator(&request)?;
    let confirm = Query::read(&request, &["confirm"])?.parse::<bool>("confirm")?.unwrap_or(false);
    let refused = |why| Problem::new(Kind::ReloadRefused, why);
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
