//! Behaviour that the vendors' documentation leaves open, as settings. Each default is the documented or the most
//! dangerous reading, so that a gateway which passes with the defaults relies on nothing that nobody promised.

mod communal;
mod communifire;
mod usercom;
mod village;

use serde::{Deserialize, Serialize};

pub use communal::{CommunalKnobs, KeyRole, OmittedKeys};
pub use communifire::{AuthMode, BodyMode, CommunifireKnobs, DetailNames, Envelope};
pub use usercom::{MissingSlash, NothingToRemove, NullValues, UserComKnobs, ValueType};
pub use village::{EmailCase, VillageAnswer, VillageKnobs};

/// All knobs; a simulator reads the common ones and those of its own vendor.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct Knobs {
    /// Whether a request for somebody unknown is a violation.
    pub unknown_subjects: UnknownSubjects,
    /// Requests above this rate are answered 429 with `Retry-After`; rejected attempts are not counted against it.
    pub rate_limit: Option<RateLimit>,
    /// Header lines by which every answer of the vendor warns that the call will be withdrawn: name and value.
    pub warnings: Vec<(String, String)>,
    /// Communal only.
    pub communal: CommunalKnobs,
    /// Communifire only.
    pub communifire: CommunifireKnobs,
    /// User.com only.
    pub usercom: UserComKnobs,
    /// Village only.
    pub village: VillageKnobs,
}

/// What a request for an unknown subject means.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum UnknownSubjects {
    /// It is recorded as a violation.
    #[default]
    Violation,
    /// The test addresses unknown people on purpose.
    Allowed,
}

/// A token bucket.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct RateLimit {
    /// Tokens that return per second.
    pub per_second: f64,
    /// Size of the bucket.
    pub burst: u32,
}

/// What happens with a key that the vendor does not know.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum UnknownKey {
    /// Dropped without a word.
    #[default]
    Ignore,
    /// The whole request is refused.
    Refuse,
}
