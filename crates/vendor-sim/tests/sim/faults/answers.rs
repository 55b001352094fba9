//! Answers that are not what they should be.

use super::*;

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
