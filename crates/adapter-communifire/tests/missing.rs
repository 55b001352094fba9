//! What a refusal proves that says that somebody, or something, is not there.

use adapter::{
    Adapter as _, ErrorKind, ReadQuery, Reader as _, Subject, Update, VendorError, VendorResponse, Whom,
    WireField, WireValue,
};
use adapter_communifire::{Adapter, BodyEncoding, DIALECT, Options};
use canonical::Leaf;
use serde_json::json;

fn answer(status: u16, body: &str) -> VendorResponse {
    VendorResponse { status, body: body.as_bytes().to_vec(), ..VendorResponse::default() }
}

/// What a message means about a request by user name that carries these fields.
fn refused(encoding: BodyEncoding, fields: &[(&str, &str)], message: &str) -> VendorError {
    let adapter = Adapter::new(Options { body_encoding: encoding, ..Options::default() });
    let subject = Subject::parse(DIALECT.subject("username").expect("a kind"), "jroe").expect("a subject");
    let field = |(to, text): &(&str, &str)| WireField {
        leaf: Leaf::Title,
        to: (*to).to_owned(),
        value: WireValue::Set((*text).into()),
    };
    let fields: Vec<WireField> = fields.iter().map(field).collect();
    let request =
        adapter.build_requests(&Update { subject: &subject, fields: &fields }).expect("valid").remove(0);
    let body = json!({ "IsError": true, "ResponseMessage": message, "ResponseData": null }).to_string();
    adapter.parse_response(&request, &answer(200, &body)).expect_err("a failure")
}

#[test]
fn a_missing_person_is_the_manager_where_the_request_names_one() {
    for encoding in [BodyEncoding::JsonString, BodyEncoding::JsonObject] {
        let of = |fields: &[(&str, &str)], message: &str| {
            let error = refused(encoding, fields, message);
            (error.kind, error.fields)
        };
        let both = [("Company", "Axero"), ("Reports to", "boss")];
        let alone = [("Company", "Axero")];
        assert_eq!(of(&alone, "User not found."), (ErrorKind::NotFound, vec![]));
        assert_eq!(of(&both, "User not found."), (ErrorKind::Invalid, vec![]), "nobody knows who");
        assert_eq!(
            of(&both, "User 'boss' was not found."),
            (ErrorKind::Invalid, vec!["Reports to".to_owned()])
        );
        assert_eq!(of(&both, "User 'jroe' was not found."), (ErrorKind::NotFound, vec![]));
        assert_eq!(of(&[("Reports to", "")], "User not found."), (ErrorKind::NotFound, vec![]), "no manager");
        assert_eq!(of(&both, "Too many requests").0, ErrorKind::RateLimited);
    }
}

#[test]
fn a_read_call_that_is_missing_says_nothing_of_a_person() {
    let adapter = Adapter::new(Options::default());
    let subject = Subject::parse(DIALECT.subject("user_id").expect("a kind"), "12").expect("a subject");
    let query = ReadQuery::Person(Whom { subject: &subject, witness: None });
    let sent = adapter.first(&query).expect("a request");
    let kind =
        |status, body: &str| adapter.read(&query, &sent, &answer(status, body)).expect_err("nothing").kind;
    for body in [
        "",
        "<html><title>404</title></html>",
        r#"{"Message":"No HTTP resource was found that matches the request URI."}"#,
        r#"{"Message":"The requested resource does not support http method 'GET'."}"#,
        r#"{"Message":"An error has occurred."}"#,
        r#"{"IsError":true,"ResponseMessage":"User not found.","ResponseData":null}"#,
    ] {
        assert_eq!(kind(404, body), ErrorKind::Misdirected, "{body}");
    }
    assert_eq!(kind(405, "{}"), ErrorKind::Misdirected);
    let gone = r#"{"IsError":true,"ResponseMessage":"User not found.","ResponseData":null}"#;
    assert_eq!(kind(200, gone), ErrorKind::NotFound, "an answer of the call itself");
}
