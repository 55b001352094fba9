use canonical::Leaf;

use super::Definition;
use crate::Mapping;

/// The fields that a route maps by a name of its own and that nobody has defined at the vendor, with their leaves.
///
/// User.com takes such a field without a word and drops it: "Custom attributes have to be created in the User.com app before
/// sending them within requests" (<https://apidocs.user.com/users/update-user.html>).
pub fn missing<'m>(mapping: &'m Mapping, definitions: &[Definition]) -> Vec<(&'m Leaf, &'m str)> {
    let is_defined = |to: &str| definitions.iter().any(|own| own.to.as_deref() == Some(to));
    let fields = mapping.fields().map(|(leaf, field)| (leaf, &*field.to));
    fields.filter(|(_, to)| mapping.dialect().rule_of(to).is_none() && !is_defined(to)).collect()
}
