use std::{sync::Arc, time::Duration};

use delivery::{Attempted, Telemetry};

use crate::{metrics::Metrics, traces::Traces};

/// Passes on what the engine tells: to the metrics, and to a collector where one is configured.
#[derive(Debug)]
pub(crate) struct Observers {
    pub(crate) metrics: Arc<Metrics>,
    pub(crate) traces: Option<Arc<Traces>>,
}

impl Telemetry for Observers {
    fn accepted(&self, took: Duration) {
        self.metrics.accepted(took);
    }

    fn attempted(&self, attempt: &Attempted<'_>) {
        self.metrics.attempted(attempt);
        if let Some(traces) = &self.traces {
            traces.attempted(attempt);
        }
    }
}
