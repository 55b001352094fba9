use serde_json::{Value, json};
use vendor_sim::{AuthMode, BodyMode, Envelope, Simulator, UnknownKey, Vendor, ViolationKind};

use crate::client::{Answer, ask, field, kinds, send, start, start_with};

const UPDATE: &str = "POST /api/users/fields?AddUser=false";

/// The body as a JSON string that holds the object.
fn post(sim: &Simulator, line: &str, body: &Value) -> Answer {
    ask(sim, line, &Value::String(body.to_string()).to_string())
}

fn is_error(answer: &Answer) -> bool {
    assert_eq!(answer.status, 200, "logical failures are 200");
    answer.json()["IsError"] == true
}

#[test]
fn the_documented_example_is_applied_and_answered_with_the_user_id() {
    let sim = start(Vendor::Communifire);
    let body = r#""{\"UserID\":\"12\",\"Company\":\"Axero Solutions\",\"Phone\":\"5625551234\",\"Share my profile\":\"false\"}""#;
    let answer = ask(&sim, UPDATE, body);
    assert_eq!(answer.json(), json!({ "IsError": false, "ResponseMessage": "", "ResponseData": 12 }));
    assert_eq!(field(&sim, "12", "Company"), "Axero Solutions");
    assert_eq!(field(&sim, "12", "Share my profile"), "false");
    assert_eq!(kinds(&sim), []);
}

#[test]
fn the_body_mode_decides_between_string_and_object() {
    let object = r#"{"UserID":"12","Company":"C"}"#;
    let text = Value::String(object.to_owned()).to_string();
    for (mode, accepts_text, accepts_object) in [
        (BodyMode::StrictString, true, false),
        (BodyMode::StrictObject, false, true),
        (BodyMode::Lenient, true, true),
    ] {
        let sim = start_with(Vendor::Communifire, |knobs| knobs.communifire.body = mode);
        assert_eq!(!is_error(&ask(&sim, UPDATE, &text)), accepts_text, "{mode:?}");
        assert_eq!(!is_error(&ask(&sim, UPDATE, object)), accepts_object, "{mode:?}");
        assert_eq!(kinds(&sim).contains(&ViolationKind::MalformedBody), mode != BodyMode::Lenient);
    }
}

#[test]
fn without_add_user_an_unknown_address_creates_a_user_and_is_recorded() {
    let sim = start(Vendor::Communifire);
    let before = sim.control().state().users.len();
    let answer =
        post(&sim, "POST /api/users/fields", &json!({ "Email": "typo@example.com", "Company": "C" }));
    let id = answer.json()["ResponseData"].to_string();
    assert_eq!(sim.control().state().users.len(), before + 1);
    assert_eq!(field(&sim, &id, "Email"), "typo@example.com");
    assert_eq!(kinds(&sim), [ViolationKind::CouldCreateUser, ViolationKind::UnknownSubject]);
}

#[test]
fn a_blank_add_user_updates_whom_it_finds_and_is_still_recorded() {
    let sim = start(Vendor::Communifire);
    let before = sim.control().state().users.len();
    let answer =
        post(&sim, "POST /api/users/fields?AddUser=", &json!({ "Username": "jane.doe", "City": "Oslo" }));
    assert_eq!(answer.json()["ResponseData"], 12);
    assert_eq!(sim.control().state().users.len(), before);
    assert_eq!(kinds(&sim), [ViolationKind::CouldCreateUser]);
}

/// "UserID OR Email OR Username": alone, an address names the person; beside an id, it is data.
#[test]
fn an_address_names_a_user_where_nothing_else_does() {
    let sim = start(Vendor::Communifire);
    let answer = post(&sim, UPDATE, &json!({ "Email": "Jane.Doe@example.com", "City": "Oslo" }));
    assert_eq!(answer.json()["ResponseData"], 12);
    assert_eq!(
        (field(&sim, "12", "City"), field(&sim, "12", "Email")),
        ("Oslo".into(), "jane.doe@example.com".into())
    );
    assert_eq!(kinds(&sim), []);
    assert!(is_error(&post(&sim, UPDATE, &json!({ "Email": "nobody@example.com", "City": "Oslo" }))));
}

#[test]
fn add_user_true_creates_and_never_updates() {
    let sim = start(Vendor::Communifire);
    let line = "POST /api/users/fields?AddUser=true";
    assert!(is_error(&post(&sim, line, &json!({ "UserID": "12", "City": "Oslo" }))));
    assert!(!is_error(&post(&sim, line, &json!({ "Email": "new@example.com" }))));
    assert_eq!(kinds(&sim), [ViolationKind::CouldCreateUser; 2]);
}

#[test]
fn with_add_user_false_an_unknown_user_is_an_error_and_nobody_is_created() {
    let sim = start(Vendor::Communifire);
    let before = sim.control().state().users;
    let answer = post(&sim, UPDATE, &json!({ "UserID": "999", "City": "Oslo" }));
    assert!(is_error(&answer));
    assert_eq!(answer.json()["ResponseMessage"], "User not found.");
    assert_eq!(sim.control().state().users, before);
    assert_eq!(kinds(&sim), [ViolationKind::UnknownSubject]);
}

#[test]
fn the_key_is_read_as_the_mode_says() {
    let key = ("Rest-Api-Key", "sim-communifire-key");
    let bearer = ("Authorization", "Bearer sim-communifire-key");
    let json = ("Content-Type", "application/json");
    let body = r#""{\"UserID\":\"12\",\"City\":\"Oslo\"}""#;
    for (mode, by_key, by_bearer) in
        [(AuthMode::RestApiKey, 200, 401), (AuthMode::Bearer, 401, 200), (AuthMode::Either, 200, 200)]
    {
        let sim = start_with(Vendor::Communifire, |knobs| knobs.communifire.auth = mode);
        assert_eq!(send(&sim, UPDATE, &[json, key], body).status, by_key, "{mode:?}");
        assert_eq!(send(&sim, UPDATE, &[json, bearer], body).status, by_bearer, "{mode:?}");
        assert_eq!(kinds(&sim).contains(&ViolationKind::WrongAuthForm), mode != AuthMode::Either);
        assert_eq!(
            send(&sim, UPDATE, &[json, ("Rest-Api-Key", "x"), ("Authorization", "Bearer x")], body).status,
            401
        );
        assert!(kinds(&sim).contains(&ViolationKind::WrongCredential));
    }
}

#[test]
fn a_key_in_the_query_works_and_is_a_violation_and_is_masked() {
    let sim = start(Vendor::Communifire);
    let line = "POST /api/users/fields?AddUser=false&token=sim-communifire-key";
    let body = r#""{\"UserID\":\"12\",\"City\":\"Oslo\"}""#;
    assert_eq!(send(&sim, line, &[("Content-Type", "application/json")], body).status, 200);
    assert_eq!(field(&sim, "12", "City"), "Oslo");
    assert_eq!(kinds(&sim), [ViolationKind::WrongAuthForm]);
    assert_eq!(sim.control().history()[0].target, "/api/users/fields?AddUser=false&token=<masked>");
}

#[test]
fn labels_are_case_sensitive_and_unknown_ones_vanish_or_fail() {
    let sim = start(Vendor::Communifire);
    let body = json!({ "UserID": "12", "company": "lost", "City": "Oslo" });
    assert!(!is_error(&post(&sim, UPDATE, &body)));
    assert_eq!(field(&sim, "12", "company"), Value::Null);
    assert_eq!(field(&sim, "12", "City"), "Oslo");
    sim.control().set_knobs(|knobs| knobs.communifire.unknown_label = UnknownKey::Refuse);
    assert!(is_error(&post(&sim, UPDATE, &json!({ "UserID": "12", "company": "lost", "City": "Rome" }))));
    assert_eq!(field(&sim, "12", "City"), "Oslo", "a refused request changes nothing");
}

#[test]
fn read_only_labels_managers_time_zones_and_duplicates_are_checked() {
    let sim = start_with(Vendor::Communifire, |knobs| {
        knobs.communifire.read_only_labels = vec!["Company".to_owned()];
        knobs.communifire.time_zone_ids = vec!["Central European Time".to_owned()];
    });
    for (label, bad) in [
        ("Company", "C"),
        ("Reports to", "nobody"),
        ("Time zone", "Europe/Oslo"),
        ("Email", "amara.okafor@example.com"),
        ("Email", "no address"),
    ] {
        assert!(is_error(&post(&sim, UPDATE, &json!({ "UserID": "12", label: bad }))), "{label}");
    }
    let good = json!({ "UserID": "12", "Reports to": "amara.okafor", "Time zone": "Central European Time" });
    assert!(!is_error(&post(&sim, UPDATE, &good)));
}

#[test]
fn a_missing_or_doubled_selector_is_a_violation_but_an_email_beside_the_id_is_data() {
    let sim = start(Vendor::Communifire);
    assert!(is_error(&post(&sim, UPDATE, &json!({ "City": "Oslo" }))));
    assert!(!is_error(&post(&sim, UPDATE, &json!({ "UserID": "12", "Username": "jane" }))));
    assert_eq!(kinds(&sim), [ViolationKind::MissingRequiredField; 2]);
    assert!(!is_error(&post(&sim, UPDATE, &json!({ "UserID": "12", "Email": "jd@example.com" }))));
    assert_eq!(field(&sim, "12", "Email"), "jd@example.com");
    assert_eq!(kinds(&sim).len(), 2);
}

#[test]
fn the_answer_can_come_as_a_json_string() {
    let sim = start_with(Vendor::Communifire, |knobs| knobs.communifire.envelope = Envelope::JsonString);
    let answer = post(&sim, UPDATE, &json!({ "UserID": "12", "City": "Oslo" })).json();
    let inner: Value = serde_json::from_str(answer.as_str().expect("a string")).expect("JSON inside");
    assert_eq!(inner["ResponseData"], 12);
}

#[test]
fn other_paths_and_methods_are_violations() {
    let sim = start(Vendor::Communifire);
    assert_eq!(ask(&sim, "POST /api/users", "").status, 404);
    assert_eq!(ask(&sim, "PUT /api/users/fields?AddUser=false", "").status, 405);
    assert_eq!(kinds(&sim), [ViolationKind::UnknownPath, ViolationKind::UnknownMethod]);
}
