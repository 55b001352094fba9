use std::fmt;

use canonical::Leaf;
use serde_json::Value as JsonValue;

use crate::Subject;

/// What one attempt carries to one vendor: a subject and fields in their wire form, Required fields included.
#[derive(Debug, Clone, Copy)]
pub struct Update<'a> {
    /// The person, as the vendor knows them.
    pub subject: &'a Subject,
    /// The fields to write, each once.
    pub fields: &'a [WireField],
}

/// One field in its wire form.
#[derive(Clone, PartialEq)]
pub struct WireField {
    /// The leaf it carries.
    pub leaf: Leaf,
    /// The field's name on the wire.
    pub to: String,
    /// What is to become of the field.
    pub value: WireValue,
}

/// What is to become of a field.
#[derive(Clone, PartialEq)]
pub enum WireValue {
    /// It takes this value.
    Set(JsonValue),
    /// It loses its value.
    Clear,
    /// The set has exactly these members of ours; `removed` are those of ours that must go.
    Members {
        /// The members to have.
        wanted: Vec<String>,
        /// The members to lose; never one that we did not send.
        removed: Vec<String>,
    },
}

impl fmt::Debug for WireField {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} as {} {:?}", self.leaf, self.to, self.value)
    }
}

impl fmt::Debug for WireValue {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            WireValue::Set(_) => "Set(..)",
            WireValue::Clear => "Clear",
            WireValue::Members { .. } => "Members(..)",
        })
    }
}
