use serde::{Deserialize, Serialize};

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
    /// The names of the organization's custom profile fields; their ids begin with 12. What a user has in them stands in the
    /// record under `_custom_profile_field_values`, by id.
    pub custom_fields: Vec<String>,
    /// How many items a page of a list has.
    pub per_page: usize,
}

impl Default for CommunalKnobs {
    fn default() -> Self {
        Self {
            versions: ["2026-02-01", "2026-03-25", "2026-08-25"].map(str::to_owned).to_vec(),
            default_version: "2026-08-25".to_owned(),
            deprecated_versions: Vec::new(),
            key_role: KeyRole::Manager,
            omitted: OmittedKeys::Unchanged,
            custom_fields: ["Skill level", "Dietary restrictions"].map(str::to_owned).to_vec(),
            per_page: 30,
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
