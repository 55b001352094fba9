use canonical::Leaf;
use e2e::{Person, Vendor, World};
use serde_json::{Value, json};
use vendor_sim::{Config, seed::SeedUser};

/// Parts of all that is known of the person. A country has two letters, which are looked for between quotation marks.
const VALUES: [&str; 13] = [
    "Zqx",
    "zqx",
    "ZQX",
    "4165550177",
    "416 555",
    "1987-03-09",
    "nonbinary",
    "is-IS",
    "Reykjav",
    "7654321",
    "7000777",
    "\"IS\"",
    "%2Bnews",
];

/// What nothing may have a part of.
pub(super) fn values() -> Vec<String> {
    VALUES.map(str::to_owned).to_vec()
}

/// The credentials of the vendors and the caller's key.
pub(super) fn secrets(world: &World) -> Vec<String> {
    let credentials = Vendor::ALL.map(|vendor| Config::new(vendor).credential);
    credentials.into_iter().chain([world.key().to_owned()]).collect()
}

/// Fails with the lines that have one of the planted texts.
#[track_caller]
pub(super) fn assert_nothing_of(planted: &[String], place: &str, text: &str) {
    for planted in planted {
        let lines: Vec<_> = text.lines().filter(|line| line.contains(planted)).collect();
        assert!(lines.is_empty(), "{planted} is in {} lines of {place} such as {}", lines.len(), lines[0]);
    }
}

/// A world whose vendors know the person.
pub(super) fn world() -> World {
    let world = World::new();
    for vendor in Vendor::ALL {
        world.vendor(vendor).seed_users(&[person().seed]);
    }
    world
}

/// The person whose values are looked for.
pub(super) fn person() -> Person {
    let seed = SeedUser {
        communal_id: 7_654_321,
        communifire_id: 7_654_321,
        usercom_id: 7_654_321,
        custom_id: None,
        email: "zqxmail+news@example.com".to_owned(),
        username: "zqxuser".to_owned(),
        first_name: "Zqxfirst".to_owned(),
        last_name: "Zqxlast".to_owned(),
        phone: None,
    };
    Person { id: "zqxuserid".to_owned(), seed }
}

/// A change of every leaf.
pub(super) fn everything() -> Value {
    json!({
        "given_name": "Zqxgiven", "family_name": "Zqxfamily", "middle_name": "Zqxmiddle", "nickname": "Zqxnick",
        "name": "Zqxname", "preferred_username": "Zqxpreferred", "email": "zqxother@example.com",
        "phone_number": "+14165550177", "birthdate": "1987-03-09", "gender": "nonbinary", "locale": "is-IS",
        "zoneinfo": "Atlantic/Reykjavik", "picture": "https://example.com/zqxpicture",
        "website": "https://example.com/zqxsite", "title": "Zqxtitle", "organization": "Zqxorganization",
        "department": "Zqxdepartment", "manager": "Zqxmanager", "tags": ["zqxtag"],
        "address": {
            "street_address": "Zqxstreet", "extended_address": "Zqxextended", "locality": "Zqxlocality",
            "region": "Zqxregion", "postal_code": "Zqxcode", "country": "IS",
        },
        "custom": { "tier": "Zqxtier", "points": 7_000_777, "list": ["Zqxlisted"] },
    })
}

#[test]
fn every_leaf_is_planted() {
    let everything = everything();
    for leaf in Leaf::STANDARD {
        let pointer = format!("/{}", leaf.name().replace('.', "/"));
        let value = everything.pointer(&pointer).map(Value::to_string).unwrap_or_default();
        assert!(values().iter().any(|planted| value.contains(planted)), "{leaf}: {value}");
    }
}
