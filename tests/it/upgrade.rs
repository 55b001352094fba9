//! A database that an older gateway left behind opens: what it owes arrives, versions go on, and keys find their updates.
//!
//! `RECORD_DATABASE=1 cargo test -p e2e --test it upgrade` records a database of the present schema in `tests/upgrade`, if
//! there is none of its number. What is recorded stays as it is: it was written by the gateway of its time.

use std::{
    fs,
    path::{Path, PathBuf},
};

use e2e::{Client, Person, Vendor, World, dump, eventually, field, subject};
use serde_json::{Value, json};
use vendor_sim::{Fault, FaultRule};

/// What every recorded database was asked for, about the first nine people: it stays as it is, for the older files.
const STATES: [&str; 9] =
    ["in step", "in flight", "waiting", "blocked", "held", "erased", "suspect", "ready", "keyed"];

fn directory() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("upgrade")
}

/// The recorded databases by the number of their schema.
fn recorded() -> Vec<(i64, String)> {
    let files =
        fs::read_dir(directory()).expect("the directory is there").map(|entry| entry.expect("a file").path());
    let number = |path: &PathBuf| path.file_stem()?.to_str()?.parse().ok();
    let sql = files.filter(|path| path.extension().is_some_and(|extension| extension == "sql"));
    let mut found: Vec<(i64, String)> =
        sql.filter_map(|path| Some((number(&path)?, fs::read_to_string(&path).ok()?))).collect();
    found.sort();
    found
}

#[test]
fn a_database_of_every_schema_so_far_opens_and_what_it_owes_arrives() {
    let recorded = recorded();
    assert!(!recorded.is_empty(), "no database is recorded");
    for (version, sql) in recorded {
        eprintln!("schema {version}");
        let world = World::new();
        dump::read(&world, &sql, &world.path("gateway.db")).expect("the recorded text is SQL");
        check(&world);
    }
}

#[test]
fn a_database_of_the_present_schema_is_recorded() {
    let world = World::new();
    world.start().stop();
    let path = world.path("gateway.db");
    let (version, present) =
        (dump::version(&path).expect("a number"), dump::schema(&path).expect("a schema"));
    let file = directory().join(format!("{version}.sql"));
    if std::env::var_os("RECORD_DATABASE").is_some() && !file.exists() {
        fs::write(file, record()).expect("the directory can be written");
    }
    let (newest, sql) = recorded().pop().expect("a database is recorded");
    let copy = world.path("recorded.db");
    dump::read(&world, &sql, &copy).expect("the recorded text is SQL");
    let help = "the schema has changed: give it a number of its own and record it, see the top of this file";
    assert!(newest == version && dump::schema(&copy).expect("a schema") == present, "{help}");
}

/// The second change of everybody but of whom is erased.
fn change(at: usize) -> Value {
    json!({ "given_name": format!("Second {at}"), "phone_number": format!("+1416555{at:04}") })
}

const KEY: [(&str, &str); 1] = [("Idempotency-Key", "of-the-older-gateway")];

fn lane(operator: &Client, person: &Person, route: &str) -> Value {
    let lanes = operator.get(&format!("/v1/lanes?limit=100&route={route}")).expect(200).json();
    let lanes = lanes["lanes"].as_array().cloned().unwrap_or_default();
    lanes.into_iter().find(|lane| lane["user"] == person.id.as_str()).unwrap_or_default()
}

/// Brings a gateway into trouble of every kind, kills it, and gives its database as text.
fn record() -> String {
    let mut world = World::new();
    for vendor in Vendor::ALL {
        // Suspicion stays until the process ends.
        world.settings.set(vendor.name(), "settle", "\"1h\"");
        world.settings.set(vendor.name(), "timeout", "\"60s\"");
    }
    let people = world.people()[..STATES.len()].to_vec();
    let gateway = world.start();
    let (api, operator) = (gateway.api(), gateway.operator());
    for (person, state) in people.iter().zip(STATES) {
        let mut introduction = person.introduction();
        if state == "blocked" {
            introduction.as_object_mut().expect("an object").remove("email");
        }
        let answer = api.patch(&person.id, &[("Prefer", "wait=10")], &introduction);
        assert_eq!(answer.status, 200, "{}", answer.text());
    }
    trouble(&world, &people);
    operator.post("/v1/routes/village/pause").expect(200);
    for (at, (person, state)) in people.iter().zip(STATES).enumerate() {
        let headers: &[(&str, &str)] = if state == "keyed" { &KEY } else { &[] };
        match state {
            "erased" => drop(api.erase(&person.id).expect(200)),
            _ => drop(api.patch(&person.id, headers, &change(at)).expect(202)),
        }
    }
    for (person, state) in people.iter().zip(STATES) {
        let (route, wanted) = match state {
            "in flight" => ("communal", "in_flight"),
            "waiting" => ("communifire", "waiting"),
            "blocked" => ("communal", "blocked"),
            "held" => ("communal", "waiting"),
            "suspect" => ("usercom", "waiting"),
            "ready" => ("village", "ready"),
            "erased" => ("communal", "erased"),
            _ => ("communal", "idle"),
        };
        eventually(&format!("{state} is {wanted} at {route}"), || {
            let lane = lane(&operator, person, route);
            if lane["state"] == wanted { Ok(()) } else { Err(lane.to_string()) }
        });
    }
    gateway.kill();
    dump::write(&world, &world.path("gateway.db")).expect("the database can be read")
}

fn trouble(world: &World, people: &[Person]) {
    for (person, state) in people.iter().zip(STATES) {
        let (vendor, fault) = match state {
            "in flight" => (Vendor::Communal, Fault::hang()),
            "waiting" => (Vendor::Communifire, Fault::status(503)),
            "held" => (Vendor::Communal, Fault::field_error(422, "telephone")),
            "suspect" => (Vendor::UserCom, Fault::close_after_applying()),
            _ => continue,
        };
        let rule = FaultRule::always(fault).for_subject(&subject(vendor, person));
        // What remains after the refusal of one field is fine.
        let rule = if state == "held" { rule.times(1) } else { rule };
        world.vendor(vendor).add_fault(rule);
    }
}

/// Starts the present gateway on the recorded database.
fn check(world: &World) {
    let people = &world.people()[..STATES.len()];
    let gateway = world.start();
    let (api, operator) = (gateway.api(), gateway.operator());
    assert_eq!(
        dump::routes_of_old_keys(&world.path("gateway.db")),
        Ok(0),
        "identities have the keys of before"
    );
    let keyed = STATES.iter().position(|state| *state == "keyed").expect("a state");
    let again = api.patch(&people[keyed].id, &KEY, &change(keyed));
    assert_eq!(again.header("idempotency-replayed"), Some("true"), "{}", again.text());
    assert_eq!(again.json()["version"], 2);
    operator.post("/v1/routes/village/resume").expect(200);
    for (at, (person, state)) in people.iter().zip(STATES).enumerate() {
        if state == "erased" {
            assert_eq!(api.get(&format!("/v1/users/{}", person.id)).expect(410).problem(), "user-erased");
            continue;
        }
        let user = api.user(&person.id);
        assert_eq!((&user["version"], &user["given_name"]), (&json!(2), &change(at)["given_name"]), "{user}");
        // What the vendor refused, and what it needs, comes from the caller.
        let next = match state {
            "blocked" => json!({ "email": person.seed.email }),
            "held" => json!({ "phone_number": "+14165559999" }),
            _ => json!({ "nickname": "Third" }),
        };
        let update = api.patch(&person.id, &[], &next);
        assert!(matches!(update.status, 200 | 202), "{}", update.text());
        assert_eq!(update.json()["version"], 3, "{state}");
        let list = api.get(&format!("/v1/users/{}/updates", person.id)).expect(200).json();
        let versions: Vec<&Value> =
            list["updates"].as_array().into_iter().flatten().map(|update| &update["version"]).collect();
        assert_eq!(versions, [3, 2, 1], "{state}");
    }
    operator.post("/v1/routes/communifire/retry").expect(200);
    world.wait_for_rest(&operator);
    for (person, state) in people.iter().zip(STATES).filter(|(_, state)| *state != "erased") {
        let user = api.user(&person.id);
        let owing = match state {
            "in flight" | "blocked" | "held" => Some(Vendor::Communal),
            "waiting" => Some(Vendor::Communifire),
            "suspect" => Some(Vendor::UserCom),
            _ => None,
        };
        // Village's route was paused.
        for vendor in owing.into_iter().chain([Vendor::Village]) {
            let record = world.vendor(vendor).user(&subject(vendor, person)).expect("the person exists");
            for leaf in ["given_name", "phone_number"] {
                let place = format!("{leaf} of {state} at {}", vendor.name());
                assert_eq!(record[field(vendor, leaf)], user[leaf], "{place}");
            }
        }
    }
    gateway.stop();
}
