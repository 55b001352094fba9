use std::fs;

use e2e::{Client, Vendor, World, dump};
use serde_json::{Value, json};
use vendor_sim::{Fault, FaultRule};

use super::planted::{assert_nothing_of, everything, person, secrets, values, world};

/// The tables in which a person's values are at home.
const AT_HOME: [&str; 2] = ["INSERT INTO users ", "INSERT INTO lanes "];

#[test]
fn a_credential_and_what_was_sent_that_a_vendor_repeats_are_neither_kept_nor_told() {
    let world = world();
    let change = json!({ "phone_number": "+14165550177", "given_name": "Zqxagain" });
    refuse_and_look(world, None, &change, |vendor, world| {
        let at = Vendor::ALL.iter().position(|one| *one == vendor).unwrap_or(0);
        let credential = secrets(world).swap_remove(at);
        format!(
            "Sorry: the key {credential} may not, ZQXAGAIN (zqxmail+news@example.com, 1987-03-09) has +14165550177"
        )
    });
}

#[test]
fn what_a_vendor_repeats_of_a_person_is_neither_kept_nor_told_although_it_was_not_sent() {
    let change = json!({ "phone_number": "+14165550178" });
    refuse_and_look(world(), Some(everything()), &change, |_, _| {
        "Sorry: (was ZQXGIVEN, nonbinary), Zqxtitle at Zqxorganization, is-IS, +1 416 555 0177, a ZQXTAG"
            .to_owned()
    });
}

/// Has every vendor refuse a change with words, and looks for what is planted in all that is told and kept of it.
fn refuse_and_look(
    mut world: World,
    known: Option<Value>,
    change: &Value,
    words: impl Fn(Vendor, &World) -> String,
) {
    world.settings.log_level = "trace";
    let gateway = world.start();
    let (api, operator, person) = (gateway.api(), gateway.operator(), person());
    world.introduce(&api, &person);
    if let Some(known) = known {
        api.patch_through(&person.id, &known);
    }
    let planted = [values(), secrets(&world)].concat();
    for vendor in Vendor::ALL {
        world.vendor(vendor).add_fault(FaultRule::once(refusal(vendor, &words(vendor, &world))));
    }
    let update = api.patch(&person.id, &[], change).expect(202).json();
    let mut told = e2e::eventually("each vendor's other words are told", || {
        let stories = stories(&operator);
        if stories.matches("Sorry").count() >= 4 { Ok(stories) } else { Err(stories) }
    });
    for path in ["/v1/lanes", "/v1/routes", "/v1/audit"] {
        told += &operator.get(path).expect(200).text();
    }
    let id = update["id"].as_str().unwrap_or_default();
    for path in [&format!("/v1/updates/{id}"), "/v1/updates?state=held,blocked,pending", "/v1/routes"] {
        told += &api.get(path).expect(200).text();
    }
    assert_nothing_of(&planted, "an answer", &told.replace(&person.id, ""));
    assert_secrets_are_not_kept(&world);
    gateway.stop();
    assert_secrets_are_not_kept(&world);
    assert_nothing_of(&planted, "the log", &fs::read_to_string(world.path("log")).expect("a log"));
    let rows = dump::write(&world, &world.path("gateway.db")).expect("a database");
    let (at_home, elsewhere): (Vec<_>, Vec<_>) =
        rows.lines().partition(|row| AT_HOME.iter().any(|table| row.starts_with(table)));
    assert!(elsewhere.iter().any(|row| row.starts_with("INSERT INTO attempts ")), "attempts are kept");
    assert!(!at_home.is_empty(), "the person is kept");
    assert_nothing_of(&planted, "the database", &elsewhere.join("\n").replace(&person.id, ""));
}

/// What operators see of every lane.
pub(super) fn stories(operator: &Client) -> String {
    let lanes = operator.get("/v1/lanes").expect(200).json();
    let ids = lanes["lanes"].as_array().into_iter().flatten().map(|lane| lane["id"].to_string());
    ids.map(|id| operator.get(&format!("/v1/lanes/{id}")).expect(200).text()).collect()
}

/// A refusal with these words, in the vendor's form.
pub(super) fn refusal(vendor: Vendor, words: &str) -> Fault {
    let kind = [("content-type", "application/json")];
    match vendor {
        Vendor::Communal => {
            let body = json!({ "message": words, "errors": { "first_name": [words], "Zqxfield": [words] } });
            Fault::respond(422, &kind, body.to_string())
        }
        Vendor::Communifire => Fault::is_error(words),
        Vendor::UserCom => Fault::respond(400, &kind, json!({ "detail": words }).to_string()),
        Vendor::Village => {
            Fault::respond(400, &kind, json!({ "message": words, "error": words }).to_string())
        }
    }
}

/// Fails if a file of the database has a credential or a key.
#[track_caller]
fn assert_secrets_are_not_kept(world: &World) {
    for entry in fs::read_dir(world.directory()).expect("a directory") {
        let path = entry.expect("an entry").path();
        let name = path.file_name().unwrap_or_default().to_string_lossy().into_owned();
        if name.starts_with("gateway.db") {
            let bytes = fs::read(&path).expect("a file");
            assert_nothing_of(&secrets(world), &name, &String::from_utf8_lossy(&bytes));
        }
    }
}
