use std::collections::BTreeMap;

use crate::{Country, Fault, FaultKind, Invalid, Json, Leaf, Unseen, Value, json::push_segment, nearest};

/// What is configured about reading values.
#[derive(Debug, Clone, Copy, Default)]
pub struct Rules {
    /// The country in which a phone number without `+` is read.
    pub default_country: Option<Country>,
}

/// What a patch does to one leaf; a leaf that a patch does not name is kept.
#[derive(Debug, Clone, PartialEq)]
pub enum Change {
    /// The leaf loses its value (`null`).
    Clear,
    /// The leaf takes this value.
    Set(Value),
}

/// What a patch does to the subject under which one route's vendor knows the user.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum IdentityChange {
    /// The identity is removed (`null`).
    Remove,
    /// The identity takes this text; a JSON integer arrives as its digits.
    Set(String),
}

/// One canonical change: an RFC 7396 merge patch expanded into leaf changes.
///
/// Merge patches do not compose with each other, leaf changes with versions do; so a patch is expanded as soon as it is
/// read and never merged with another one.
#[derive(Clone, PartialEq, Default)]
pub struct Patch {
    /// The changes by leaf.
    pub changes: BTreeMap<Leaf, Change>,
    /// `"custom": null`: clears every custom leaf that the profile holds at that time.
    pub clear_custom: bool,
    /// The changes to identities, by route name.
    pub identities: BTreeMap<String, IdentityChange>,
}

const READ_ONLY: &[&str] = &["id", "version", "updated_at", "routes", "created", "changed"];
const ADDRESS: &str = "address";
const CUSTOM: &str = "custom";
const IDENTITIES: &str = "identities";

impl Patch {
    /// Reads a body.
    ///
    /// # Errors
    /// Every mistake in the body, in the order of its members; nothing of a body with a mistake is used.
    pub fn parse(body: &[u8], rules: &Rules) -> Result<Self, Vec<Fault>> {
        let json = Json::parse(body).map_err(|fault| vec![fault])?;
        Self::from_json(&json, rules)
    }

    /// Expands a document that was read already; errors as [`Patch::parse`].
    pub fn from_json(json: &Json, rules: &Rules) -> Result<Self, Vec<Fault>> {
        let Some(members) = json.as_object() else {
            let detail = format!("a patch is a JSON object; this is {}", json.type_name());
            return Err(vec![Fault::new(FaultKind::InvalidValue, "", detail)]);
        };
        let mut expansion = Expansion { patch: Self::default(), faults: Vec::new(), rules };
        for (name, value) in members {
            expansion.top_level(name, value);
        }
        if expansion.faults.is_empty() { Ok(expansion.patch) } else { Err(expansion.faults) }
    }
}

impl std::fmt::Debug for Patch {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Patch").field("leaves", &self.changes.keys()).finish_non_exhaustive()
    }
}

struct Expansion<'a> {
    patch: Patch,
    faults: Vec<Fault>,
    rules: &'a Rules,
}

impl Expansion<'_> {
    fn top_level(&mut self, name: &str, value: &Json) {
        match name {
            ADDRESS => self.address(value),
            CUSTOM => self.custom(value),
            IDENTITIES => self.identities(value),
            _ if READ_ONLY.contains(&name) => {
                self.fault(
                    FaultKind::ReadOnlyLeaf,
                    &[name],
                    "the gateway answers this member; leave it out of a patch",
                );
            }
            _ => match name.parse::<Leaf>() {
                Ok(leaf) if !name.contains('.') => self.leaf(leaf, &[name], value),
                _ => self.unknown(&[name], name),
            },
        }
    }

    fn address(&mut self, value: &Json) {
        match value {
            Json::Null => {
                let all = Leaf::STANDARD.iter().filter(|leaf| leaf.name().starts_with("address."));
                self.patch.changes.extend(all.map(|leaf| (leaf.clone(), Change::Clear)));
            }
            Json::Object(members) => {
                for (name, value) in members {
                    match format!("{ADDRESS}.{name}").parse() {
                        Ok(leaf) => self.leaf(leaf, &[ADDRESS, name], value),
                        Err(_) => self.unknown(&[ADDRESS, name], &format!("{ADDRESS}.{name}")),
                    }
                }
            }
            _ => self.fault(
                FaultKind::InvalidValue,
                &[ADDRESS],
                "address takes an object, or null to clear all of it",
            ),
        }
    }

    fn custom(&mut self, value: &Json) {
        match value {
            Json::Null => self.patch.clear_custom = true,
            Json::Object(members) => {
                for (key, value) in members {
                    match Leaf::custom(key) {
                        Ok(leaf) => self.leaf(leaf, &[CUSTOM, key], value),
                        Err(Invalid(detail)) => self.fault(FaultKind::UnknownLeaf, &[CUSTOM, key], detail),
                    }
                }
            }
            _ => self.fault(
                FaultKind::InvalidValue,
                &[CUSTOM],
                "custom takes an object, or null to clear all of it",
            ),
        }
    }

    fn identities(&mut self, value: &Json) {
        let Json::Object(members) = value else {
            let detail = "identities takes an object of route names";
            return self.fault(FaultKind::InvalidValue, &[IDENTITIES], detail);
        };
        for (route, value) in members {
            let change = match value {
                Json::Null => IdentityChange::Remove,
                Json::String(text)
                    if !text.is_empty() && text.len() <= 254 && !text.contains(char::is_control) =>
                {
                    IdentityChange::Set(text.clone())
                }
                Json::Number(digits) if digits.bytes().all(|b| b.is_ascii_digit()) && digits.len() <= 19 => {
                    IdentityChange::Set(digits.clone())
                }
                _ => {
                    let detail =
                        "an identity is a string of 1 to 254 characters or a positive integer, or null";
                    self.fault(FaultKind::InvalidValue, &[IDENTITIES, route], detail);
                    continue;
                }
            };
            self.patch.identities.insert(route.clone(), change);
        }
    }

    fn leaf(&mut self, leaf: Leaf, path: &[&str], json: &Json) {
        if *json == Json::Null {
            self.patch.changes.insert(leaf, Change::Clear);
            return;
        }
        match Value::parse(&leaf, json, self.rules) {
            Ok(value) => drop(self.patch.changes.insert(leaf, Change::Set(value))),
            Err(Invalid(detail)) => self.fault(FaultKind::InvalidValue, path, with_unseen(detail, json)),
        }
    }

    fn unknown(&mut self, path: &[&str], name: &str) {
        let groups = [ADDRESS, CUSTOM, IDENTITIES];
        let candidates = Leaf::STANDARD.iter().map(Leaf::name).chain(groups);
        let detail = match Leaf::meant_by(name).or_else(|| nearest(name, candidates)) {
            Some(known) => format!("there is no such leaf; did you mean {known}?"),
            None => "there is no such leaf; fields of your own go under custom".to_owned(),
        };
        self.fault(FaultKind::UnknownLeaf, path, detail);
    }

    fn fault(&mut self, kind: FaultKind, path: &[&str], detail: impl Into<String>) {
        let mut pointer = String::new();
        path.iter().for_each(|name| push_segment(&mut pointer, name));
        self.faults.push(Fault::new(kind, pointer, detail));
    }
}

/// The rule that a text breaks, and the character by which it seems to keep it.
fn with_unseen(rule: &'static str, json: &Json) -> String {
    match json.as_str().and_then(Unseen::first_of) {
        Some(unseen) => format!("{rule}; {unseen}"),
        None => rule.to_owned(),
    }
}

#[cfg(test)]
mod tests;
