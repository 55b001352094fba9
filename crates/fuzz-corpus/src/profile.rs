//! The reader of stored profiles: damaged bytes are an error, and what is read is stored again without loss.

use canonical::{Leaf, Profile};

/// Decodes `data` as it is, and as the body behind the format byte.
pub fn target(data: &[u8]) {
    decode(data);
    decode(&[b"\x01", data].concat());
}

fn decode(bytes: &[u8]) {
    let Ok(profile) = Profile::decode(bytes) else { return };
    for (leaf, entry) in profile.iter() {
        assert!(entry.version > 0, "a version that no change has");
        assert_eq!(leaf.name().parse::<Leaf>().ok().as_ref(), Some(leaf), "a leaf without a name");
    }
    assert!(profile.to_json().len() <= profile.iter().count(), "more members than leaves");
    let stored = profile.encode();
    let again = Profile::decode(&stored).expect("what was stored can be read");
    assert!(again == profile, "another profile is read than was stored");
    assert!(again.encode() == stored, "two forms of one profile");
}
