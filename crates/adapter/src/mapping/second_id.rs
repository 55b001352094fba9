//! An id that a route gives people beside the one that it knows them by.
//!
//! It is no field like others: it names the person, so that only an option of its own writes it, from a leaf that is an id and
//! nothing else.

use canonical::Leaf;

use super::{Field, FieldOption, FieldOptions, MappingFault, MappingOptions};
use crate::{Dialect, SubjectKind};

/// The leaf that gives the id, with the field that it goes to.
pub(super) fn resolve(
    dialect: &'static Dialect,
    subject: Option<&'static SubjectKind>,
    options: &MappingOptions,
) -> Result<Option<(Leaf, Field)>, MappingFault> {
    let Some(leaf) = &options.second_id else { return Ok(None) };
    let fault = |sentence| Err(MappingFault::SecondId { leaf: leaf.clone(), sentence });
    let Some(rule) = dialect.open_fields.as_ref().and_then(|open| open.second_id) else {
        return fault(format!("{} has no second id of a person; remove it", dialect.vendor));
    };
    if subject.is_some_and(|subject| subject.name == rule.to) {
        let to = rule.to;
        return fault(format!(
            "the route knows people by their {to} already; remove it, or set another subject"
        ));
    }
    // An address or a name is shared, and changes.
    if !matches!(leaf, Leaf::Custom(_) | Leaf::PreferredUsername) {
        let sentence = "an id comes from a leaf that is one; write \"custom.…\" or \"preferred_username\"";
        return fault(sentence.to_owned());
    }
    if matches!(options.fields.get(leaf), Some(FieldOption::On(_))) {
        return fault(format!("{leaf} is in fields, too, and goes to one place alone; remove it there"));
    }
    let field = Field::of(leaf, rule, rule.to, &FieldOptions::default(), options.phone_format)?;
    Ok(Some((leaf.clone(), field)))
}

/// What to write instead of a field for the second id.
pub(super) fn is_an_option(leaf: &Leaf, vendor: &'static str, to: &str) -> MappingFault {
    let sentence = format!("\"{to}\" names the person at {vendor}; write {to} = \"{leaf}\" at the route");
    MappingFault::SecondId { leaf: leaf.clone(), sentence }
}
