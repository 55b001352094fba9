use std::{fmt, time::Duration};

use crate::{
    TraceContext,
    lane::{FailureClass, Version},
};

/// Told of what happens, for metrics. It is called on the way of every update: it must be quick and must not wait.
pub trait Telemetry: Send + Sync + fmt::Debug {
    /// An update became durable; the time counts from its submission.
    fn accepted(&self, took: Duration) {
        let _ = took;
    }

    /// An attempt has ended.
    fn attempted(&self, attempt: &Attempted<'_>) {
        let _ = attempt;
    }
}

/// An attempt that has ended.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Attempted<'a> {
    /// The route.
    pub route: &'a str,
    /// The lane's id.
    pub lane: i64,
    /// The user's version that was sent.
    pub version: Version,
    /// The status of the last answer, of an attempt that failed.
    pub status: Option<u16>,
    /// The trace of the newest update that it carries.
    pub trace: Option<TraceContext>,
    /// Why it failed; none for a success.
    pub failure: Option<FailureClass>,
    /// From the first request to the verdict on the last answer.
    pub took: Duration,
    /// How long the lane had owed something when the attempt ended.
    pub behind: Option<Duration>,
}

/// Nobody is told.
#[derive(Debug, Clone, Copy, Default)]
pub struct NoTelemetry;

impl Telemetry for NoTelemetry {}
