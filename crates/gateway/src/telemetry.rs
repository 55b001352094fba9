use std::{sync::Arc, time::Duration};

use delivery::{Attempted, Telemetry};
use http_api::{metrics::Metrics, operators::Board, traces::Traces};

/// Passes on what the engine tells: to the metrics, to the operator pages, and to a collector where one is configured.
#[derive(Debug)]
pub(crate) struct Observers {
    pub(crate) metrics: Arc<Metrics>,
    pub(crate) traces: Option<Arc<Traces>>,
    pub(crate) board: Arc<Board>,
}

impl Telemetry for Observers {
    fn accepted(&self, took: Duration) {
        self.metrics.accepted(took);
    }

    fn attempted(&self, attempt: &Attempted<'_>) {
        self.metrics.attempted(attempt);
        self.board.attempted(attempt);
        if let Some(traces) = &self.traces {
            traces.attempted(attempt);
        }
    }
}
