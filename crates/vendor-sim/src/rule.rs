//! When a fault is used.

use serde::{Deserialize, Serialize};

use crate::fault::Fault;

/// When a fault is used. All conditions must hold; the first rule that fires is the one used.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct FaultRule {
    /// Only for this subject, under the vendor's own id.
    #[serde(default)]
    pub subject: Option<String>,
    /// Only for this method.
    #[serde(default)]
    pub method: Option<String>,
    /// Only for the n-th request (from 1) that fits subject and method since the rule was added.
    #[serde(default)]
    pub nth: Option<u64>,
    /// At most this often.
    #[serde(default)]
    pub times: Option<u64>,
    /// With this probability, 0 to 1. Decided by seed, rule, subject and the count of that subject's requests, so
    /// the order between subjects does not matter.
    #[serde(default)]
    pub probability: Option<f64>,
    /// What happens.
    pub fault: Fault,
}

impl FaultRule {
    /// For every request.
    pub const fn always(fault: Fault) -> Self {
        Self { subject: None, method: None, nth: None, times: None, probability: None, fault }
    }

    /// For the next request only.
    pub const fn once(fault: Fault) -> Self {
        Self::always(fault).times(1)
    }

    /// Only for this subject.
    #[must_use]
    pub fn for_subject(mut self, subject: &str) -> Self {
        self.subject = Some(subject.to_owned());
        self
    }

    /// Only for this method.
    #[must_use]
    pub fn for_method(mut self, method: &str) -> Self {
        self.method = Some(method.to_owned());
        self
    }

    /// Only for the n-th fitting request.
    #[must_use]
    pub const fn on_nth(mut self, nth: u64) -> Self {
        self.nth = Some(nth);
        self
    }

    /// At most this often.
    #[must_use]
    pub const fn times(mut self, times: u64) -> Self {
        self.times = Some(times);
        self
    }

    /// With this probability.
    #[must_use]
    pub const fn with_probability(mut self, probability: f64) -> Self {
        self.probability = Some(probability);
        self
    }
}
