use canonical::{Json, Kind, Leaf, Rules, Value};
use scim_v2::filter::{
    AttrExp, AttrPath, CompValue, CompareOp, Filter as Parsed, FilterActionError, ParseError,
};

use super::{
    FilterError,
    eval::{Comparison, Condition, Operand},
};
use crate::leaf_names::no_such_leaf;

/// Reads the grammar and replaces its names and values by leaves and what those can hold.
pub(super) fn compile(text: &str) -> Result<Condition, FilterError> {
    let parsed: Parsed = text.parse().map_err(|error| syntax(text, &error))?;
    Compiler { text }.condition(parsed)
}

struct Compiler<'t> {
    text: &'t str,
}

impl Compiler<'_> {
    fn condition(&self, parsed: Parsed) -> Result<Condition, FilterError> {
        let all = |parts: Vec<Parsed>| {
            parts.into_iter().map(|part| self.condition(part)).collect::<Result<Vec<_>, _>>()
        };
        match parsed {
            Parsed::Attr(AttrExp::Present(path)) => self.leaf(&path).map(Condition::Present),
            Parsed::Attr(AttrExp::Comparison(path, operator, value)) => {
                self.comparison(&path, &operator, value)
            }
            Parsed::Not(inner) => Ok(Condition::Not(Box::new(self.condition(*inner)?))),
            Parsed::And(parts) => all(parts.into_vec()).map(Condition::All),
            Parsed::Or(parts) => all(parts.into_vec()).map(Condition::Any),
            Parsed::ValuePath(path) => Err(FilterError::new(
                self.find(&path.attr.name),
                "a profile has no attribute that takes brackets; compare the leaf itself",
            )),
        }
    }

    fn leaf(&self, path: &AttrPath) -> Result<Leaf, FilterError> {
        if path.uri.is_some() {
            let at = self.find(&path.to_string());
            return Err(FilterError::new(at, "write the leaf's name alone, without a schema in front"));
        }
        let written = path.to_string();
        let name = written.to_ascii_lowercase();
        name.parse().map_err(|_| {
            let group = matches!(name.as_str(), "address" | "custom");
            let sentence = if group {
                format!("\"{written}\" is a group of leaves; name one of them, {name}.…")
            } else {
                no_such_leaf(&written)
            };
            FilterError::new(self.find(&written), sentence)
        })
    }

    fn comparison(
        &self,
        path: &AttrPath,
        operator: &CompareOp,
        value: CompValue,
    ) -> Result<Condition, FilterError> {
        let leaf = self.leaf(path)?;
        let comparison = comparison(operator);
        let refuse = |sentence: &str| Err(FilterError::new(self.find(&path.to_string()), sentence));
        let operand = match value {
            CompValue::Null => Operand::Null,
            CompValue::True => Operand::Bool(true),
            CompValue::False => Operand::Bool(false),
            CompValue::Number(number) => Operand::Number(number.as_f64().unwrap_or(f64::NAN)),
            CompValue::Str(text) => Operand::Text(text),
        };
        let is_equality = matches!(comparison, Comparison::Equal | Comparison::NotEqual);
        let is_part =
            matches!(comparison, Comparison::Contains | Comparison::StartsWith | Comparison::EndsWith);
        let operand = match operand {
            Operand::Null | Operand::Bool(_) if !is_equality => {
                return refuse("null, true and false are compared with eq and ne alone");
            }
            Operand::Number(_) if is_part => {
                return refuse("co, sw and ew compare texts; put the value into quotes");
            }
            Operand::Bool(_) | Operand::Number(_) if leaf.kind() != Kind::Custom => {
                return refuse("only custom leaves hold numbers, true and false; put the value into quotes");
            }
            Operand::Text(text) if !is_part => match typed(&leaf, &text) {
                Ok(text) => Operand::Text(text.to_ascii_lowercase()),
                Err(reason) => return refuse(&format!("{leaf} never has this value: {reason}")),
            },
            Operand::Text(text) => Operand::Text(text.to_ascii_lowercase()),
            other => other,
        };
        Ok(Condition::Compare(leaf, comparison, operand))
    }

    /// Where a name stands in the text outside of quotes; its beginning when it cannot be found.
    fn find(&self, name: &str) -> usize {
        let mut quoted = false;
        let mut escaped = false;
        let mut word = 0;
        for (at, c) in self.text.char_indices() {
            if quoted {
                quoted = escaped || c != '"';
                escaped = c == '\\' && !escaped;
                word = at + c.len_utf8();
            } else if c == '"' {
                quoted = true;
            } else if c.is_whitespace() || "()[]".contains(c) {
                word = at + c.len_utf8();
            } else if at == word && starts_word(&self.text[at..], name) {
                return at;
            }
        }
        0
    }
}

fn starts_word(text: &str, name: &str) -> bool {
    let Some(rest) = text.strip_prefix(name) else { return false };
    rest.chars().next().is_none_or(|c| c.is_whitespace() || "()[]".contains(c))
}

/// The text in the form that the leaf keeps, so that a number or tag written in another way is still equal.
fn typed(leaf: &Leaf, text: &str) -> Result<String, canonical::Invalid> {
    if matches!(leaf.kind(), Kind::Text | Kind::Tags | Kind::Custom) {
        return Ok(text.to_owned());
    }
    let value = Value::parse(leaf, &Json::String(text.to_owned()), &Rules::default())?;
    Ok(value.to_text().unwrap_or_default())
}

fn comparison(operator: &CompareOp) -> Comparison {
    match operator {
        CompareOp::Eq => Comparison::Equal,
        CompareOp::Ne => Comparison::NotEqual,
        CompareOp::Co => Comparison::Contains,
        CompareOp::Sw => Comparison::StartsWith,
        CompareOp::Ew => Comparison::EndsWith,
        CompareOp::Gt => Comparison::Greater,
        CompareOp::Ge => Comparison::GreaterOrEqual,
        CompareOp::Lt => Comparison::Less,
        CompareOp::Le => Comparison::LessOrEqual,
    }
}

/// The parser's error in the words of a filter. It reads the text without the space around it.
fn syntax(text: &str, error: &ParseError) -> FilterError {
    let before = text.len() - text.trim_start().len();
    let form = "a filter is made of parts like organization eq \"North\", joined by and, or, not ( )";
    match error {
        ParseError::InvalidToken { location } => {
            FilterError::new(before + location, format!("this is no part of a filter; {form}"))
        }
        ParseError::UnrecognizedEof { .. } => {
            FilterError::new(text.trim_end().len(), format!("the filter ends too early; {form}"))
        }
        ParseError::UnrecognizedToken { token: (start, ..), .. }
        | ParseError::ExtraToken { token: (start, ..) } => {
            FilterError::new(before + start, format!("this does not belong here; {form}"))
        }
        ParseError::User { error } => FilterError::new(before, limits(error)),
    }
}

fn limits(error: &FilterActionError) -> String {
    match error {
        FilterActionError::DepthExceeded(_) => "the filter is nested too deeply; simplify it".to_owned(),
        FilterActionError::TooManyTerms(_) => "the filter has too many parts; simplify it".to_owned(),
        FilterActionError::InvalidCompValue(_) => {
            "a text in the filter is not written as JSON has it".to_owned()
        }
        _ => "a name in the filter is not a leaf; write organization, address.locality or custom.tier"
            .to_owned(),
    }
}
