use crate::{Millis, backoff, failure::Sample};

/// A route that does not send.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Pause {
    /// Why.
    pub reason: PauseReason,
    /// When one lane is tried; none: not before somebody resumes the route.
    pub probe_at: Option<Millis>,
    /// How many probes failed.
    pub probes: u32,
}

/// Why a route does not send.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, strum::IntoStaticStr)]
#[strum(serialize_all = "snake_case")]
pub enum PauseReason {
    /// The credential is not accepted.
    Auth,
    /// The route answers as if it were wrongly configured.
    Config,
    /// The other side cannot prove who it is.
    Tls,
    /// An operator paused it.
    Operator,
    /// The vendor answered about another person than it was asked to change.
    WrongSubject,
}

impl Pause {
    /// The pause that begins, or goes on, with such a sample.
    pub(super) fn after(reason: PauseReason, sample: Sample, probes: u32, now: Millis) -> Self {
        let reason = if sample == Sample::WrongSubject { PauseReason::WrongSubject } else { reason };
        let probe_at = match reason {
            PauseReason::Operator | PauseReason::WrongSubject => None,
            PauseReason::Auth => Some(now + backoff::AUTH_PROBES[(probes as usize).min(4)]),
            PauseReason::Tls => Some(now + backoff::TLS_PROBE),
            PauseReason::Config => Some(now + backoff::CONFIG_PROBE),
        };
        Self { reason, probe_at, probes }
    }
}

impl PauseReason {
    /// Whether a probe that ended in this way shows that the route works again.
    pub(super) fn is_over(self, probe: Sample) -> bool {
        match self {
            PauseReason::Operator | PauseReason::WrongSubject => false,
            PauseReason::Config => probe == Sample::Success,
            // Any answer about the person shows that the credential, or the way, is in order.
            PauseReason::Auth => {
                probe.is_an_answer() && !matches!(probe, Sample::Unauthenticated | Sample::Forbidden)
            }
            PauseReason::Tls => probe.is_an_answer(),
        }
    }
}
