use std::fmt;

use canonical::Leaf;

use crate::{WireField, WireValue};

/// What a request was to take away: the value of a field, or a member of a set. Its `Debug` does not show the member.
#[derive(Clone, PartialEq, Eq)]
pub struct Absence {
    /// The field's name on the wire.
    pub field: String,
    /// The member of the set; none where the field loses its value.
    pub member: Option<String>,
}

impl Absence {
    /// A field without a value.
    pub fn of_value(field: impl Into<String>) -> Self {
        Self { field: field.into(), member: None }
    }

    /// A set without this member.
    pub fn of_member(field: impl Into<String>, member: impl Into<String>) -> Self {
        Self { field: field.into(), member: Some(member.into()) }
    }

    /// The field as a [`Reader`](crate::Reader) compares it with what it has seen; `leaf` is the one that it carries.
    pub fn expected(&self, leaf: Leaf) -> WireField {
        let value = match &self.member {
            None => WireValue::Clear,
            Some(member) => WireValue::Members { wanted: Vec::new(), removed: vec![member.clone()] },
        };
        WireField { leaf, to: self.field.clone(), value }
    }
}

impl fmt::Debug for Absence {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.member {
            None => write!(f, "no {}", self.field),
            Some(_) => write!(f, "not in {}", self.field),
        }
    }
}
