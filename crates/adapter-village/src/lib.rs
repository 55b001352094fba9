//! Village: `PATCH /networks/{network_id}/users/{user_email}`, an object of at most three fields.
//!
//! From <https://village-labs.gitbook.io/village-product-and-developer-docs/legacy-developer-docs/village-apis-introduction/patch-user-api>:
//!
//! - the body has `first_name`, `last_name` and `phone_number`, the last in international form;
//! - the e-mail address in the path names the person; it cannot be changed by this call, and its case is kept;
//! - the network is the customer's own part of Village.
//!
//! The page says nothing about answers and nothing about clearing a field. Elsewhere Village accepts first and works later, so a
//! 2xx without a body, or with an object that says no more than that, is *accepted*; where it names an e-mail address, it must be
//! the one in the path.
//!
//! No call is documented that shows a user, so that nothing can be read back: the adapter has no reader.

use adapter::{
    AuthScheme, Dialect, FieldRule, Means, Method, Path, Receipt, Rule, SubjectKind, TranslateError, Update,
    VendorError, VendorRequest, VendorResponse, WireValue, as_text, phone_e164, says_no, status,
};
use canonical::{Json, Leaf};
use serde_json::Map;

/// What Village can carry.
pub static DIALECT: Dialect = Dialect {
    vendor: "village",
    page: "https://village-labs.gitbook.io/village-product-and-developer-docs/legacy-developer-docs/village-apis-introduction/patch-user-api",
    auth: &[AuthScheme::Bearer],
    subjects: &[SubjectKind::email("email")],
    fields: &[
        FieldRule::new(Leaf::GivenName, "first_name", Rule::SetOnly, as_text),
        FieldRule::new(Leaf::FamilyName, "last_name", Rule::SetOnly, as_text),
        FieldRule::new(Leaf::PhoneNumber, "phone_number", Rule::SetOnly, phone_e164)
            .takes("a telephone number with + and the country's digits"),
    ],
    open_fields: None,
    unsupported: &[],
    success_means: Means::Accepted,
    requests_per_second: 2.0,
    warnings: &[],
};

/// What a route configures about Village.
#[derive(Debug, Clone)]
pub struct Options {
    /// The network's id, from the Admin Dashboard.
    pub network_id: String,
}

/// Village's dialect.
#[derive(Debug)]
pub struct Adapter {
    options: Options,
}

impl Adapter {
    /// The adapter of one route.
    pub fn new(options: Options) -> Self {
        Self { options }
    }
}

impl adapter::Adapter for Adapter {
    fn dialect(&self) -> &'static Dialect {
        &DIALECT
    }

    fn build_requests(&self, update: &Update<'_>) -> Result<Vec<VendorRequest>, TranslateError> {
        let mut body = Map::new();
        for field in update.fields {
            match &field.value {
                WireValue::Set(value) if DIALECT.rule_of(&field.to).is_some() => {
                    body.insert(field.to.clone(), value.clone());
                }
                _ => return Err(TranslateError::new(&DIALECT, field)),
            }
        }
        Ok(vec![VendorRequest {
            method: Method::Patch,
            path: Path::new(["networks", &self.options.network_id, "users", update.subject.as_str()]),
            query: Vec::new(),
            headers: vec![
                ("Accept", "application/json".to_owned()),
                ("Content-Type", "application/json".to_owned()),
            ],
            body: Some(body.into()),
            subject: update.subject.clone(),
        }])
    }

    fn parse_response(
        &self,
        sent: &VendorRequest,
        response: &VendorResponse,
    ) -> Result<Receipt, VendorError> {
        status::read(response).map_err(|error| explain(error, sent, response))?;
        if response.text().trim_ascii().is_empty() {
            return Ok(Receipt::new(Means::Accepted));
        }
        let Some(json) = response.json().filter(|json| json.as_object().is_some()) else {
            return Err(VendorError::unreadable("a success whose body is no object"));
        };
        if emails(&json).any(|email| !sent.subject.is(email)) {
            return Err(VendorError::wrong_subject());
        }
        if says_no(&json) {
            return Err(VendorError::unreadable("a success that speaks of errors"));
        }
        Ok(Receipt::new(Means::Accepted))
    }
}

/// The addresses that an answer names, on its own and within `user` and `data`.
fn emails(answer: &Json) -> impl Iterator<Item = &str> {
    let places = [Some(answer), answer.get("user"), answer.get("data")];
    places.into_iter().flatten().filter_map(|place| place.get("email")?.as_str())
}

/// Adds the words of a `message`, which other calls of Village have.
fn explain(error: VendorError, sent: &VendorRequest, response: &VendorResponse) -> VendorError {
    match response.json().as_ref().and_then(|json| json.get("message")).and_then(Json::as_str) {
        Some(message) => error.of_a_person(is_of_a_user(message)).with_words(message, sent),
        None => error,
    }
}

/// Whether words are about a user who is missing. The form is a guess: the vendor documents no answers. What does not speak of a
/// user says nothing of one.
fn is_of_a_user(message: &str) -> bool {
    let words = message.to_ascii_lowercase();
    let is_missing = ["not found", "not exist", "no such", "unknown"].iter().any(|form| words.contains(form));
    is_missing && ["user", "member", "person"].iter().any(|noun| words.contains(noun))
}
