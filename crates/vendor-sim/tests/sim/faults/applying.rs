//! What is applied, and when, whatever the answer says.

use super::*;

#[test]
fn a_504_can_hide_an_applied_change() {
    let sim = communal_with(Fault::status(504).applying(Apply::Once));
    assert_eq!(put_jane(&sim).status, 504);
    assert_eq!(last_name(&sim), "Roe");
    assert!(sim.control().history()[0].is_applied());
}

#[test]
fn a_normal_answer_can_be_a_lie() {
    let sim = communal_with(Fault::default().applying(Apply::Never));
    assert_eq!(put_jane(&sim).json()["last_name"], "Roe");
    assert_eq!(last_name(&sim), "Doe");
}

#[test]
fn a_change_can_be_applied_long_after_the_connection_was_closed() {
    let sim = communal_with(Fault::close_then_apply_later(1_500));
    assert!(try_jane(&sim).is_err());
    let retried = ask(&sim, "PUT /api/users/89", &JANE.replace("Roe", "Later"));
    assert_eq!(retried.status, 200);
    assert!(sim.control().wait_for_applications(2, BOUND));
    assert_eq!(last_name(&sim), "Roe", "the old request wins");
    let history = sim.control().history();
    assert_eq!((history[0].applied[0].order, history[1].applied[0].order), (2, 1));
}

#[test]
fn an_answer_can_come_after_the_application() {
    let sim = communal_with(Fault::answer_after(150));
    let started = Instant::now();
    let stream = write_jane(&sim).unwrap();
    assert!(sim.control().wait_for_applications(1, BOUND));
    assert_eq!(read(stream).unwrap().status, 200);
    assert!(started.elapsed() >= Duration::from_millis(150));
}

#[test]
fn latency_applies_the_change_even_when_the_caller_has_left() {
    let sim = communal_with(Fault::latency(60));
    let stream = write_jane(&sim).unwrap();
    assert!(sim.control().wait_for_requests(1, BOUND));
    drop(stream);
    assert!(sim.control().wait_for_applications(1, BOUND));
    assert_eq!(last_name(&sim), "Roe");
}

#[test]
fn an_application_can_happen_twice() {
    let sim = communal_with(Fault::applied_twice());
    assert_eq!(put_jane(&sim).status, 200);
    assert_eq!(sim.control().history()[0].applied.len(), 2);
    let sim = start(Vendor::Communifire);
    let before = sim.control().state().users.len();
    sim.control().add_fault(FaultRule::always(Fault::applied_twice()));
    ask(&sim, "POST /api/users/fields?AddUser=true", r#""{\"City\":\"Oslo\",\"UserID\":\"4711\"}""#);
    assert_eq!(sim.control().state().users.len(), before + 2, "creating is not repeatable");
}

#[test]
fn names_can_be_cut_silently_in_either_encoding() {
    let long = "n".repeat(60);
    let sim = communal_with(Fault::truncated_names());
    let answer = ask(&sim, "PUT /api/users/89", &JANE.replace("Roe", &long));
    assert_eq!((answer.status, answer.json()["last_name"].as_str()), (200, Some(&long[..40])));
    let sim = start(Vendor::Communifire);
    sim.control().add_fault(FaultRule::always(Fault::truncated_names()));
    let inner = json!({ "UserID": "12", "First name": long }).to_string();
    ask(&sim, "POST /api/users/fields?AddUser=false", &Value::String(inner).to_string());
    assert_eq!(field(&sim, "12", "First name"), long[..40]);
}
