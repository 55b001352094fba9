use serde::{Deserialize, Serialize};

use super::UnknownKey;

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
    /// How the details of a user name the fields.
    pub detail_names: DetailNames,
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
            detail_names: DetailNames::Labels,
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

/// How Communifire's details of a user name the fields.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum DetailNames {
    /// By their labels, `First name`.
    #[default]
    Labels,
    /// By their labels in one word, `FirstName`.
    Joined,
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
