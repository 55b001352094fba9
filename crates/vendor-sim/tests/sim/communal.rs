use serde_json::{Value, json};
use vendor_sim::{KeyRole, OmittedKeys, UnknownSubjects, Vendor, ViolationKind};

use crate::client::{JANE, ask, field, headers, kinds, put_jane, send, start, start_with};

const ADDRESS: &str = r#"{"first_name":"Jane","last_name":"Doe","email":"jane.doe@example.com",
    "profile_address":"123 Main Street","profile_address_line_2":"Suite 200","profile_city":"Toronto",
    "profile_state":"ON","profile_zip":"M5V 2T6","profile_country":"CA"}"#;

#[test]
fn the_documented_examples_are_applied_and_answered_with_the_full_record() {
    let sim = start(Vendor::Communal);
    let first = ask(
        &sim,
        "PUT /api/users/89",
        r#"{"first_name":"Jane","last_name":"Doe","email":"jane.doe@example.com","preferred_name":"Janey","telephone":"416-555-1234"}"#,
    );
    assert_eq!(first.status, 200);
    assert_eq!(first.json()["id"], 89);
    assert_eq!(first.json()["preferred_name"], "Janey");
    assert_eq!(first.json().as_object().map(serde_json::Map::len), Some(49), "every declared key is present");
    let second = ask(&sim, "PUT /api/users/89", ADDRESS);
    assert_eq!(second.json()["profile_zip"], "M5V 2T6");
    assert_eq!(second.json()["telephone"], "416-555-1234", "omitted fields stay");
    assert_eq!(kinds(&sim), []);
}

#[test]
fn null_clears_and_the_name_follows_first_and_last() {
    let sim = start(Vendor::Communal);
    ask(&sim, "PUT /api/users/89", ADDRESS);
    let body =
        r#"{"first_name":"Jane","last_name":"Roe","email":"jane.doe@example.com","profile_city":null}"#;
    let answer = ask(&sim, "PUT /api/users/89", body).json();
    assert_eq!(answer["profile_city"], Value::Null);
    assert_eq!(answer["profile_state"], "ON");
    assert_eq!(answer["name"], "Jane Roe");
}

#[test]
fn the_other_reading_clears_what_is_omitted() {
    let sim = start_with(Vendor::Communal, |knobs| knobs.communal.omitted = OmittedKeys::Cleared);
    ask(&sim, "PUT /api/users/89", ADDRESS);
    let answer = put_jane(&sim).json();
    assert_eq!(answer["profile_state"], Value::Null);
    assert_eq!(answer["created_at"], "2026-02-01T18:24:00.000000Z", "only writable fields are cleared");
}

#[test]
fn an_unknown_version_is_refused_before_the_key_is_looked_at() {
    let sim = start(Vendor::Communal);
    let answer = send(&sim, "PUT /api/users/89", &[("X-Api-Version", "2020-01-01")], JANE);
    assert_eq!(answer.status, 400);
    assert_eq!(answer.json()["message"], "Unsupported API version.");
    assert_eq!(answer.json()["supported_versions"][0], "2026-02-01");
}

#[test]
fn the_version_and_its_source_are_answered_and_a_deprecated_one_has_a_sunset() {
    let sim = start_with(Vendor::Communal, |knobs| {
        knobs.communal.deprecated_versions.push("2026-02-01".to_owned());
    });
    let plain = put_jane(&sim);
    assert_eq!(plain.header("x-api-version-source"), Some("default"));
    assert_eq!(plain.header("sunset"), None);
    let mut pinned = headers(Vendor::Communal);
    pinned.push(("Api-Version", "2026-02-01"));
    let pinned = send(&sim, "PUT /api/users/89", &pinned, JANE);
    assert_eq!(pinned.header("x-api-version"), Some("2026-02-01"));
    assert_eq!(pinned.header("x-api-version-source"), Some("header"));
    assert!(pinned.header("sunset").is_some() && pinned.header("x-api-version-warning").is_some());
}

#[test]
fn a_wrong_key_is_401_even_for_an_unknown_user_with_bad_fields() {
    let sim = start(Vendor::Communal);
    let wrong = [
        ("Authorization", "Bearer nope"),
        ("Accept", "application/json"),
        ("Content-Type", "application/json"),
    ];
    let answer = send(&sim, "PUT /api/users/999", &wrong, "{}");
    assert_eq!((answer.status, answer.json()), (401, json!({ "message": "Unauthenticated." })));
    let expected =
        [ViolationKind::WrongCredential, ViolationKind::UnknownSubject, ViolationKind::MissingRequiredField];
    assert_eq!(kinds(&sim), expected);
}

#[test]
fn a_member_key_may_only_change_its_own_record_and_learns_nothing_about_others() {
    let sim = start_with(Vendor::Communal, |knobs| knobs.communal.key_role = KeyRole::Member(90));
    assert_eq!(put_jane(&sim).status, 403);
    assert_eq!(ask(&sim, "PUT /api/users/999", JANE).status, 403);
    let own = r#"{"first_name":"Amara","last_name":"Okafor","email":"amara.okafor@example.com"}"#;
    assert_eq!(ask(&sim, "PUT /api/users/90", own).status, 200);
}

#[test]
fn an_unknown_user_is_404_before_validation_and_a_violation_unless_allowed() {
    let sim = start(Vendor::Communal);
    assert_eq!(ask(&sim, "PUT /api/users/999", r#"{"email":"x"}"#).status, 404);
    assert!(kinds(&sim).contains(&ViolationKind::UnknownSubject));
    let lenient = start_with(Vendor::Communal, |knobs| knobs.unknown_subjects = UnknownSubjects::Allowed);
    assert_eq!(ask(&lenient, "PUT /api/users/999", JANE).status, 404);
    assert_eq!(kinds(&lenient), []);
}

#[test]
fn all_bad_fields_are_reported_together_and_nothing_is_stored() {
    let sim = start(Vendor::Communal);
    let long = "x".repeat(256);
    let body = format!(
        r#"{{"first_name":"{long}","email":"AMARA.okafor@example.com","profile_country":"Canada","date_of_birth":"soon","telephone":5}}"#
    );
    let answer = ask(&sim, "PUT /api/users/89", &body);
    assert_eq!(answer.status, 422);
    let answer = answer.json();
    assert_eq!(answer["errors"]["email"], json!(["The email has already been taken."]));
    assert_eq!(answer["errors"]["last_name"], json!(["The last name field is required."]));
    let fields: Vec<_> =
        answer["errors"].as_object().into_iter().flatten().map(|(key, _)| key.as_str()).collect();
    assert_eq!(fields, ["date_of_birth", "email", "first_name", "last_name", "profile_country", "telephone"]);
    assert!(answer["message"].as_str().is_some_and(|text| text.ends_with("(and 5 more errors)")));
    assert_eq!(field(&sim, "89", "first_name"), "Jane");
    assert_eq!(kinds(&sim), [ViolationKind::MissingRequiredField]);
    assert!(!sim.control().history()[0].is_applied());
}

#[test]
fn an_email_is_free_again_after_its_owner_has_changed_it() {
    let sim = start(Vendor::Communal);
    let taken = r#"{"first_name":"A","last_name":"O","email":"jane.doe@example.com"}"#;
    assert_eq!(ask(&sim, "PUT /api/users/90", taken).status, 422);
    ask(&sim, "PUT /api/users/89", r#"{"first_name":"Jane","last_name":"Doe","email":"jd@example.com"}"#);
    assert_eq!(ask(&sim, "PUT /api/users/90", taken).status, 200);
}

#[test]
fn a_required_field_of_spaces_counts_as_missing() {
    let sim = start(Vendor::Communal);
    let answer =
        ask(&sim, "PUT /api/users/89", r#"{"first_name":"  ","last_name":"D","email":"j@example.com"}"#);
    assert_eq!(answer.json()["message"], "The first name field is required.");
    assert_eq!(kinds(&sim), [ViolationKind::MissingRequiredField]);
}

#[test]
fn reading_a_user_gives_text_as_id_and_no_address() {
    let sim = start(Vendor::Communal);
    let answer = ask(&sim, "GET /api/users/89", "");
    assert_eq!(answer.json()["id"], "89");
    assert!(answer.json().get("profile_city").is_none());
    assert_eq!(kinds(&sim), []);
}

#[test]
fn other_paths_methods_and_key_forms_are_violations() {
    let sim = start(Vendor::Communal);
    assert_eq!(ask(&sim, "GET /api/members", "").status, 404);
    assert_eq!(ask(&sim, "DELETE /api/users/89", "").status, 405);
    let form =
        [("Content-Type", "application/json"), ("Accept", "application/json"), ("Authorization", "Token x")];
    assert_eq!(send(&sim, "PUT /api/users/89", &form, JANE).status, 401);
    assert_eq!(send(&sim, "PUT /api/users/89?token=sim-communal-key", &form[..2], JANE).status, 401);
    let expected = [
        ViolationKind::UnknownPath,
        ViolationKind::UnknownMethod,
        ViolationKind::WrongAuthForm,
        ViolationKind::WrongAuthForm,
    ];
    assert_eq!(kinds(&sim), expected);
    assert!(sim.control().history().iter().all(|exchange| !exchange.target.contains("sim-communal-key")));
}

#[test]
fn the_lines_of_a_warning_are_in_every_answer() {
    let sim = start_with(Vendor::Communal, |knobs| {
        knobs.warnings.push(("Sunset".to_owned(), "Fri, 31 Dec 2027 00:00:00 GMT".to_owned()));
    });
    let unknown = send(&sim, "PUT /api/users/99999", &headers(Vendor::Communal), JANE);
    for (answer, status) in [(put_jane(&sim), 200), (unknown, 404)] {
        assert_eq!((answer.status, answer.header("sunset")), (status, Some("Fri, 31 Dec 2027 00:00:00 GMT")));
    }
}
