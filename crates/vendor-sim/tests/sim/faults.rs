use std::io::{self, Read as _};
use std::time::{Duration, Instant};

use serde_json::{Value, json};
use vendor_sim::{Apply, Fault, FaultRule, RetryAfter, Simulator, Vendor};

use crate::client::{BOUND, JANE, ask, field, put_jane, read, start, write};

fn communal_with(fault: Fault) -> Simulator {
    let sim = start(Vendor::Communal);
    sim.control().add_fault(FaultRule::once(fault));
    sim
}

/// The outcome of a request that may get no answer.
fn try_jane(sim: &Simulator) -> io::Result<crate::client::Answer> {
    read(write(sim, "PUT /api/users/89", &crate::client::headers(Vendor::Communal), JANE)?)
}

fn last_name(sim: &Simulator) -> Value {
    field(sim, "89", "last_name")
}

#[test]
fn each_status_comes_in_the_vendors_form_without_applying_and_then_all_is_normal() {
    for status in [401, 403, 404, 409, 413, 422, 429, 500, 502, 503, 504] {
        let sim = communal_with(Fault::status(status));
        let answer = put_jane(&sim);
        assert_eq!(answer.status, status);
        assert!(answer.json()["message"].is_string());
        assert_eq!(last_name(&sim), "Doe");
        let exchange = &sim.control().history()[0];
        assert_eq!((exchange.status, exchange.is_applied(), exchange.fault), (Some(status), false, Some(1)));
        assert_eq!(put_jane(&sim).status, 200);
        assert_eq!(last_name(&sim), "Roe");
    }
}

#[test]
fn errors_have_the_shape_of_each_vendor() {
    for (vendor, line, key) in [
        (Vendor::Communifire, "POST /api/users/fields?AddUser=false", "Message"),
        (Vendor::UserCom, "PUT /api/public/users/19678376/", "detail"),
        (Vendor::Village, "PATCH /networks/sim-network/users/jane.doe@example.com", "message"),
    ] {
        let sim = start(vendor);
        sim.control().add_fault(FaultRule::always(Fault::status(500)));
        assert!(ask(&sim, line, "{}").json()[key].is_string(), "{vendor:?}");
    }
}

#[test]
fn a_403_can_be_a_page_and_a_422_can_name_a_field() {
    let page = put_jane(&communal_with(Fault::html(403)));
    assert_eq!(page.header("content-type"), Some("text/html; charset=utf-8"));
    let named = put_jane(&communal_with(Fault::field_error(422, "telephone"))).json();
    assert!(named["errors"]["telephone"].is_array());
}

#[test]
fn retry_after_comes_in_any_form_and_number() {
    assert_eq!(put_jane(&communal_with(Fault::status(429))).all("retry-after"), [""; 0]);
    let fault =
        Fault::status(429).retry_after(RetryAfter::Seconds(3)).retry_after(RetryAfter::Text("-5".to_owned()));
    assert_eq!(put_jane(&communal_with(fault)).all("retry-after"), ["3", "-5"]);
    let dated = put_jane(&communal_with(Fault::status(503).retry_after(RetryAfter::ImfFixdate(60))));
    assert!(dated.header("retry-after").is_some_and(|text| text.ends_with(" GMT") && text.contains(", ")));
    let asctime = put_jane(&communal_with(Fault::status(503).retry_after(RetryAfter::Asctime(60))));
    assert_eq!(asctime.header("retry-after").map(str::len), Some(24));
    let rfc850 = put_jane(&communal_with(Fault::status(503).retry_after(RetryAfter::Rfc850(60))));
    assert!(rfc850.header("retry-after").is_some_and(|text| text.contains("day, ")));
}

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
fn a_hanging_request_never_ends_until_the_caller_leaves() {
    let sim = communal_with(Fault::hang());
    let mut stream =
        write(&sim, "PUT /api/users/89", &crate::client::headers(Vendor::Communal), JANE).unwrap();
    assert!(sim.control().wait_for_requests(1, BOUND));
    stream.set_read_timeout(Some(Duration::from_millis(100))).unwrap();
    let error = stream.read(&mut [0]).expect_err("no byte comes");
    assert!(matches!(error.kind(), io::ErrorKind::WouldBlock | io::ErrorKind::TimedOut));
    assert_eq!(sim.control().history()[0].ended_us, None);
    drop(stream);
    assert!(sim.control().wait_until(BOUND, |core| core.history_after(0)[0].ended_us.is_some()));
    assert_eq!(sim.control().history()[0].status, None);
}

#[test]
fn stopping_releases_a_hanging_request() {
    let sim = communal_with(Fault::hang());
    let stream = write(&sim, "PUT /api/users/89", &crate::client::headers(Vendor::Communal), JANE).unwrap();
    assert!(sim.control().wait_for_requests(1, BOUND));
    sim.stop();
    assert!(read(stream).is_err(), "the connection ends without an answer");
}

#[test]
fn a_connection_closes_without_a_byte_before_or_after_applying() {
    for (fault, name) in [(Fault::close_before_applying(), "Doe"), (Fault::close_after_applying(), "Roe")] {
        let sim = communal_with(fault);
        let error = try_jane(&sim).err().expect("no answer");
        assert_eq!(error.kind(), io::ErrorKind::UnexpectedEof, "an orderly end without a byte");
        assert_eq!(last_name(&sim), name);
        assert_eq!(sim.control().history()[0].status, None);
    }
}

#[test]
fn a_reset_is_seen_as_a_reset() {
    let sim = communal_with(Fault::reset());
    let error = try_jane(&sim).err().expect("no answer");
    assert_eq!(error.kind(), io::ErrorKind::ConnectionReset);
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
    let stream = write(&sim, "PUT /api/users/89", &crate::client::headers(Vendor::Communal), JANE).unwrap();
    assert!(sim.control().wait_for_applications(1, BOUND));
    assert_eq!(read(stream).unwrap().status, 200);
    assert!(started.elapsed() >= Duration::from_millis(150));
}

#[test]
fn latency_applies_the_change_even_when_the_caller_has_left() {
    let sim = communal_with(Fault::latency(60));
    let stream = write(&sim, "PUT /api/users/89", &crate::client::headers(Vendor::Communal), JANE).unwrap();
    assert!(sim.control().wait_for_requests(1, BOUND));
    drop(stream);
    assert!(sim.control().wait_for_applications(1, BOUND));
    assert_eq!(last_name(&sim), "Roe");
}

#[test]
fn half_a_body_ends_before_its_content_length() {
    let answer = try_jane(&communal_with(Fault::half_body())).expect("a head and half a body");
    assert_eq!(answer.status, 200);
    assert!(!answer.is_complete() && !answer.body.is_empty());
}

#[test]
fn a_slow_body_comes_byte_by_byte_and_is_whole() {
    let sim = start(Vendor::Communal);
    let fault = Fault::respond(200, &[("content-type", "application/json")], "0123456789");
    let slow = Fault { answer: Fault::slow_body(2).answer, ..Fault::default() };
    sim.control().add_plan(Some("89"), [None, Some(slow), Some(fault)]);
    assert_eq!(put_jane(&sim).status, 200);
    let started = Instant::now();
    let answer = ask(&sim, "GET /api/users/89", "");
    assert!(answer.is_complete() && answer.json()["id"] == "89");
    assert!(started.elapsed() >= Duration::from_millis(2 * 50), "{} bytes", answer.body.len());
    assert_eq!(put_jane(&sim).body, b"0123456789");
}

#[test]
fn a_huge_body_has_its_size_and_is_still_json() {
    let answer = put_jane(&communal_with(Fault::huge_body(3_000_000)));
    assert_eq!(answer.body.len(), 3_000_000);
    assert!(answer.is_complete() && answer.json()["id"] == 89);
}

#[test]
fn an_endless_body_gives_its_first_chunk_and_then_nothing() {
    let sim = communal_with(Fault::endless_body());
    let mut stream =
        write(&sim, "PUT /api/users/89", &crate::client::headers(Vendor::Communal), JANE).unwrap();
    let (mut text, mut piece) = (String::new(), [0; 4_096]);
    while !text.contains("readable_membership_start_date") {
        let count = stream.read(&mut piece).expect("the first chunk comes");
        assert_ne!(count, 0, "it does not end");
        text.push_str(std::str::from_utf8(&piece[..count]).unwrap());
    }
    assert!(text.contains("transfer-encoding: chunked"));
    stream.set_read_timeout(Some(Duration::from_millis(100))).unwrap();
    while let Ok(count) = stream.read(&mut piece) {
        assert!(
            count > 0 && !piece[..count].windows(5).any(|five| five == b"0\r\n\r\n"),
            "there is no last chunk"
        );
    }
}

#[test]
fn odd_200s_are_possible() {
    let html = put_jane(&communal_with(Fault::html(200)));
    assert!(html.body.starts_with(b"<!doctype html>"));
    let empty = put_jane(&communal_with(Fault::empty_200()));
    assert_eq!((empty.status, empty.body.len()), (200, 0));
    let none = put_jane(&communal_with(Fault::no_content()));
    assert_eq!((none.status, none.header("content-length")), (204, None));
    let bom =
        put_jane(&communal_with(Fault::respond(200, &[("x-odd", "1")], [0xef, 0xbb, 0xbf, b'{', b'}'])));
    assert_eq!((bom.body.as_slice(), bom.header("x-odd")), (&[0xef, 0xbb, 0xbf, b'{', b'}'][..], Some("1")));
}

#[test]
fn an_error_envelope_has_the_message_that_was_asked_for() {
    let sim = start(Vendor::Communifire);
    sim.control().add_fault(FaultRule::always(Fault::is_error("Maintenance")));
    let answer = ask(&sim, "POST /api/users/fields?AddUser=false", r#""{\"UserID\":\"12\"}""#);
    assert_eq!(
        answer.json(),
        json!({ "IsError": true, "ResponseMessage": "Maintenance", "ResponseData": null })
    );
}

#[test]
fn a_wrong_subject_is_answered_though_the_right_one_was_changed() {
    let sim = communal_with(Fault::wrong_subject("90"));
    assert_eq!(put_jane(&sim).json()["id"], 90);
    assert_eq!(last_name(&sim), "Roe");
    let sim = start(Vendor::Communifire);
    sim.control().add_fault(FaultRule::always(Fault::wrong_subject("13")));
    let answer = ask(&sim, "POST /api/users/fields?AddUser=false", r#""{\"UserID\":\"12\"}""#);
    assert_eq!(answer.json()["ResponseData"], 13);
}

#[test]
fn redirects_of_every_kind_carry_their_location() {
    for status in [301, 302, 303, 307, 308] {
        let answer = put_jane(&communal_with(Fault::redirect(status, "http://127.0.0.1:9/elsewhere")));
        assert_eq!(
            (answer.status, answer.header("location")),
            (status, Some("http://127.0.0.1:9/elsewhere"))
        );
    }
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

#[test]
fn a_fault_for_one_subject_leaves_the_others_alone() {
    let sim = start(Vendor::Communal);
    sim.control().add_fault(FaultRule::always(Fault::status(500)).for_subject("89"));
    let other = r#"{"first_name":"Amara","last_name":"Okafor","email":"amara.okafor@example.com"}"#;
    assert_eq!(put_jane(&sim).status, 500);
    assert_eq!(ask(&sim, "PUT /api/users/90", other).status, 200);
    assert_eq!(put_jane(&sim).status, 500);
    let active = &sim.control().faults()[0];
    assert_eq!((active.seen, active.fired), (2, 2));
    sim.control().remove_faults(Some(active.id));
    assert_eq!(put_jane(&sim).status, 200);
}

#[test]
fn a_plan_gives_each_request_its_step() {
    let sim = start(Vendor::Communal);
    sim.control().add_plan(Some("89"), [Some(Fault::status(500)), None, Some(Fault::status(429))]);
    let statuses: Vec<_> = (0..4).map(|_| put_jane(&sim).status).collect();
    assert_eq!(statuses, [500, 200, 429, 200]);
}
