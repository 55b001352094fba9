use std::cmp::Ordering;

use canonical::{Leaf, Profile, Value};

/// A filter whose names are leaves and whose values have the types of those leaves.
#[derive(Clone)]
pub(super) enum Condition {
    Present(Leaf),
    Compare(Leaf, Comparison, Operand),
    Not(Box<Condition>),
    All(Vec<Condition>),
    Any(Vec<Condition>),
}

/// How a leaf is compared.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Comparison {
    Equal,
    NotEqual,
    Contains,
    StartsWith,
    EndsWith,
    Greater,
    GreaterOrEqual,
    Less,
    LessOrEqual,
}

/// What a leaf is compared with.
#[derive(Clone)]
pub(super) enum Operand {
    Null,
    Bool(bool),
    Number(f64),
    /// With its ASCII letters in lower case.
    Text(String),
}

impl Condition {
    /// Whether the profile satisfies the condition.
    pub(super) fn holds(&self, profile: &Profile) -> bool {
        match self {
            Condition::Present(leaf) => profile.value(leaf).is_some_and(is_present),
            Condition::Compare(leaf, comparison, operand) => comparison.holds(profile.value(leaf), operand),
            Condition::Not(condition) => !condition.holds(profile),
            Condition::All(conditions) => conditions.iter().all(|condition| condition.holds(profile)),
            Condition::Any(conditions) => conditions.iter().any(|condition| condition.holds(profile)),
        }
    }
}

/// Neither null nor empty, as RFC 7644 has it for `pr`.
fn is_present(value: &Value) -> bool {
    match value {
        Value::Text(text) => !text.is_empty(),
        Value::Tags(tags) => !tags.is_empty(),
        Value::List(items) => !items.is_empty(),
        _ => true,
    }
}

impl Comparison {
    fn holds(self, value: Option<&Value>, operand: &Operand) -> bool {
        if self == Comparison::NotEqual {
            return !Comparison::Equal.holds(value, operand);
        }
        match (value, operand) {
            (None, Operand::Null) => true,
            (None, _) | (Some(_), Operand::Null) => false,
            (Some(Value::Tags(tags)), Operand::Text(text)) => {
                tags.iter().any(|tag| self.holds_for(tag, text))
            }
            (Some(Value::List(items)), Operand::Text(text)) => {
                items.iter().any(|item| self.holds_for(item, text))
            }
            (Some(Value::Bool(value)), Operand::Bool(operand)) => {
                self == Comparison::Equal && value == operand
            }
            (Some(Value::Integer(number)), Operand::Number(operand)) => {
                // Exact: canonical integers lie within ±(2^53 − 1).
                #[expect(clippy::cast_precision_loss, reason = "an f64 holds every canonical integer")]
                let number = *number as f64;
                self.orders(number.partial_cmp(operand))
            }
            (Some(Value::Decimal(number)), Operand::Number(operand)) => {
                self.orders(number.get().partial_cmp(operand))
            }
            (Some(Value::Bool(_) | Value::Integer(_) | Value::Decimal(_)), _) => false,
            (Some(value), Operand::Text(text)) => {
                value.to_text().is_some_and(|value| self.holds_for(&value, text))
            }
            (Some(_), Operand::Bool(_) | Operand::Number(_)) => false,
        }
    }

    fn holds_for(self, value: &str, operand: &str) -> bool {
        let value = value.to_ascii_lowercase();
        match self {
            Comparison::Contains => value.contains(operand),
            Comparison::StartsWith => value.starts_with(operand),
            Comparison::EndsWith => value.ends_with(operand),
            _ => self.orders(Some(value.as_str().cmp(operand))),
        }
    }

    fn orders(self, ordering: Option<Ordering>) -> bool {
        let Some(ordering) = ordering else { return false };
        match self {
            Comparison::Equal => ordering.is_eq(),
            Comparison::Greater => ordering.is_gt(),
            Comparison::GreaterOrEqual => ordering.is_ge(),
            Comparison::Less => ordering.is_lt(),
            Comparison::LessOrEqual => ordering.is_le(),
            Comparison::NotEqual => ordering.is_ne(),
            Comparison::Contains | Comparison::StartsWith | Comparison::EndsWith => false,
        }
    }
}
