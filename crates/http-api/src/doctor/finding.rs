use adapter::Deprecation;
use api_types::{DeprecationBody, REPLACE_CREDENTIAL};
use delivery::gate::PauseReason;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

/// What was found of the routes.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct Examinations {
    /// In the order of the routes.
    pub routes: Vec<Examination>,
}

/// What was found of one route.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct Examination {
    /// The route.
    pub route: String,
    /// The vendor.
    pub vendor: String,
    /// The scheme, host and port that were asked.
    pub origin: String,
    /// Where the vendor's calls begin: the origin with the path of `base_url`.
    pub base_url: String,
    /// What was found.
    pub findings: Vec<Finding>,
}

/// One thing that was looked at.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct Finding {
    /// What was looked at.
    pub check: Check,
    /// How it is.
    pub health: Health,
    /// What was found, and what to do about it.
    pub says: String,
}

/// What is looked at.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, ToSchema, strum::IntoStaticStr)]
#[serde(rename_all = "snake_case")]
#[strum(serialize_all = "snake_case")]
pub enum Check {
    /// Whether something answers at the configured address, and can prove who it is.
    Reachable,
    /// Whether the vendor accepts the credential.
    Credential,
    /// Whether what the route sends has a place at the vendor.
    Fields,
    /// Whether the vendor goes on with the version of its API that the route uses.
    Version,
    /// Whether the running gateway sends at the route.
    Sending,
}

/// How something is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, ToSchema, strum::IntoStaticStr)]
#[serde(rename_all = "snake_case")]
#[strum(serialize_all = "snake_case")]
pub enum Health {
    /// In order.
    Ok,
    /// The vendor does not tell without changing somebody.
    Untold,
    /// It works, and something should be done.
    Warning,
    /// Updates would fail.
    Failed,
}

impl Examination {
    /// Whether updates would fail.
    pub fn has_failed(&self) -> bool {
        self.findings.iter().any(|finding| finding.health == Health::Failed)
    }

    /// That the running gateway does not send there: updates have met what a question may not.
    pub fn note_pause(&mut self, reason: PauseReason) {
        let (health, says) = match reason {
            PauseReason::Auth => (
                Health::Failed,
                &*format!(
                    "the route is paused: the vendor has refused updates for the credential; {REPLACE_CREDENTIAL}, then probe \
                     the route"
                ),
            ),
            PauseReason::Config => (
                Health::Failed,
                "the route is paused: something else than the vendor's update call has answered; compare base_url with the \
                 vendor's page",
            ),
            PauseReason::Tls => (Health::Failed, "the route is paused: the host could not prove who it is"),
            PauseReason::WrongSubject => (
                Health::Failed,
                "the route is paused: the vendor has answered about another person; find out who was changed, then resume it",
            ),
            PauseReason::Operator => {
                (Health::Warning, "the route is paused by an operator; resume it to send")
            }
        };
        self.note(Check::Sending, health, says);
    }

    /// That the vendor warns of the end of the version that the route uses, unless that is said already.
    pub fn note_deprecation(&mut self, found: &Deprecation) {
        if self.findings.iter().all(|finding| finding.check != Check::Version) {
            let says = DeprecationBody::from(found).sentence();
            self.note(
                Check::Version,
                Health::Warning,
                format!("{says}; see the vendor's page for what follows"),
            );
        }
    }

    pub(super) fn note(&mut self, check: Check, health: Health, says: impl Into<String>) {
        self.findings.push(Finding { check, health, says: says.into() });
    }
}
