use std::sync::Arc;

use actix_web::{HttpRequest, http::header};
use arc_swap::ArcSwap;
use delivery::engine::Engine;
use gateway_config::Scope;
use store_sqlite::SqliteStore;
use tokio_util::sync::CancellationToken;

use super::{Pages, Reloader};
use crate::{
    callers::{Caller, Keys, Problem},
    metrics::Metrics,
};

/// What the operators' API works with.
#[derive(Debug)]
pub struct State {
    /// Does what is asked.
    pub engine: Engine,
    /// Who may ask; replaced at a reload.
    pub keys: Arc<ArcSwap<Keys>>,
    /// What was counted.
    pub metrics: Arc<Metrics>,
    /// The store's files, where it has some.
    pub files: Option<Arc<SqliteStore>>,
    /// Reads the configuration again.
    pub reloader: Arc<dyn Reloader>,
    /// Cancelled when the process begins to stop: it is not ready any more.
    pub stopping: CancellationToken,
    /// What the pages work with.
    pub pages: Pages,
}

impl State {
    /// The operator who sends the request.
    ///
    /// # Errors
    /// When the key lacks `operate`, or the request has a body, which would be ignored.
    pub(super) fn operator(&self, request: &HttpRequest) -> Result<Caller, Problem> {
        let caller = Caller::of(request, &self.keys.load(), &[Scope::Operate], self.engine.now())?;
        let headers = request.headers();
        let length = headers.get(header::CONTENT_LENGTH);
        if headers.contains_key(header::TRANSFER_ENCODING) || length.is_some_and(|length| length != "0") {
            return Err(Problem::invalid(
                "this call takes no body: what it is to do stands in its path and query",
            ));
        }
        Ok(caller)
    }
}
