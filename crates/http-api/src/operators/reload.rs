use std::sync::Arc;

use actix_web::{HttpRequest, HttpResponse, web::Data};
use api_types::problem::Kind;
use async_trait::async_trait;
use delivery::{
    audit::{AuditKind, AuditRow},
    engine::Engine,
    store::{Actor, StoreError},
};
use gateway_config::RouteConfig;
use serde::Serialize;
use utoipa::ToSchema;

use super::State;
use crate::callers::{Problem, Query};

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

    /// The routes as they are configured now, in the order of their names.
    async fn configured(&self) -> Vec<RouteConfig>;
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
    /// What goes on in the background afterwards, one sentence for each route whose mapping or place differs.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub afterwards: Vec<String>,
}

/// The most characters of a reason that the audit keeps.
const LONGEST: usize = 300;

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
    let (reloader, engine) = (Arc::clone(&state.reloader), state.engine.clone());
    // Also when the operator goes away meanwhile: a reload that is half done is none.
    let reload = async move { reload_as(&*reloader, &engine, confirm, operator.actor()).await };
    let outcome = state.engine.to_the_end(reload).await?;
    Ok(HttpResponse::Ok().json(outcome.map_err(|why: String| refused(why))?))
}

/// Reads the configuration again on behalf of somebody, and writes into the audit what became of it, also when it was refused.
pub async fn reload_as(
    reloader: &dyn Reloader,
    engine: &Engine,
    confirm: bool,
    by: Actor,
) -> Result<Result<ReloadReport, String>, StoreError> {
    let outcome = reloader.reload(confirm).await;
    let detail = match &outcome {
        Ok(report) if report.changes.is_empty() => "nothing differs".to_owned(),
        Ok(report) => report.changes.join("; "),
        Err(why) => format!("refused: {}", why.lines().next().unwrap_or_default()),
    };
    let detail = detail.chars().take(LONGEST).collect();
    let row = AuditRow { at: engine.now(), who: by.0, kind: AuditKind::Reload, route: None, detail };
    engine.store().audit(row).await?;
    Ok(outcome)
}
