use std::collections::{BTreeMap, BTreeSet};

use super::rate;
use crate::{KeyConfig, KeyHash, Scope, file::KeySection, findings::Findings, option_path::OptionPath};

/// `[[keys]]`. Two keys of one name are one caller, so that a key can be replaced while the old one still works.
pub(super) fn resolve(sections: &[KeySection], findings: &mut Findings<'_>) -> Vec<KeyConfig> {
    let all = OptionPath::of(&["keys"]);
    if sections.is_empty() && !findings.is_given(&all) {
        findings.mistake(
            &all,
            "no key is configured, so nobody could call; make one with `profile-gateway key new` and add [[keys]]",
        );
    }
    let mut keys: Vec<KeyConfig> = Vec::new();
    let mut hashes = BTreeMap::new();
    for (number, section) in sections.iter().enumerate() {
        let path = all.child(number);
        let Some(key) = key(section, &path, findings) else { continue };
        if let Some(other) = hashes.insert(key.hash.0, key.name.clone()) {
            findings.mistake(
                &path.child("hash"),
                format!("the key \"{other}\" has this hash; make a key for each caller"),
            );
        }
        keys.push(key);
    }
    keys
}

fn key(section: &KeySection, path: &OptionPath, findings: &mut Findings<'_>) -> Option<KeyConfig> {
    let name = required(section.name.as_deref(), &path.child("name"), "a key needs a name", findings, name);
    let example = "a key needs the hash that `profile-gateway key new` prints";
    let hash = required(section.hash.as_deref(), &path.child("hash"), example, findings, KeyHash::parse);
    let scopes = scopes(section, path, findings);
    let rate = match section.rate.as_deref() {
        None => Some(None),
        text => findings.read(&path.child("rate"), text, rate::parse).map(Some),
    };
    let key = KeyConfig {
        name: name?,
        hash: hash?,
        scopes: scopes?,
        create: section.create.unwrap_or(true),
        rate: rate?,
    };
    if key.hash.0 == [0; 32] {
        findings.warn(
            &path.child("hash"),
            "this hash is a placeholder that no key has; put in the one of `profile-gateway key new`",
        );
    }
    Some(key)
}

fn required<T>(
    text: Option<&str>,
    path: &OptionPath,
    missing: &str,
    findings: &mut Findings<'_>,
    parse: impl FnOnce(&str) -> Result<T, String>,
) -> Option<T> {
    if text.is_none() {
        findings.mistake(path, missing);
    }
    findings.read(path, text, parse)
}

fn scopes(section: &KeySection, path: &OptionPath, findings: &mut Findings<'_>) -> Option<BTreeSet<Scope>> {
    let path = path.child("scopes");
    let Some(names) = section.scopes.as_ref().filter(|names| !names.is_empty()) else {
        findings.mistake(&path, "a key needs scopes, at least one of update, read, operate and erase");
        return None;
    };
    let choices = Scope::ALL.map(|scope| (scope.name(), scope));
    let found = names.iter().enumerate();
    let found: BTreeSet<Scope> = found
        .filter_map(|(number, name)| findings.choose(&path.child(number), Some(name.as_str()), &choices))
        .collect();
    (!found.is_empty()).then_some(found)
}

/// A caller's name: it is a label of metrics and stands in the log.
fn name(text: &str) -> Result<String, String> {
    if matches!(text, "gateway" | "signal") {
        return Err(format!("the audit calls the gateway's own acts \"{text}\"; give the key another name"));
    }
    let starts_well = text.starts_with(|c: char| c.is_ascii_lowercase());
    let plain = text.bytes().all(|b| b.is_ascii_lowercase() || b.is_ascii_digit() || b == b'_' || b == b'-');
    if starts_well && plain && text.len() <= 32 {
        return Ok(text.to_owned());
    }
    Err("a key's name is 1 to 32 lower-case letters, digits, '_' or '-', and starts with a letter".to_owned())
}
