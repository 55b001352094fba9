use std::{sync::Arc, time::Duration};

use actix_web::HttpRequest;
use adapter::Dialect;
use arc_swap::ArcSwap;
use canonical::{Rules, Unseen, UserId};
use delivery::engine::Engine;
use gateway_config::Scope;

use super::{Caller, Keys, Problem};
use crate::{metrics::Metrics, traces::Traces};

/// What the callers' API works with.
#[derive(Debug)]
pub struct State {
    /// Does what is asked.
    pub engine: Engine,
    /// Who may ask; replaced at a reload.
    pub keys: Arc<ArcSwap<Keys>>,
    /// What is configured about requests.
    pub settings: Arc<ArcSwap<Settings>>,
    /// The vendors that a route can be configured for.
    pub vendors: Vec<&'static Dialect>,
    /// Counts what is answered.
    pub metrics: Arc<Metrics>,
    /// Makes spans, where a collector is configured.
    pub traces: Option<Arc<Traces>>,
}

/// What is configured about requests.
#[derive(Debug, Clone)]
pub struct Settings {
    /// How values are read.
    pub rules: Rules,
    /// How long a request's idempotency key is kept; at least a day.
    pub idempotency_ttl: Duration,
    /// How long a body may take to arrive.
    pub body_timeout: Duration,
}

impl Default for Settings {
    fn default() -> Self {
        Self {
            rules: Rules::default(),
            idempotency_ttl: Duration::from_secs(24 * 60 * 60),
            body_timeout: Duration::from_secs(10),
        }
    }
}

impl State {
    /// Who sends the request, if it may do this.
    pub(super) fn caller(&self, request: &HttpRequest, scopes: &[Scope]) -> Result<Caller, Problem> {
        Caller::of(request, &self.keys.load(), scopes, self.engine.now())
    }
}

/// The user that the path names.
pub(crate) fn user_id(request: &HttpRequest) -> Result<UserId, Problem> {
    let text = request.match_info().get("id").unwrap_or_default();
    text.parse().map_err(|invalid: canonical::Invalid| match Unseen::first_of(text) {
        Some(unseen) => Problem::invalid(format!("{}; {unseen}", invalid.0)),
        None => Problem::invalid(invalid.0),
    })
}
