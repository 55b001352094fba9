//! Larkspur, which does not exist: `PATCH /v2/members/{member_no}`, an object below `profile`.
//!
//! What its page would say:
//!
//! - `forename` and `surname` go with every request, at most 60 characters each;
//! - `mail` and `role` are cleared by `null`; `mobile` is in international form and cannot be cleared;
//! - the credential is the whole value of `X-Larkspur-Key`;
//! - 200 takes the change and applies it within a minute: `{"member_no": 42}` says whom it is about;
//! - 422 names what is refused: `{"refused": ["mobile"], "reason": "…"}`.

use adapter::{
    AuthScheme, Dialect, ErrorKind, FieldRule, MappingOptions, Means, Method, Path, Receipt, Rule,
    SubjectKind, TranslateError, Update, VendorError, VendorRequest, VendorResponse, WireValue, as_text,
    id_text, phone_e164, says_no, status,
};
use canonical::{Json, Leaf};
use serde_json::{Map, Value as JsonValue, json};
use testkit::adapter::{ContractCase, Proof, assert_passes, lengths_are_those_of_the_page, page_golden};

// -- the table: what Larkspur can carry

pub(crate) static DIALECT: Dialect = Dialect {
    vendor: "larkspur",
    page: "https://larkspur.example/docs/members/patch",
    auth: &[AuthScheme::Header("X-Larkspur-Key")],
    subjects: &[SubjectKind::integer("member_no")],
    fields: &[
        FieldRule::new(Leaf::GivenName, "forename", Rule::Required, as_text).max(60),
        FieldRule::new(Leaf::FamilyName, "surname", Rule::Required, as_text).max(60),
        FieldRule::new(Leaf::Email, "mail", Rule::Nullable, as_text),
        FieldRule::new(Leaf::Title, "role", Rule::Nullable, as_text),
        FieldRule::new(Leaf::PhoneNumber, "mobile", Rule::SetOnly, phone_e164),
    ],
    open_fields: None,
    unsupported: &[],
    success_means: Means::Accepted,
    requests_per_second: 5.0,
    warnings: &[],
};

// -- the adapter: one request out, one verdict back

#[derive(Debug)]
pub(crate) struct Adapter;

impl adapter::Adapter for Adapter {
    fn dialect(&self) -> &'static Dialect {
        &DIALECT
    }

    fn build_requests(&self, update: &Update<'_>) -> Result<Vec<VendorRequest>, TranslateError> {
        Ok(vec![VendorRequest {
            method: Method::Patch,
            path: Path::new(["v2", "members", update.subject.as_str()]),
            query: Vec::new(),
            headers: vec![
                ("Accept", "application/json".to_owned()),
                ("Content-Type", "application/json".to_owned()),
            ],
            body: Some(json!({ "profile": profile(update)? })),
            subject: update.subject.clone(),
        }])
    }

    fn parse_response(
        &self,
        sent: &VendorRequest,
        response: &VendorResponse,
    ) -> Result<Receipt, VendorError> {
        status::read(response).map_err(|error| explain(error, sent, response))?;
        let json = response.json();
        if json.as_ref().is_some_and(says_no) {
            return Err(VendorError::unreadable("a success that speaks of errors"));
        }
        match json.as_ref().and_then(|json| json.get("member_no")).and_then(id_text) {
            Some(number) if number == sent.subject.as_str() => Ok(Receipt::new(Means::Accepted)),
            Some(_) => Err(VendorError::wrong_subject()),
            None => Err(VendorError::unreadable("a success that does not name the member")),
        }
    }
}

fn profile(update: &Update<'_>) -> Result<Map<String, JsonValue>, TranslateError> {
    let mut profile = Map::new();
    for field in update.fields {
        let value = match (&field.value, DIALECT.rule_of(&field.to).map(|known| known.rule)) {
            (WireValue::Set(value), Some(_)) => value.clone(),
            (WireValue::Clear, Some(Rule::Nullable)) => JsonValue::Null,
            _ => return Err(TranslateError::new(&DIALECT, field)),
        };
        profile.insert(field.to.clone(), value);
    }
    let mut required = DIALECT.fields.iter().filter(|field| field.rule == Rule::Required);
    match required.find(|field| !profile.contains_key(field.to)) {
        Some(missing) => Err(TranslateError { vendor: DIALECT.vendor, what: format!("no {}", missing.to) }),
        None => Ok(profile),
    }
}

fn explain(error: VendorError, sent: &VendorRequest, response: &VendorResponse) -> VendorError {
    let Some(json) = response.json().filter(|_| error.kind == ErrorKind::Invalid) else { return error };
    let error = match json.get("reason").and_then(Json::as_str) {
        Some(reason) => error.with_words(reason, sent),
        None => error,
    };
    let Some(Json::Array(refused)) = json.get("refused") else { return error };
    let known = refused.iter().filter_map(Json::as_str).filter(|name| DIALECT.rule_of(name).is_some());
    VendorError { fields: known.map(str::to_owned).collect(), ..error }
}

// -- the proof: what the suite must know, and the example on the page

const GOLDEN: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/tests/adapters/golden");

pub(crate) fn case() -> ContractCase {
    ContractCase {
        adapter: Box::new(Adapter),
        mapping: MappingOptions::default(),
        answer: |subject| VendorResponse {
            status: 200,
            body: format!(r#"{{"member_no": {}}}"#, subject.as_str()).into_bytes(),
            ..VendorResponse::default()
        },
        names: &["member_no"],
        proof: Proof::Body,
        golden: GOLDEN,
    }
}

testkit::adapter_contract!(case());

#[test]
fn the_example_on_the_page_is_what_is_sent() {
    assert_passes(page_golden(&Adapter, format!("{GOLDEN}/larkspur-patch-member.json")));
}

#[test]
fn no_value_is_longer_than_the_page_says() {
    let documented = [("forename", 60), ("surname", 60)];
    assert_passes(lengths_are_those_of_the_page(&Adapter, &documented));
    for (wrong, finding) in [
        ([("forename", 60), ("surname", 59)], "surname is carried with more than 59 characters"),
        ([("forename", 61), ("surname", 60)], "forename with 61 characters is too_long"),
        ([("forename", 60), ("role", 60)], "role is carried with more than 60 characters"),
        ([("forename", 60), ("forename", 60)], "surname has a limit that is not on the page"),
    ] {
        assert_eq!(lengths_are_those_of_the_page(&Adapter, &wrong), Err(finding.to_owned()));
    }
}
