use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

use super::UnknownKey;

/// User.com's open questions and the app's attributes.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct UserComKnobs {
    /// Custom attributes by `name_std`; API version 2 stores no others.
    pub attributes: BTreeMap<String, ValueType>,
    /// What people read in place of a `name_std`; an attribute can be written under either.
    pub labels: BTreeMap<String, String>,
    /// What version 2 does with an unregistered key.
    pub unknown_attribute: UnknownKey,
    /// What a write without the trailing slash gets.
    pub missing_slash: MissingSlash,
    /// What null does to a standard field.
    pub nulls: NullValues,
    /// What a call gets that is to take away what is not there.
    pub nothing_to_remove: NothingToRemove,
    /// How many items a page of a list has, 100 at most.
    pub page_size: usize,
}

impl UserComKnobs {
    /// What people read of an attribute.
    pub(crate) fn label<'a>(&'a self, name: &'a str) -> &'a str {
        self.labels.get(name).map_or(name, String::as_str)
    }

    /// The `name_std` of an attribute that is written under either of its names.
    pub(crate) fn name_std<'a>(&'a self, key: &'a str) -> &'a str {
        self.labels.iter().find(|(_, label)| *label == key).map_or(key, |(name, _)| name)
    }
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
        let labels = [("example_attr", "Example attr"), ("my_string_attr", "My string attr")];
        Self {
            attributes: attributes.map(|(name, kind)| (name.to_owned(), kind)).into(),
            labels: labels.map(|(name, label)| (name.to_owned(), label.to_owned())).into(),
            unknown_attribute: UnknownKey::Ignore,
            missing_slash: MissingSlash::Redirect,
            nulls: NullValues::Store,
            nothing_to_remove: NothingToRemove::Done,
            page_size: 100,
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

/// What User.com answers to a call that is to take away a tag or an attribute that the person does not have.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum NothingToRemove {
    /// As if it had been there.
    #[default]
    Done,
    /// 200 with `"removed": false`.
    SaysSo,
    /// 404, as for a person who does not exist.
    NotFound,
}
