//! Behaviour that the vendors' documentation leaves open, as settings. Each default is the documented or the most
//! dangerous reading, so that a gateway which passes with the defaults relies on nothing that nobody promised.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

/// All knobs; a simulator reads the common ones and those of its own vendor.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct Knobs {
    /// Whether a request for somebody unknown is a violation.
    pub unknown_subjects: UnknownSubjects,
    /// Requests above this rate are answered 429 with `Retry-After`; rejected attempts are not counted against it.
    pub rate_limit: Option<RateLimit>,
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

/// Communal's open questions.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct CommunalKnobs {
    /// Versions accepted in `X-Api-Version`.
    pub versions: Vec<String>,
    /// The version without that header.
    pub default_version: String,
    /// Versions that are answered with `X-Api-Version-Warning` and `Sunset`.
    pub deprecated_versions: Vec<String>,
    /// Whose key it is.
    pub key_role: KeyRole,
    /// The two readings of "full-record update, not a partial patch".
    pub omitted: OmittedKeys,
}

impl Default for CommunalKnobs {
    fn default() -> Self {
        Self {
            versions: ["2026-02-01", "2026-03-25", "2026-08-25"].map(str::to_owned).to_vec(),
            default_version: "2026-08-25".to_owned(),
            deprecated_versions: Vec::new(),
            key_role: KeyRole::Manager,
            omitted: OmittedKeys::Unchanged,
        }
    }
}

/// The rights of a Communal key.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum KeyRole {
    /// May update anybody.
    #[default]
    Manager,
    /// May update only this user's own record.
    Member(u64),
}

/// What Communal does with writable keys that a request omits.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum OmittedKeys {
    /// "Fields you omit are left unchanged."
    #[default]
    Unchanged,
    /// Nullable fields that are omitted become null.
    Cleared,
}

/// Communifire's per-tenant settings and open questions.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct CommunifireKnobs {
    /// Which header carries the key.
    pub auth: AuthMode,
    /// How the body must be encoded.
    pub body: BodyMode,
    /// The tenant's profile-field labels, case-sensitive.
    pub labels: Vec<String>,
    /// Labels that the tenant has made read-only; writing one is an error.
    pub read_only_labels: Vec<String>,
    /// What happens with a label that the tenant does not have.
    pub unknown_label: UnknownKey,
    /// The label whose value must be one of `time_zone_ids`.
    pub time_zone_label: String,
    /// The time-zone ids of the tenant; empty accepts everything.
    pub time_zone_ids: Vec<String>,
    /// The form of the answer.
    pub envelope: Envelope,
}

impl Default for CommunifireKnobs {
    fn default() -> Self {
        let labels = [
            "First name",
            "Last name",
            "Email",
            "Username",
            "Phone",
            "Company",
            "City",
            "State",
            "Reports to",
            "Share my profile",
            "Language",
            "Time zone",
            "Job title",
            "About me",
        ];
        Self {
            auth: AuthMode::RestApiKey,
            body: BodyMode::StrictString,
            labels: labels.map(str::to_owned).to_vec(),
            read_only_labels: Vec::new(),
            unknown_label: UnknownKey::Ignore,
            time_zone_label: "Time zone".to_owned(),
            time_zone_ids: Vec::new(),
            envelope: Envelope::Object,
        }
    }
}

/// Which header Communifire reads the key from.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum AuthMode {
    /// `Rest-Api-Key`, and the query form `token=` (which is a violation).
    #[default]
    RestApiKey,
    /// `Authorization: Bearer`, product version 9.60 and later.
    Bearer,
    /// Either header.
    Either,
}

/// How Communifire reads the body ("Stringify your JSON data").
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum BodyMode {
    /// A JSON string whose content is the object.
    #[default]
    StrictString,
    /// The object itself.
    StrictObject,
    /// Both.
    Lenient,
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

/// The form of Communifire's answer.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Envelope {
    /// A JSON object.
    #[default]
    Object,
    /// A JSON string whose content is the object.
    JsonString,
}

/// User.com's open questions and the app's attributes.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct UserComKnobs {
    /// Custom attributes by `name_std`; API version 2 stores no others.
    pub attributes: BTreeMap<String, ValueType>,
    /// What version 2 does with an unregistered key.
    pub unknown_attribute: UnknownKey,
    /// What a write without the trailing slash gets.
    pub missing_slash: MissingSlash,
    /// What null does to a standard field.
    pub nulls: NullValues,
}

impl Default for UserComKnobs {
    fn default() -> Self {
        let attributes = [
            ("job_title", ValueType::String),
            ("birth_date", ValueType::Date),
            ("newsletter", ValueType::Boolean),
            ("logins", ValueType::Integer),
            ("example_attr", ValueType::Boolean),
            ("my_string_attr", ValueType::String),
        ];
        Self {
            attributes: attributes.map(|(name, kind)| (name.to_owned(), kind)).into(),
            unknown_attribute: UnknownKey::Ignore,
            missing_slash: MissingSlash::Redirect,
            nulls: NullValues::Store,
        }
    }
}

/// The type of a User.com attribute.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum ValueType {
    /// Text.
    String,
    /// `true` or `false`.
    Boolean,
    /// A whole number.
    Integer,
    /// A number.
    Float,
    /// `YYYY-MM-DD`.
    Date,
    /// A date and time; only checked to be text.
    Datetime,
    /// One of these.
    Fixed(Vec<String>),
    /// Anything.
    Json,
}

/// What User.com answers to a write without the trailing slash.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum MissingSlash {
    /// 301 to the address with the slash; nothing is applied.
    #[default]
    Redirect,
    /// 404.
    NotFound,
}

/// What null does to a standard User.com field.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum NullValues {
    /// It is stored.
    #[default]
    Store,
    /// It is dropped without a word.
    Ignore,
    /// 400.
    Refuse,
}

/// Village's open questions.
#[derive(Clone, Copy, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct VillageKnobs {
    /// What an accepted change is answered with, and when it is applied.
    pub answer: VillageAnswer,
    /// How the e-mail in the path is compared.
    pub email_case: EmailCase,
}

/// Village's success answer.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum VillageAnswer {
    /// 200 with the three fields and the e-mail; applied at once.
    #[default]
    Ok,
    /// 201: queued, applied when this many further requests have come (0 counts as 1), or by a tick of the control.
    /// `u32::MAX` waits for the tick.
    Queued(u32),
    /// 204 without a body; applied at once.
    NoContent,
}

/// How Village compares e-mail addresses.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum EmailCase {
    /// Exactly, as "user inputs are case-sensitive" says.
    #[default]
    Exact,
    /// ASCII letters without case.
    Insensitive,
}
