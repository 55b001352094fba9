use serde_json::{Value, json};
use vendor_sim::{EmailCase, Vendor, VillageAnswer, ViolationKind};

use crate::client::{BOUND, ask, field, headers, kinds, send, start, start_with};

const JANE: &str = "jane.doe@example.com";
const PATCH: &str = "PATCH /networks/sim-network/users/jane.doe@example.com";
const BODY: &str = r#"{"first_name":"Janet","last_name":"Roe","phone_number":"+15555555555"}"#;

#[test]
fn the_documented_three_fields_are_stored_and_echoed() {
    let sim = start(Vendor::Village);
    let answer = ask(&sim, PATCH, BODY);
    assert_eq!(answer.status, 200);
    let expected =
        json!({ "email": JANE, "first_name": "Janet", "last_name": "Roe", "phone_number": "+15555555555" });
    assert_eq!(answer.json(), expected);
    assert_eq!(kinds(&sim), []);
}

#[test]
fn the_email_in_the_path_is_percent_decoded_and_a_plus_stays_a_plus() {
    let sim = start(Vendor::Village);
    for path in ["niamh%2Bnews%40example.com", "niamh+news@example.com"] {
        let answer = ask(&sim, &format!("PATCH /networks/sim-network/users/{path}"), BODY);
        assert_eq!(answer.json()["email"], "niamh+news@example.com");
    }
    assert_eq!(sim.control().history()[0].target, "/networks/sim-network/users/niamh%2Bnews%40example.com");
    assert_eq!(ask(&sim, "PATCH /networks/sim-network/users/a%zz", BODY).status, 400);
}

#[test]
fn case_matters_unless_the_knob_says_otherwise() {
    let sim = start(Vendor::Village);
    let upper = "PATCH /networks/sim-network/users/Jane.Doe@example.com";
    assert_eq!(ask(&sim, upper, BODY).status, 404);
    assert_eq!(kinds(&sim), [ViolationKind::UnknownSubject]);
    sim.control().set_knobs(|knobs| knobs.village.email_case = EmailCase::Insensitive);
    assert_eq!(ask(&sim, upper, BODY).status, 200);
    assert_eq!(field(&sim, JANE, "first_name"), "Janet");
}

#[test]
fn a_phone_that_is_not_e164_and_a_cleared_field_are_refused() {
    let sim = start(Vendor::Village);
    for bad in [
        r#"{"phone_number":"555 1234"}"#,
        r#"{"phone_number":"+1 555 555 5555"}"#,
        r#"{"phone_number":"+0155555555"}"#,
        r#"{"phone_number":"+1234567890123456"}"#,
        r#"{"phone_number":null}"#,
        r#"{"first_name":null}"#,
        "[]",
    ] {
        assert_eq!(ask(&sim, PATCH, bad).status, 400, "{bad}");
    }
    assert_eq!(field(&sim, JANE, "phone_number"), "+14165551234");
    assert_eq!(kinds(&sim), [ViolationKind::MalformedBody]);
}

#[test]
fn other_keys_are_dropped_and_recorded() {
    let sim = start(Vendor::Village);
    assert_eq!(ask(&sim, PATCH, r#"{"first_name":"J","email":"other@example.com"}"#).status, 200);
    assert_eq!(field(&sim, JANE, "email"), JANE);
    assert_eq!(kinds(&sim), [ViolationKind::UnexpectedField]);
}

#[test]
fn a_queued_change_is_applied_after_further_requests() {
    let sim = start_with(Vendor::Village, |knobs| knobs.village.answer = VillageAnswer::Queued(2));
    assert_eq!(ask(&sim, PATCH, BODY).status, 201);
    assert!(!sim.control().history()[0].is_applied());
    let other = "PATCH /networks/sim-network/users/amara.okafor@example.com";
    ask(&sim, other, r#"{"first_name":"A"}"#);
    assert_eq!(field(&sim, JANE, "first_name"), "Jane");
    ask(&sim, other, r#"{"first_name":"B"}"#);
    assert_eq!(field(&sim, JANE, "first_name"), "Janet");
    assert!(sim.control().history()[0].is_applied());
    assert_eq!(sim.control().state().queued, 2);
}

#[test]
fn a_tick_applies_everything_that_is_queued() {
    let sim = start_with(Vendor::Village, |knobs| knobs.village.answer = VillageAnswer::Queued(u32::MAX));
    ask(&sim, PATCH, r#"{"first_name":"First"}"#);
    ask(&sim, PATCH, r#"{"first_name":"Second"}"#);
    assert_eq!(field(&sim, JANE, "first_name"), "Jane");
    assert_eq!(ask(&sim, "POST /_sim/tick", "").json(), json!({ "applied": 2 }));
    assert_eq!(field(&sim, JANE, "first_name"), "Second");
    assert!(sim.control().wait_for_applications(2, BOUND));
}

#[test]
fn the_answer_can_be_204() {
    let sim = start_with(Vendor::Village, |knobs| knobs.village.answer = VillageAnswer::NoContent);
    let answer = ask(&sim, PATCH, BODY);
    assert_eq!((answer.status, answer.body.len()), (204, 0));
    assert_eq!(field(&sim, JANE, "last_name"), "Roe");
}

#[test]
fn another_network_a_wrong_key_and_other_calls_are_refused_and_recorded() {
    let sim = start(Vendor::Village);
    assert_eq!(ask(&sim, "PATCH /networks/other/users/jane.doe@example.com", BODY).status, 404);
    let mut wrong = headers(Vendor::Village);
    wrong[2] = ("Authorization", "Bearer nope");
    assert_eq!(send(&sim, PATCH, &wrong, BODY).status, 401);
    assert_eq!(ask(&sim, "GET /networks/sim-network/users/jane.doe@example.com", "").status, 405);
    ask(
        &sim,
        "POST /networks/sim-network/user_status",
        r#"{"user":"x@example.com","status_change":"create_user"}"#,
    );
    assert_eq!(ask(&sim, "PATCH /networks/sim-network", BODY).status, 404);
    let expected = [
        ViolationKind::UnknownSubject,
        ViolationKind::WrongCredential,
        ViolationKind::UnknownMethod,
        ViolationKind::CouldCreateUser,
        ViolationKind::UnknownPath,
    ];
    assert_eq!(kinds(&sim), expected);
    assert_eq!(field(&sim, JANE, "first_name"), Value::from("Jane"));
}
