use ::adapter::{Adapter, Fate, Mapping, MappingOptions, PhoneFormat};
use canonical::{Kind, Leaf, MAX_STRING, PhoneNumber, Value};

use super::Check;

/// The longest values are those of the vendor's page: of each field that is named, a value of exactly so many characters is
/// carried and one of one more is refused; of every other field that takes free text, the longest text that a caller can send is
/// carried.
///
/// What is named is written down from the page and not read from the dialect, which would agree with itself whatever it says.
///
/// # Errors
/// The first field with another limit.
pub fn lengths_are_those_of_the_page(adapter: &dyn Adapter, documented: &[(&str, usize)]) -> Check {
    let options = MappingOptions { phone_format: PhoneFormat::AsSent, ..MappingOptions::default() };
    let mapping = Mapping::new(adapter.dialect(), &options).map_err(|faults| format!("{faults:?}"))?;
    for (name, longest) in documented {
        let leaf = mapping.leaf_of(name).ok_or_else(|| format!("no leaf goes to {name}"))?;
        let value =
            |length| value(leaf, length).ok_or_else(|| format!("{name} cannot have {length} characters"));
        if let Err(fate) = mapping.carry(leaf, Some(&value(*longest)?)) {
            return Err(format!("{name} with {longest} characters is {}", fate.name()));
        }
        match mapping.carry(leaf, Some(&value(longest + 1)?)) {
            Err(Fate::TooLong) => {}
            Err(fate) => {
                return Err(format!("{name} with more than {longest} characters is {}", fate.name()));
            }
            Ok(_) => return Err(format!("{name} is carried with more than {longest} characters")),
        }
    }
    let others = mapping.fields().filter(|(leaf, field)| {
        leaf.kind() == Kind::Text && !documented.iter().any(|(name, _)| **name == *field.to)
    });
    for (leaf, field) in others {
        if mapping.carry(leaf, Some(&Value::Text("x".repeat(MAX_STRING)))) == Err(Fate::TooLong) {
            return Err(format!("{} has a limit that is not on the page", field.to));
        }
    }
    Ok(())
}

/// A value of so many characters, where the leaf can have one.
fn value(leaf: &Leaf, length: usize) -> Option<Value> {
    match leaf.kind() {
        // Two bytes each: characters are counted.
        Kind::Text => Some(Value::Text("é".repeat(length))),
        Kind::Phone => {
            let text = format!("+1{}4165550177", " ".repeat(length.checked_sub(12)?));
            PhoneNumber::parse(&text, None).ok().map(Value::Phone)
        }
        _ => None,
    }
}
