use std::{fmt, sync::Arc, time::Duration};

use adapter::{Adapter, Fingerprint, Mapping, SubjectKind};
use canonical::Profile;

use crate::Transport;

/// One configured connection to a vendor, ready to be used.
#[derive(Debug)]
pub struct Route {
    /// The route's name; part of the API's contract.
    pub name: String,
    /// The vendor's dialect.
    pub adapter: Arc<dyn Adapter>,
    /// Which leaf goes to which field.
    pub mapping: Mapping,
    /// How the route's vendor names a person.
    pub subject_kind: &'static SubjectKind,
    /// Which users the route has a subject for.
    pub enrol: Enrol,
    /// Which profiles the route serves; none: all.
    pub when: Option<Arc<dyn Matcher>>,
    /// How hard the route may be used.
    pub limits: Limits,
    /// The scheme, host and port of the vendor; a name never changes its origin silently.
    pub origin: String,
    /// What tells two mappings of one route apart; a change re-arms what was refused under the old one.
    pub mapping_revision: u64,
    /// Sends the route's requests.
    pub transport: Arc<dyn Transport>,
}

/// Decides from a profile whether a route serves a user.
pub trait Matcher: Send + Sync + fmt::Debug {
    /// Whether the profile matches.
    fn matches(&self, profile: &Profile) -> bool;
}

/// Which users a route has a subject for.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Enrol {
    /// Those with an explicit identity for the route.
    #[default]
    Identity,
    /// Those with an e-mail address; only for a route whose subject is one.
    Email,
}

/// How hard a route may be used.
#[derive(Debug, Clone)]
pub struct Limits {
    /// The most requests at one time.
    pub concurrency: u32,
    /// The most requests over time.
    pub rate: Rate,
    /// Routes with the same text share one rate: the vendor counts per origin and credential.
    pub rate_key: String,
    /// How long one request may take.
    pub timeout: Duration,
    /// How long after the timeout a vendor may still apply a request.
    pub settle: Duration,
    /// How long after an acknowledged request the vendor may still apply it; none for a vendor that applies before it
    /// answers.
    pub apply_window: Option<Duration>,
}

/// The most requests over time.
#[derive(Debug, Clone, Copy, PartialEq)]
pub enum Rate {
    /// As many per second.
    PerSecond(f64),
    /// No limit.
    Unlimited,
}

impl Rate {
    /// The lower of two rates.
    pub fn lower(self, other: Self) -> Self {
        match (self, other) {
            (Rate::PerSecond(one), Rate::PerSecond(other)) => Rate::PerSecond(one.min(other)),
            (Rate::Unlimited, other) => other,
            (limited, Rate::Unlimited) => limited,
        }
    }
}

impl Route {
    /// Whether the route serves a user with this profile.
    pub fn serves(&self, profile: &Profile) -> bool {
        self.when.as_ref().is_none_or(|when| when.matches(profile))
    }

    /// Where the route leads: what was confirmed elsewhere is not confirmed here.
    pub fn place(&self) -> Fingerprint {
        Fingerprint::of_text(&self.origin)
    }

    /// How long after the start of its last request an attempt without an answer may still change the vendor.
    pub fn window(&self) -> Duration {
        self.limits.timeout + self.limits.settle
    }
}
