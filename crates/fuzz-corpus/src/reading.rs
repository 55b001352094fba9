//! What vendors answer to whoever reads.

use std::sync::LazyLock;

use adapter::{
    Adapter, ReadItem, ReadPage, ReadQuery, ReadRequest, Seen, Subject, VendorError, VendorResponse, Whom,
    WireField, WireValue, compare,
};
use canonical::{Json, Leaf};

use crate::answer::{self, document, id, set};

/// Checks what a dialect made of an answer.
type Confirm = fn(&Json, &ReadQuery<'_>, &ReadPage);

struct Case {
    adapter: Box<dyn Adapter>,
    subjects: Vec<Subject>,
    confirm: Confirm,
}

static CASES: LazyLock<Vec<Case>> = LazyLock::new(|| {
    let case = |adapter: Box<dyn Adapter>, subjects: &[(&str, &str)], confirm: Confirm| {
        let subject = |(kind, text): &(&str, &str)| {
            let kind = adapter.dialect().subject(kind).expect("a kind of the dialect");
            Subject::parse(kind, text).expect("a subject of the kind")
        };
        Case { subjects: subjects.iter().map(subject).collect(), adapter, confirm }
    };
    let communal = adapter_communal::Adapter::new(adapter_communal::Options::default());
    let communifire = adapter_communifire::Adapter::new(adapter_communifire::Options::default());
    let usercom = adapter_usercom::Adapter::new(adapter_usercom::Options);
    vec![
        case(Box::new(communal), &[("id", "42")], of_communal),
        case(Box::new(communifire), &[("user_id", "42"), ("username", "crm-42")], of_communifire),
        case(Box::new(usercom), &[("id", "42"), ("custom_id", "crm-42")], of_usercom),
    ]
});

/// Reads `data` as the answer to every question that can be asked about person 42, and as a second page.
pub fn target(data: &[u8]) {
    let response = answer::read(data);
    for case in CASES.iter() {
        let reader = case.adapter.reader().expect("a reader");
        for subject in &case.subjects {
            let whom = Whom { subject, witness: Some("42") };
            let definitions = |with_values| ReadQuery::Definitions { with_values };
            for query in
                [ReadQuery::Person(whom), ReadQuery::Stored(whom), definitions(false), definitions(true)]
            {
                let Some(first) = reader.first(&query) else { continue };
                let second = first.clone().with("page", "2".to_owned());
                for sent in [first, second] {
                    match reader.read(&query, &sent, &response) {
                        Ok(page) => {
                            check_page(&sent, &response, &page);
                            (case.confirm)(&object(&response), &query, &page);
                            check_comparison(case, page.items);
                        }
                        Err(error) => check_error(&error),
                    }
                }
            }
        }
    }
}

/// The answer's object, which Communifire may send within a string.
fn object(response: &VendorResponse) -> Json {
    match document(response).expect("a page is JSON") {
        Json::String(text) => {
            let inner = VendorResponse { body: text.into_bytes(), ..VendorResponse::default() };
            document(&inner).expect("the string is JSON")
        }
        json => json,
    }
}

/// A page is a documented success, and the next question is the same one with another page.
fn check_page(sent: &ReadRequest, response: &VendorResponse, page: &ReadPage) {
    assert_eq!(response.status, 200, "another status");
    let Some(next) = &page.next else { return };
    assert!(next.path == sent.path && next.headers == sent.headers, "the next page is elsewhere");
    let kept = |request: &ReadRequest| {
        let is_place = |name: &str| matches!(name, "page" | "cursor");
        request.query.iter().filter(|(name, _)| !is_place(name)).cloned().collect::<Vec<_>>()
    };
    assert_eq!(kept(next), kept(sent), "the next page is another question");
    assert_ne!(next, sent, "the next page is the same one");
}

/// An error is in the reader's own words.
fn check_error(error: &VendorError) {
    let own = |c: char| c.is_ascii_lowercase() || c == ' ';
    let is_status = error.detail.strip_prefix("status ").is_some_and(|code| code.parse::<u16>().is_ok());
    assert!(is_status || error.detail == "IsError" || error.detail.chars().all(own), "the vendor's words");
}

/// Every field is compared, whatever was seen.
fn check_comparison(case: &Case, items: Vec<ReadItem>) {
    let custom = Leaf::custom("tier").expect("a custom key");
    let expected = [
        set(Leaf::GivenName, "first_name", "Jane"),
        set(Leaf::FamilyName, "last_name", "Doe"),
        set(Leaf::Birthdate, "date_of_birth", "1990-02-28"),
        set(Leaf::Organization, "First name", ""),
        WireField { leaf: Leaf::Gender, to: "gender".to_owned(), value: WireValue::Set(3.into()) },
        WireField { leaf: custom, to: "tier".to_owned(), value: WireValue::Clear },
        WireField {
            leaf: Leaf::Tags,
            to: "tags".to_owned(),
            value: WireValue::Members { wanted: vec!["vip".to_owned()], removed: Vec::new() },
        },
    ];
    let reader = case.adapter.reader().expect("a reader");
    assert_eq!(compare(reader, &expected, &Seen::of(items)).len(), expected.len());
}

fn of_communal(answer: &Json, query: &ReadQuery<'_>, page: &ReadPage) {
    if let ReadQuery::Person(_) = query {
        let user = answer.get("data").unwrap_or(answer);
        assert_eq!(user.get("id").and_then(id), Some("42"), "another person");
        return;
    }
    let Some(Json::Array(data)) = answer.get("data") else { panic!("no list") };
    assert!(page.items.len() <= data.len(), "more items than the list has");
    if let ReadQuery::Stored(_) = query {
        let own = data.iter().all(|item| item.get("user_id").and_then(id) == Some("42"));
        assert!(own, "another person's value");
    }
}

fn of_communifire(answer: &Json, _: &ReadQuery<'_>, page: &ReadPage) {
    assert!(answer.get("IsError") == Some(&Json::Bool(false)), "an error");
    let user = answer.get("ResponseData").expect("a person");
    assert!(user.get("UserID").is_none_or(|own| id(own) == Some("42")), "another person");
    assert!(page.next.is_none());
}

fn of_usercom(answer: &Json, query: &ReadQuery<'_>, page: &ReadPage) {
    let ReadQuery::Person(whom) = query else {
        let Some(Json::Array(results)) = answer.get("results") else { panic!("no list") };
        assert!(page.items.len() <= results.len(), "more items than the list has");
        return;
    };
    assert_eq!(answer.get("id").and_then(id), Some("42"), "another person");
    if whom.subject.kind().name == "custom_id" {
        let custom = answer.get("custom_id").or_else(|| answer.get("user_id"));
        let (Json::String(text) | Json::Number(text)) = custom.expect("a custom id") else { panic!("no id") };
        assert_eq!(text, "crm-42", "another person");
    }
}
