use std::fs;

use e2e::{Person, Vendor, World, request};
use serde_json::json;
use vendor_sim::{FaultRule, seed::SeedUser};

use super::echo::{refusal, stories};

const KEY: &str = "zqxkey-7f0c";
/// What the database has of the person: a value, each vendor's name for the person, the ids by which two vendors answer
/// (witnesses), the address, and words of a vendor that are nobody's value.
const KEPT: [&str; 8] = [
    "Zqxtitle",
    "7654321",
    "zqxusername",
    "7654322",
    "zqxcustomid",
    "7654323",
    "zqxmail@example.com",
    "Zqxwords",
];

#[test]
fn after_an_erase_no_vendors_id_no_witness_no_key_and_no_words_are_in_any_file() {
    let person = person();
    let mut world = World::new();
    for vendor in Vendor::ALL {
        world.vendor(vendor).seed_users(std::slice::from_ref(&person.seed));
    }
    world.settings.set("communifire", "subject", "\"username\"");
    world.settings.set("usercom", "subject", "\"custom_id\"");
    let gateway = world.start();
    let (api, operator) = (gateway.api(), gateway.operator());
    let introduction = json!({
        "given_name": "Zqxfirst", "family_name": "Zqxlast", "email": "zqxmail@example.com", "title": "Zqxtitle",
        "identities": {
            "communal": 7_654_321, "communifire": "zqxusername", "usercom": "zqxcustomid", "village": "zqxmail@example.com",
        },
    });
    let known = api.patch(&person.id, &[("Idempotency-Key", KEY), ("Prefer", "wait=30")], &introduction);
    known.expect(200);
    for vendor in Vendor::ALL {
        world.vendor(vendor).add_fault(FaultRule::once(refusal(vendor, "Zqxwords, Sorry")));
    }
    let change = json!({ "phone_number": "+14165550177" });
    api.patch(&person.id, &[("Idempotency-Key", "zqxkey-7f0d")], &change).expect(202);
    e2e::eventually("each vendor's words are kept", || {
        let stories = stories(&operator);
        if stories.matches("Zqxwords").count() >= 4 { Ok(()) } else { Err(stories) }
    });
    for kept in KEPT {
        assert!(find(&world, kept).is_some(), "{kept} is looked for and was never there");
    }
    assert_eq!(find(&world, "zqxkey"), None, "a key is kept as it was sent");

    api.erase(&person.id).expect(200);
    // As soon as the answer is there; when the process is killed; and when another one has tidied up.
    assert_gone(&world);
    gateway.kill();
    assert_gone(&world);
    let gateway = world.start();
    assert!(!stories(&gateway.operator()).contains("Zqx"), "a lane tells more than that it is erased");
    let (api, headers) = (gateway.api(), [("Idempotency-Key", KEY)]);
    let again = api.patch(&person.id, &headers, &introduction).text();
    assert!(!again.to_lowercase().contains("zqx") && !again.contains("76543"), "the answer of then: {again}");
    let anonymous = request(gateway.operator().address(), "GET", "/metrics", &[], b"").expect("an answer");
    assert!(!anonymous.expect(200).text().to_lowercase().contains("zqx"));
    gateway.stop();
    assert_gone(&world);
}

/// Somebody whom each vendor knows by another name.
fn person() -> Person {
    let seed = SeedUser {
        communal_id: 7_654_321,
        communifire_id: 7_654_322,
        usercom_id: 7_654_323,
        custom_id: Some("zqxcustomid".to_owned()),
        email: "zqxmail@example.com".to_owned(),
        username: "zqxusername".to_owned(),
        first_name: "Zqxfirst".to_owned(),
        last_name: "Zqxlast".to_owned(),
        phone: None,
    };
    // What callers call a user stays, so that nobody comes back by accident.
    Person { id: "crm-1001".to_owned(), seed }
}

#[track_caller]
fn assert_gone(world: &World) {
    for planted in KEPT.iter().chain(&["Zqx", "zqx", "+14165550177"]) {
        assert_eq!(find(world, planted), None, "{planted} is still there");
    }
}

/// The file of the database that has a text, its log and its free pages included.
fn find(world: &World, text: &str) -> Option<String> {
    let files = fs::read_dir(world.directory()).expect("a directory");
    let mut files = files.map(|entry| entry.expect("an entry").path()).filter_map(|path| {
        let name = path.file_name()?.to_str()?.to_owned();
        Some((fs::read(&path).expect("a file"), name)).filter(|(_, name)| name.starts_with("gateway.db"))
    });
    let found = files.find(|(bytes, _)| bytes.windows(text.len()).any(|window| window == text.as_bytes()));
    found.map(|(_, name)| name)
}
