use canonical::Leaf;

use super::Definition;
use crate::Mapping;

/// The fields that a route maps by a name of its own and that nobody has defined at the vendor, with their leaves.
///
/// User.com takes such a field without a word and drops it: "Custom attributes have to be created in the User.com app before
/// sending them within requests" (<https://apidocs.user.com/users/update-user.html>).
pub fn missing<'m>(mapping: &'m Mapping, definitions: &[Definition]) -> Vec<(&'m Leaf, &'m str)> {
    let is_defined = |to: &str| {
        definitions.iter().any(|own| own.to.as_deref() == Some(to) || (own.to.is_some() && own.label == to))
    };
    customers_fields(mapping).filter(|(_, to)| !is_defined(to)).collect()
}

/// The fields that a route maps by what people read, with their leaves and with the name that answers show them under.
pub fn mapped_by_label<'m, 'd>(
    mapping: &'m Mapping,
    definitions: &'d [Definition],
) -> Vec<(&'m Leaf, &'m str, &'d str)> {
    let name = |to: &str| {
        let is_named = definitions.iter().any(|own| own.to.as_deref() == Some(to));
        let mut labelled =
            definitions.iter().filter(|own| own.label == to).filter_map(|own| own.to.as_deref());
        labelled.next().filter(|_| !is_named)
    };
    customers_fields(mapping).filter_map(|(leaf, to)| Some((leaf, to, name(to)?))).collect()
}

/// The mapped fields that the vendor itself does not have.
fn customers_fields(mapping: &Mapping) -> impl Iterator<Item = (&Leaf, &str)> {
    let fields = mapping.fields().map(|(leaf, field)| (leaf, &*field.to));
    fields.filter(|(_, to)| !mapping.dialect().has_field(to))
}
