use adapter::{Agreement, Seen, WireField, WireValue, plain, spelled};
use canonical::Json;

use super::is_attribute;
use crate::{COMPANY, CUSTOM_ID, DIALECT, GENDER, formats::gender_word, person};

/// Shows first and last name together; neither is shown alone.
const NAME: &str = "name";

const FIRST: &str = "first_name";
const LAST: &str = "last_name";

/// The companies of a person, each an object.
const COMPANIES: &str = "companies";

fn is_part_of_name(field: &str) -> bool {
    field == FIRST || field == LAST
}

/// Which member shows a field.
pub(super) fn shown_in<'s>(field: &str, seen: &'s Seen) -> Option<(&'s str, &'s Json)> {
    match field {
        FIRST | LAST => seen.member(NAME),
        COMPANY => seen.member(COMPANIES),
        CUSTOM_ID => person::custom_id(|name| seen.member(name)),
        _ if DIALECT.has_field(field) => seen.member(field),
        _ => seen.member(field).or_else(|| seen.labelled(field)).or_else(|| by_folded_name(field, seen)),
    }
}

/// The only attribute whose name is what a label becomes. Two that are alike say nothing.
fn by_folded_name<'s>(label: &str, seen: &'s Seen) -> Option<(&'s str, &'s Json)> {
    let wanted = folded(label);
    let mut alike = seen.iter().filter(|(name, _)| is_attribute(name) && folded(name) == wanted);
    alike.next().filter(|_| alike.next().is_none())
}

fn folded(name: &str) -> String {
    let small = name.trim().to_lowercase();
    let words = small.split(|c: char| !c.is_alphanumeric()).filter(|word| !word.is_empty());
    words.collect::<Vec<_>>().join("_")
}

/// Whether the answer shows a field as it should be: one reading for the answer to an update and for whoever looks.
pub(crate) fn agreement(field: &WireField, all: &[WireField], seen: &Seen) -> Agreement {
    let shown = shown_in(&field.to, seen).map(|(_, value)| value);
    match &field.value {
        _ if is_part_of_name(&field.to) => name_part(&field.to, all, seen),
        WireValue::Set(id) if field.to == COMPANY => company(id.as_str().unwrap_or_default(), shown),
        // A number goes in, and a word comes out or the number itself.
        WireValue::Set(number) if field.to == GENDER => match (gender_word(number), shown) {
            (Some(_), Some(_)) if plain(&field.value, shown) == Agreement::Same => Agreement::Same,
            (Some(word), Some(_)) => spelled(&field.leaf, &WireValue::Set(word.into()), shown),
            _ => Agreement::NotShown,
        },
        // An attribute that does not come back does not exist.
        WireValue::Set(_) if shown.is_none() && !DIALECT.has_field(&field.to) => Agreement::Differs,
        WireValue::Clear if shown.is_none() && !DIALECT.has_field(&field.to) => Agreement::Same,
        value => spelled(&field.leaf, value, shown),
    }
}

/// What the companies of a person say of the one that was sent. The page shows each with an id and a name of User.com's, neither of
/// which is what was sent; that there is none at all tells enough.
fn company(custom_id: &str, shown: Option<&Json>) -> Agreement {
    let Some(Json::Array(companies)) = shown else { return Agreement::NotShown };
    let ids: Vec<Option<&str>> = companies.iter().map(|company| company.get(CUSTOM_ID)?.as_str()).collect();
    if custom_id.is_empty() && companies.is_empty() || ids.contains(&Some(custom_id)) {
        return Agreement::Same;
    }
    if ids.iter().all(Option::is_some) { Agreement::Differs } else { Agreement::NotShown }
}

/// What `name` says about one of its parts. Where the whole is not as it should be, a part is to blame that the whole does not
/// begin or end with; if both are there, nobody can tell where one ends and the other begins.
fn name_part(part: &str, all: &[WireField], seen: &Seen) -> Agreement {
    let text = |to: &str| match &all.iter().find(|field| field.to == to)?.value {
        WireValue::Set(value) => value.as_str().map(str::trim),
        WireValue::Clear | WireValue::Members { .. } => None,
    };
    let Some(Json::String(name)) = seen.get(NAME) else { return Agreement::NotShown };
    let (first, last) = (text(FIRST), text(LAST));
    if let (Some(first), Some(last)) = (first, last)
        && format!("{first} {last}").trim() == name.trim()
    {
        return Agreement::Same;
    }
    let begins = first.is_none_or(|first| is_end_of_word(name.trim().strip_prefix(first), true));
    let ends = last.is_none_or(|last| is_end_of_word(name.trim().strip_suffix(last), false));
    let both_are_there = begins && ends && first.is_some() && last.is_some();
    let refuted = if part == FIRST { !begins } else { !ends };
    if refuted || both_are_there { Agreement::Differs } else { Agreement::NotShown }
}

/// Whether what is left of a name after a part of it is nothing, or stands apart from the part.
fn is_end_of_word(rest: Option<&str>, behind: bool) -> bool {
    rest.is_some_and(|rest| {
        let apart = if behind { rest.starts_with(' ') } else { rest.ends_with(' ') };
        rest.is_empty() || apart
    })
}

#[cfg(test)]
mod tests {
    use adapter::ReadItem;
    use canonical::Leaf;

    use super::*;

    fn told(first: Option<&str>, last: Option<&str>, name: &str) -> [Option<Agreement>; 2] {
        let field = |leaf: Leaf, to: &str, text: &str| WireField {
            leaf,
            to: to.to_owned(),
            value: WireValue::Set(text.into()),
        };
        let first = first.map(|text| field(Leaf::GivenName, FIRST, text));
        let last = last.map(|text| field(Leaf::FamilyName, LAST, text));
        let all: Vec<WireField> = [first.clone(), last.clone()].into_iter().flatten().collect();
        let seen =
            Seen::of([ReadItem::Field { name: NAME.to_owned(), value: Json::String(name.to_owned()) }]);
        [first, last].map(|field| field.map(|field| agreement(&field, &all, &seen)))
    }

    #[test]
    fn the_whole_name_tells_of_its_parts_what_can_be_told() {
        use Agreement::{Differs, NotShown, Same};
        let both = |first, last, name| told(Some(first), Some(last), name).map(Option::unwrap);
        assert_eq!(both("Jane", "Doe", "Jane Doe"), [Same, Same]);
        assert_eq!(both("Mary Ann", "de la Cruz", "Mary Ann de la Cruz"), [Same, Same]);
        assert_eq!(both("Jane", "", "Jane"), [Same, Same]);
        assert_eq!(both("Jane", "Doe", "Jane Smith"), [NotShown, Differs]);
        assert_eq!(both("Jane", "Doe", "Joan Doe"), [Differs, NotShown]);
        assert_eq!(both("Jane", "Doe", "Janet Doe"), [Differs, NotShown]);
        assert_eq!(both("Jane", "Doe", "Jane Ann Doe"), [Differs, Differs]);
        assert_eq!(both("Jane", "Doe", ""), [Differs, Differs]);
        assert_eq!(told(Some("Jane"), None, "Jane Doe"), [Some(NotShown), None]);
        assert_eq!(told(None, Some("Doe"), "Jane Smith"), [None, Some(Differs)]);
    }
}
