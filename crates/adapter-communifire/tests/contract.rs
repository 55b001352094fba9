//! The contract suite in both body encodings, and the example on Communifire's page.

use std::collections::BTreeMap;

use adapter::{FieldOption, FieldOptions, MappingOptions, VendorResponse};
use adapter_communifire::{Adapter, BodyEncoding, ErrorRule, Options};
use testkit::adapter::{ContractCase, Proof, assert_passes, lengths_are_those_of_the_page, page_golden};

const GOLDEN: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/golden");

fn case() -> ContractCase {
    let rules = [("not found", "NotFound"), ("Too many", "RateLimited"), ("maintenance", "Unavailable")];
    let errors = rules.map(|(pattern, kind)| ErrorRule::new(pattern, kind).expect("a rule"));
    let options = Options { errors: errors.to_vec(), ..Options::default() };
    ContractCase {
        adapter: Box::new(Adapter::new(options)),
        mapping: labels(&[("custom.tier", "Tier"), ("custom.newsletter", "Send me the newsletter")]),
        answer: |subject| {
            // By username, the answer still names the id.
            let id = if subject.kind().name == "user_id" { subject.as_str() } else { "4711" };
            let body = format!(r#"{{"IsError": false, "ResponseMessage": "", "ResponseData": {id}}}"#);
            VendorResponse { status: 200, body: body.into_bytes(), ..VendorResponse::default() }
        },
        names: &["user_id"],
        proof: Proof::Body,
        golden: GOLDEN,
    }
}

fn labels(labels: &[(&str, &str)]) -> MappingOptions {
    let option =
        |to: &str| FieldOption::On(FieldOptions { to: Some(to.to_owned()), ..FieldOptions::default() });
    let fields: BTreeMap<_, _> =
        labels.iter().map(|(leaf, to)| (leaf.parse().expect("a leaf"), option(to))).collect();
    MappingOptions { fields, ..MappingOptions::default() }
}

testkit::adapter_contract!(case());
testkit::reader_contract!(case());

mod as_an_object {
    //! The body as a plain object, which some tenants want.

    use super::*;

    fn as_an_object() -> ContractCase {
        let options = Options { body_encoding: BodyEncoding::JsonObject, ..Options::default() };
        ContractCase { adapter: Box::new(Adapter::new(options)), ..case() }
    }

    testkit::adapter_contract! { @tests as_an_object();
        equal_input_gives_equal_output,
        nothing_is_sent_unasked,
        what_the_table_keeps_out_is_an_error,
        hostile_values_stay_values,
        errors_and_debug_output_name_nobody,
    }
}

#[test]
fn the_example_on_the_page_is_what_is_sent() {
    let file = format!("{GOLDEN}/communifire-update-user-profile-fields.json");
    assert_passes(page_golden(&Adapter::new(Options::default()), file));
}

/// "UserID OR Email OR Username", "unique identifier for a particular user".
#[test]
fn the_example_on_the_page_with_the_address_instead_of_the_id_is_what_is_sent() {
    let file = format!("{GOLDEN}/communifire-update-user-profile-fields-by-email.json");
    assert_passes(page_golden(&Adapter::new(Options::default()), file));
}

/// One body cannot say by which address a person is known and which one the person has from now on.
#[test]
fn an_address_that_names_the_person_is_no_field() {
    use adapter::{Adapter as _, Fate, Mapping, Subject, Update, WireField, WireValue};
    use adapter_communifire::DIALECT;
    use canonical::Leaf;
    let by_email = DIALECT.subject("email").expect("a kind");
    let plain = Mapping::for_subject(&DIALECT, by_email, &MappingOptions::default()).expect("valid");
    assert!(plain.field(&Leaf::Email).is_none());
    assert_eq!(plain.carry(&Leaf::Email, None), Err(Fate::Unsupported));
    assert!(Mapping::new(&DIALECT, &MappingOptions::default()).expect("valid").field(&Leaf::Email).is_some());
    for (leaf, label) in [("email", "Email"), ("custom.tier", "Email"), ("custom.tier", "email")] {
        let mapped = Mapping::for_subject(&DIALECT, by_email, &labels(&[(leaf, label)]));
        let faults = mapped.expect_err("it names the person");
        assert!(faults[0].to_string().contains("names the person"), "{}", faults[0]);
    }
    let on = FieldOption::On(FieldOptions::default());
    let options = MappingOptions { fields: [(Leaf::Email, on)].into(), ..MappingOptions::default() };
    assert!(Mapping::for_subject(&DIALECT, by_email, &options).is_err(), "the vendor's own name is the same");
    assert!(Mapping::for_subject(&DIALECT, by_email, &labels(&[("email", "E-mail address")])).is_ok());
    let subject = Subject::parse(by_email, "jane@example.org").expect("an address");
    let value = WireValue::Set("june@example.org".into());
    let fields = [WireField { leaf: Leaf::Email, to: "Email".to_owned(), value }];
    let built =
        Adapter::new(Options::default()).build_requests(&Update { subject: &subject, fields: &fields });
    assert!(built.is_err(), "a body with two addresses");
}

#[test]
fn the_person_stands_first_in_the_body() {
    use adapter::{Adapter as _, Subject, Update, WireField, WireValue};
    let adapter = Adapter::new(Options::default());
    let subject = Subject::parse(&adapter.dialect().subjects[1], "jdoe").expect("a username");
    let value = WireValue::Set("Axero \"Solutions\"".into());
    let fields = [WireField { leaf: canonical::Leaf::Organization, to: "Company".to_owned(), value }];
    let requests = adapter.build_requests(&Update { subject: &subject, fields: &fields }).expect("valid");
    let body = requests[0].body.as_ref().and_then(|body| body.as_str()).expect("a JSON string");
    assert_eq!(body, r#"{"Username":"jdoe","Company":"Axero \"Solutions\""}"#);
}

#[test]
fn no_label_can_take_the_place_of_the_person() {
    for label in ["UserID", "userid", "Username"] {
        let options = labels(&[("custom.tier", label)]);
        assert!(adapter::Mapping::new(&adapter_communifire::DIALECT, &options).is_err(), "{label}");
    }
    let options = labels(&[("email", "E-mail address")]);
    assert!(adapter::Mapping::new(&adapter_communifire::DIALECT, &options).is_ok());
}

#[test]
fn communifire_documents_no_longest_value() {
    assert_passes(lengths_are_those_of_the_page(&Adapter::new(Options::default()), &[]));
}

/// A tenant writes the rule for the special case before the one for all others.
#[test]
fn of_two_rules_that_match_a_message_the_first_counts() {
    use adapter::{Adapter as _, ErrorKind, Subject, Update};
    let rules = [("user not found", "NotFound"), ("not found", "Invalid"), ("user", "Conflict")];
    let errors = rules.map(|(pattern, kind)| ErrorRule::new(pattern, kind).expect("a rule")).to_vec();
    let adapter = Adapter::new(Options { errors, ..Options::default() });
    let subject = Subject::parse(&adapter.dialect().subjects[0], "12").expect("an id");
    let sent = adapter.build_requests(&Update { subject: &subject, fields: &[] }).expect("valid").remove(0);
    let kind_of = |message: &str| {
        let body = format!(r#"{{"IsError": true, "ResponseMessage": "{message}", "ResponseData": null}}"#);
        let answer = VendorResponse { status: 200, body: body.into_bytes(), ..VendorResponse::default() };
        adapter.parse_response(&sent, &answer).expect_err("a failure").kind
    };
    assert_eq!(kind_of("user not found"), ErrorKind::NotFound);
    assert_eq!(kind_of("label not found"), ErrorKind::Invalid);
    assert_eq!(kind_of("user exists"), ErrorKind::Conflict);
}
