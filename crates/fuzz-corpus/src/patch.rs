//! Patches: documents between lines of `---` are applied one after the other; a model in plain JSON says what each is to do.

use std::collections::BTreeSet;

use canonical::{Applied, Json, Leaf, MAX_DEPTH, MAX_DOCUMENT, Patch, Profile, Rules};

use crate::{model, reference};

/// Parses and applies every document of `data`, and stores and reads back the profile after each.
pub fn target(data: &[u8]) {
    let default_country = "CA".parse().ok().filter(|_| data.len().is_multiple_of(2));
    let rules = Rules { default_country };
    let mut profile = Profile::default();
    for (version, document) in (1..).zip(documents(data)) {
        match Patch::parse(document, &rules) {
            Ok(patch) => apply(&mut profile, &patch, document, version),
            Err(faults) => {
                assert!(!faults.is_empty(), "refused without a reason");
                for fault in faults {
                    let shown = fault.to_string();
                    assert!(!shown.contains(char::is_control), "a control character in a message: {shown:?}");
                    assert!(fault.pointer.is_empty() || fault.pointer.starts_with('/'), "not a pointer");
                }
            }
        }
    }
}

fn documents(data: &[u8]) -> Vec<&[u8]> {
    const SEPARATOR: &[u8] = b"\n---\n";
    let mut documents = Vec::new();
    let mut rest = data;
    while let Some(at) = rest.windows(SEPARATOR.len()).position(|window| window == SEPARATOR) {
        documents.push(&rest[..at]);
        rest = &rest[at + SEPARATOR.len()..];
    }
    documents.push(rest);
    documents
}

fn apply(profile: &mut Profile, patch: &Patch, document: &[u8], version: u64) {
    let json = reference::read(document, MAX_DEPTH).expect("an accepted patch is strict JSON");
    assert!(json.as_object().is_some(), "an accepted patch is an object");
    let before = profile.clone();
    match profile.apply(patch, version) {
        Ok(applied) => {
            check(profile, &before, &json, &applied, version);
            check_storage(profile);
        }
        Err(_) => assert!(profile.encode() == before.encode(), "a refused patch changed the profile"),
    }
}

fn check(after: &Profile, before: &Profile, json: &Json, applied: &Applied, version: u64) {
    let named = model::named(json, before);
    for (name, sent) in &named {
        let leaf: Leaf = name.parse().expect("an accepted name is a leaf");
        let entry = after.get(&leaf).expect("a leaf that was named has an entry");
        assert!(model::is_faithful(sent, entry.value.as_ref()), "{name} is not what was sent");
        let is_changed = applied.changed.contains(&leaf);
        assert!(is_changed != applied.unchanged.contains(&leaf), "{name} is both or neither");
        assert_eq!(is_changed, entry.version == version, "{name} has another version");
        let same = before.get(&leaf).is_some_and(|old| old.value == entry.value);
        assert_eq!(is_changed, !same, "{name} is changed and has its old value, or the reverse");
    }
    let told: BTreeSet<&str> = applied.changed.iter().chain(&applied.unchanged).map(Leaf::name).collect();
    assert!(told.iter().copied().eq(named.keys().map(String::as_str)), "other leaves than the patch names");
    for (leaf, entry) in after.iter().filter(|(leaf, _)| !named.contains_key(leaf.name())) {
        assert_eq!(before.get(leaf), Some(entry), "{leaf} was not named and changed");
    }
}

fn check_storage(profile: &Profile) {
    let stored = profile.encode();
    assert!(stored.len() <= MAX_DOCUMENT, "larger than a document may be");
    let read = Profile::decode(&stored).expect("what was stored can be read");
    assert!(read == *profile, "another profile is read than was stored");
    assert!(read.encode() == stored, "what was read is stored in another form");
}
