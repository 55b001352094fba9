use serde_json::{Value, json};
use vendor_sim::{MissingSlash, NothingToRemove, NullValues, UnknownKey, Vendor, ViolationKind};

use crate::client::{ask, field, headers, kinds, send, start, start_with};

const PUT: &str = "PUT /api/public/users/19678376/";

#[test]
fn the_documented_example_is_applied_and_names_come_back_only_joined() {
    let sim = start(Vendor::UserCom);
    let body = r#"{"email":"john@example.org","gravatar_url":"https://randomuser.me/api/portraits/men/51.jpg","tags":["updated","verified"]}"#;
    let answer = ask(&sim, PUT, body);
    assert_eq!(answer.status, 200);
    let answer = answer.json();
    assert_eq!(
        (&answer["id"], &answer["email"], &answer["name"]),
        (&json!(19_678_376), &json!("john@example.org"), &json!("Jane Doe"))
    );
    assert_eq!(answer["tags"][1]["name"], "verified");
    assert!(answer.get("first_name").is_none() && answer.get("last_name").is_none());
    assert_eq!(answer["job_title"], Value::Null, "attributes are top-level keys in version 2");
    assert_eq!(kinds(&sim), []);
}

#[test]
fn a_write_without_the_slash_is_redirected_and_not_applied() {
    let sim = start(Vendor::UserCom);
    let answer = ask(&sim, "PUT /api/public/users/19678376", r#"{"city":"Oslo"}"#);
    assert_eq!((answer.status, answer.header("location")), (301, Some("/api/public/users/19678376/")));
    sim.control().set_knobs(|knobs| knobs.usercom.missing_slash = MissingSlash::NotFound);
    assert_eq!(ask(&sim, "PUT /api/public/users/19678376", r#"{"city":"Oslo"}"#).status, 404);
    assert_eq!(ask(&sim, "GET /api/public/users/19678376", "").status, 301);
    assert_eq!(field(&sim, "19678376", "city"), Value::Null);
    assert_eq!(kinds(&sim), [ViolationKind::MissingTrailingSlash; 3]);
}

#[test]
fn tags_only_add_and_the_remove_call_takes_one_away() {
    let sim = start(Vendor::UserCom);
    ask(&sim, PUT, r#"{"tags":["a","b"]}"#);
    ask(&sim, PUT, r#"{"tags":["b","c"]}"#);
    assert_eq!(field(&sim, "19678376", "tags"), json!(["a", "b", "c"]));
    for (line, left) in [
        ("DELETE /api/public/users/19678376/remove_tag/", json!(["b", "c"])),
        ("POST /api/public/users-by-id/crm-89/remove_tag/", json!(["c"])),
        ("POST /api/public/users/19678376/remove_tag/", json!([])),
    ] {
        let name = field(&sim, "19678376", "tags")[0].clone();
        assert_eq!(ask(&sim, line, &json!({ "name": name }).to_string()).status, 200, "{line}");
        assert_eq!(field(&sim, "19678376", "tags"), left, "{line}");
    }
    assert_eq!(kinds(&sim), []);
    assert_eq!(ask(&sim, "DELETE /api/public/users-by-id/crm-89/remove_tag/", "{}").status, 405);
}

#[test]
fn an_attribute_is_set_flat_and_cleared_by_its_own_call() {
    let sim = start(Vendor::UserCom);
    let set = || ask(&sim, PUT, r#"{"job_title":"Engineer","newsletter":true}"#).json();
    assert_eq!(set()["job_title"], "Engineer");
    for line in [
        "DELETE /api/public/users/19678376/remove_attribute/",
        "POST /api/public/users-by-id/crm-89/remove_attribute/",
    ] {
        set();
        assert_eq!(ask(&sim, line, r#"{"attribute":"job_title"}"#).status, 200);
        assert_eq!(field(&sim, "19678376", "attributes"), json!({ "newsletter": true }));
    }
    assert_eq!(kinds(&sim), []);
}

#[test]
fn what_is_not_there_is_removed_as_the_knob_says_and_an_unknown_person_is_404() {
    for (nothing, status, removed) in [
        (NothingToRemove::Done, 200, json!(true)),
        (NothingToRemove::SaysSo, 200, json!(false)),
        (NothingToRemove::NotFound, 404, Value::Null),
    ] {
        let sim = start_with(Vendor::UserCom, |knobs| knobs.usercom.nothing_to_remove = nothing);
        ask(&sim, PUT, r#"{"tags":["a"],"job_title":"Coach"}"#);
        for (call, gone, there) in [
            ("remove_tag", r#"{"name":"b"}"#, r#"{"name":"a"}"#),
            ("remove_attribute", r#"{"attribute":"newsletter"}"#, r#"{"attribute":"job_title"}"#),
        ] {
            let line = format!("DELETE /api/public/users/19678376/{call}/");
            let answer = ask(&sim, &line, gone);
            assert_eq!((answer.status, &answer.json()["removed"]), (status, &removed), "{nothing:?} {call}");
            let answer = ask(&sim, &line, there);
            assert_eq!((answer.status, &answer.json()["removed"]), (200, &json!(true)), "{nothing:?} {call}");
            let unknown = ask(&sim, &format!("DELETE /api/public/users/1/{call}/"), there);
            assert_eq!((unknown.status, unknown.json()), (404, json!({ "detail": "Not found." })));
        }
        assert_eq!(field(&sim, "19678376", "tags"), json!([]));
        assert_eq!(field(&sim, "19678376", "attributes"), json!({}));
    }
}

#[test]
fn gender_and_status_go_in_as_numbers_and_come_out_as_text() {
    let sim = start(Vendor::UserCom);
    let answer = ask(&sim, PUT, r#"{"gender":3,"status":2}"#).json();
    assert_eq!((&answer["gender"], &answer["status"]), (&json!("female"), &json!("user")));
    assert_eq!(ask(&sim, PUT, r#"{"gender":"female"}"#).status, 400);
    assert_eq!(ask(&sim, PUT, r#"{"status":3}"#).status, 400);
}

#[test]
fn forty_characters_fit_a_name_and_one_more_is_refused_with_every_other_error() {
    let sim = start(Vendor::UserCom);
    let name = "ä".repeat(40);
    assert_eq!(ask(&sim, PUT, &json!({ "first_name": name }).to_string()).status, 200);
    let body = json!({ "first_name": format!("{name}x"), "email": "no", "phone_number": "1".repeat(65), "score": "7" });
    let answer = ask(&sim, PUT, &body.to_string());
    assert_eq!(answer.status, 400);
    assert_eq!(answer.json()["first_name"], json!(["Ensure this field has no more than 40 characters."]));
    assert_eq!(answer.json().as_object().map(serde_json::Map::len), Some(4));
    assert_eq!(field(&sim, "19678376", "first_name"), name);
}

#[test]
fn an_unregistered_attribute_vanishes_or_is_refused_in_version_2() {
    let sim = start(Vendor::UserCom);
    let answer = ask(&sim, PUT, r#"{"shoe_size":"42","city":"Oslo"}"#);
    assert_eq!(answer.status, 200);
    assert!(answer.json().get("shoe_size").is_none());
    assert_eq!(field(&sim, "19678376", "city"), "Oslo");
    sim.control().set_knobs(|knobs| knobs.usercom.unknown_attribute = UnknownKey::Refuse);
    assert_eq!(ask(&sim, PUT, r#"{"shoe_size":"42","city":"Rome"}"#).status, 400);
    assert_eq!(field(&sim, "19678376", "city"), "Oslo");
}

#[test]
fn registered_attributes_are_typed() {
    let sim = start(Vendor::UserCom);
    for bad in
        [r#"{"newsletter":"yes"}"#, r#"{"logins":"3"}"#, r#"{"birth_date":"1.2.1990"}"#, r#"{"job_title":1}"#]
    {
        assert_eq!(ask(&sim, PUT, bad).status, 400, "{bad}");
    }
    assert_eq!(ask(&sim, PUT, r#"{"newsletter":false,"logins":3,"birth_date":"1990-02-01"}"#).status, 200);
}

#[test]
fn null_on_a_standard_field_follows_the_knob() {
    for (nulls, status, left) in [
        (NullValues::Store, 200, Value::Null),
        (NullValues::Ignore, 200, json!("+14165551234")),
        (NullValues::Refuse, 400, json!("+14165551234")),
    ] {
        let sim = start_with(Vendor::UserCom, |knobs| knobs.usercom.nulls = nulls);
        assert_eq!(ask(&sim, PUT, r#"{"phone_number":null}"#).status, status);
        assert_eq!(field(&sim, "19678376", "phone_number"), left, "{nulls:?}");
    }
}

#[test]
fn without_the_version_it_is_version_1_with_an_array_and_a_violation() {
    let sim = start(Vendor::UserCom);
    let mut lines = headers(Vendor::UserCom);
    lines[1] = ("Accept", "application/json");
    let answer = send(&sim, PUT, &lines, r#"{"shoe_size":"42"}"#).json();
    assert_eq!(answer["attributes"][0]["name_std"], "shoe_size");
    assert_eq!(answer["user_id"], "crm-89");
    assert_eq!(kinds(&sim), [ViolationKind::MissingHeader]);
}

#[test]
fn a_user_is_found_by_its_custom_id_and_an_unknown_one_is_404() {
    let sim = start(Vendor::UserCom);
    let answer = ask(&sim, "PUT /api/public/users-by-id/crm%2D90/", r#"{"city":"Lagos"}"#);
    assert_eq!(answer.json()["id"], 19_678_377);
    assert_eq!(sim.control().history()[0].subject.as_deref(), Some("19678377"));
    let missing = ask(&sim, "PUT /api/public/users/1/", r#"{"city":"Lagos"}"#);
    assert_eq!((missing.status, missing.json()), (404, json!({ "detail": "Not found." })));
    assert_eq!(kinds(&sim), [ViolationKind::UnknownSubject]);
}

#[test]
fn keys_are_checked() {
    let sim = start(Vendor::UserCom);
    let with = |value| {
        [("Content-Type", "application/json"), ("Accept", "*/*; version=2"), ("Authorization", value)]
    };
    assert_eq!(send(&sim, PUT, &with("Token nope"), "{}").json()["detail"], "Invalid token.");
    assert_eq!(send(&sim, PUT, &with("Bearer sim-usercom-key"), "{}").status, 401);
    assert_eq!(kinds(&sim), [ViolationKind::WrongCredential, ViolationKind::WrongAuthForm]);
}

#[test]
fn creating_calls_work_and_are_violations() {
    let sim = start(Vendor::UserCom);
    let before = sim.control().state().users.len();
    assert_eq!(ask(&sim, "POST /api/public/users/", r#"{"email":"new@example.com"}"#).status, 201);
    let upsert = "POST /api/public/users/update_or_create/";
    assert_eq!(ask(&sim, upsert, r#"{"custom_id":"crm-89","city":"Oslo"}"#).json()["created"], false);
    assert_eq!(ask(&sim, upsert, r#"{"custom_id":"crm-0"}"#).json()["created"], true);
    assert_eq!(sim.control().state().users.len(), before + 2);
    assert_eq!(field(&sim, "19678376", "city"), "Oslo");
    assert_eq!(kinds(&sim), [ViolationKind::CouldCreateUser; 3]);
}

#[test]
fn an_email_can_belong_to_two_users_and_the_search_shows_both() {
    let sim = start(Vendor::UserCom);
    assert_eq!(ask(&sim, PUT, r#"{"email":"amara.okafor@example.com"}"#).status, 200);
    let found = ask(&sim, "GET /api/public/users/search/?email=amara.okafor%40example.com&many=true", "");
    assert_eq!(found.json().as_array().map(Vec::len), Some(2));
    assert_eq!(ask(&sim, "GET /api/public/users/search/?email=x%40example.com", "").status, 404);
    let attributes = ask(&sim, "GET /api/public/attributes/", "").json();
    assert_eq!(attributes["results"][0]["name_std"], "birth_date");
    assert_eq!(kinds(&sim), []);
}
