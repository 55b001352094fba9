//! Communal: `PUT /api/users/{id}`, an object of plain fields.
//!
//! From <https://docs.getcommunal.com/platform/users/update-user-profiles>:
//!
//! - `first_name`, `last_name` and `email` go with every request, even when one optional field changes;
//! - fields left out are taken as unchanged, `null` clears a nullable one;
//! - 401 the key is not accepted, 403 the key may not change this user, 422 the content is refused, with `errors` by field;
//! - custom profile fields are read-only.
//!
//! The version of the API is pinned by a header, because the vendor's default moves. A success carries the whole user,
//! bare or below `data`; its `id` must be the one in the path.

mod reader;

use adapter::{
    AppliedState, AuthScheme, Dialect, ErrorKind, FieldRule, Means, Method, Path, PhoneFormat, Receipt, Rule,
    SubjectKind, TranslateError, Update, VendorError, VendorRequest, VendorResponse, WireValue, as_text,
    echo_differs, id_text, phone, speaks_of_errors, status,
};
use canonical::{Json, Leaf, Value};
use serde_json::{Map, Value as JsonValue};

/// What Communal can carry.
pub static DIALECT: Dialect = Dialect {
    vendor: "communal",
    page: "https://docs.getcommunal.com/platform/users/update-user-profiles",
    auth: &[AuthScheme::Bearer],
    subjects: &[SubjectKind::integer("id")],
    fields: &[
        FieldRule::new(Leaf::GivenName, "first_name", Rule::Required, as_text).max(255),
        FieldRule::new(Leaf::FamilyName, "last_name", Rule::Required, as_text).max(255),
        FieldRule::new(Leaf::Email, "email", Rule::Required, as_text).max(255),
        FieldRule::new(Leaf::MiddleName, "middle_name", Rule::Nullable, as_text).max(255),
        FieldRule::new(Leaf::Nickname, "preferred_name", Rule::Nullable, as_text).max(255),
        FieldRule::new(Leaf::Birthdate, DATE_OF_BIRTH, Rule::Nullable, full_date),
        FieldRule::new(Leaf::PhoneNumber, "telephone", Rule::Nullable, phone),
        FieldRule::new(Leaf::StreetAddress, "profile_address", Rule::Nullable, as_text),
        FieldRule::new(Leaf::ExtendedAddress, "profile_address_line_2", Rule::Nullable, as_text),
        FieldRule::new(Leaf::Locality, "profile_city", Rule::Nullable, as_text),
        FieldRule::new(Leaf::Region, "profile_state", Rule::Nullable, as_text),
        FieldRule::new(Leaf::PostalCode, "profile_zip", Rule::Nullable, as_text),
        FieldRule::new(Leaf::Country, "profile_country", Rule::Nullable, as_text),
    ],
    open_fields: None,
    unsupported: &[],
    success_means: Means::Applied,
    requests_per_second: 5.0,
    warnings: &["X-Api-Version-Warning"],
};

const DATE_OF_BIRTH: &str = "date_of_birth";

/// What a route configures about Communal.
#[derive(Debug, Clone)]
pub struct Options {
    /// The value of `X-Api-Version`, a date.
    pub api_version: String,
}

impl Default for Options {
    fn default() -> Self {
        Self { api_version: "2026-03-25".to_owned() }
    }
}

/// Communal's dialect.
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
        Ok(vec![VendorRequest {
            method: Method::Put,
            path: Path::new(["api", "users", update.subject.as_str()]),
            query: Vec::new(),
            headers: vec![
                ("Accept", "application/json".to_owned()),
                ("Content-Type", "application/json".to_owned()),
                ("X-Api-Version", self.options.api_version.clone()),
            ],
            body: Some(body(update)?),
            subject: update.subject.clone(),
        }])
    }

    fn parse_response(
        &self,
        sent: &VendorRequest,
        response: &VendorResponse,
    ) -> Result<Receipt, VendorError> {
        read_status(response).map_err(|error| explain(error, sent, response))?;
        if !matches!(response.status, 200 | 201 | 204) {
            return Err(VendorError::unreadable("a success that the vendor does not document"));
        }
        if response.body.trim_ascii().is_empty() {
            return Ok(Receipt::new(Means::Applied));
        }
        let Some(json) = response.json() else {
            return Err(VendorError::unreadable("a success without a readable body"));
        };
        let user = json.get("data").unwrap_or(&json);
        check_person(user, &json, sent)?;
        Ok(Receipt { unverified: unverified(user, sent), ..Receipt::new(Means::Applied) })
    }

    fn reader(&self) -> Option<&dyn adapter::Reader> {
        Some(self)
    }
}

/// A date of birth with its year; OpenID Connect's year 0000 means that the year is unknown, which Communal has no way to
/// say.
fn full_date(value: &Value, _: PhoneFormat) -> Option<JsonValue> {
    value.to_text().filter(|date| !date.starts_with("0000")).map(JsonValue::String)
}

fn body(update: &Update<'_>) -> Result<JsonValue, TranslateError> {
    let mut body = Map::new();
    for field in update.fields {
        let value = match (&field.value, DIALECT.rule_of(&field.to).map(|rule| rule.rule)) {
            (WireValue::Set(value), Some(_)) => value.clone(),
            (WireValue::Clear, Some(Rule::Nullable)) => JsonValue::Null,
            _ => return Err(TranslateError::new(&DIALECT, field)),
        };
        body.insert(field.to.clone(), value);
    }
    let mut required = DIALECT.fields.iter().filter(|field| field.rule == Rule::Required);
    match required.find(|field| !body.contains_key(field.to)) {
        Some(missing) => Err(TranslateError { vendor: DIALECT.vendor, what: format!("no {}", missing.to) }),
        None => Ok(body.into()),
    }
}

/// Adds what a refusal says: `{"message": "…", "errors": {"email": ["…"]}}`.
fn explain(error: VendorError, sent: &VendorRequest, response: &VendorResponse) -> VendorError {
    let Some(json) = response.json() else { return error };
    let error =
        match json.get("message").and_then(Json::as_str).filter(|_| error.kind != ErrorKind::Misconfigured) {
            Some(message) => error.with_words(message, sent),
            None => error,
        };
    match json.get("errors") {
        Some(errors) if error.kind == ErrorKind::Invalid => error.with_fields(errors, sent),
        _ => error,
    }
}

/// Reads the status with the two forms in which Communal says more by the body than by the status.
fn read_status(response: &VendorResponse) -> Result<(), VendorError> {
    status::read(response).map_err(|error| {
        let Some(json) = response.json() else { return error };
        let message = json.get("message").and_then(Json::as_str).unwrap_or_default();
        // Laravel's words for a model that is not there; a path that it does not serve has others.
        let error = error.of_a_person(message.starts_with("No query results for model"));
        unsupported_version(&json).filter(|_| response.status == 400).unwrap_or(error)
    })
}

/// `{"message": "Unsupported API version.", "supported_versions": ["2026-02-01"]}`, which is answered before anything else is
/// looked at.
fn unsupported_version(json: &Json) -> Option<VendorError> {
    let Some(Json::Array(versions)) = json.get("supported_versions") else { return None };
    let is_date = |text: &&str| text.len() == 10 && text.bytes().all(|b| b.is_ascii_digit() || b == b'-');
    let versions: Vec<&str> = versions.iter().filter_map(Json::as_str).filter(is_date).take(8).collect();
    let detail =
        format!("status 400: Unsupported API version; `api_version` can be {}", versions.join(" or "));
    Some(VendorError::new(ErrorKind::Misconfigured, AppliedState::No, detail))
}

fn check_person(user: &Json, answer: &Json, sent: &VendorRequest) -> Result<(), VendorError> {
    match user.get("id").map(id_text) {
        Some(Some(id)) if id != sent.subject.as_str() => Err(VendorError::wrong_subject()),
        _ if speaks_of_errors(user) || speaks_of_errors(answer) => {
            Err(VendorError::unreadable("a success that speaks of errors"))
        }
        Some(Some(_)) => Ok(()),
        Some(None) => Err(VendorError::unreadable("a success with an id that is no integer")),
        None => Err(VendorError::unreadable("a success that does not show the user")),
    }
}

/// The fields that came back with another value; Communal may answer a date of birth with a time, which says nothing.
fn unverified(user: &Json, sent: &VendorRequest) -> Vec<String> {
    let fields = sent.body.as_ref().and_then(JsonValue::as_object).into_iter().flatten();
    let differs = |name: &str, value: &JsonValue| match user.get(name) {
        None => false,
        Some(Json::String(text)) if name == DATE_OF_BIRTH => text.get(..10) != value.as_str(),
        Some(echoed) => echo_differs(value, echoed),
    };
    fields.filter(|(name, value)| differs(name, value)).map(|(name, _)| name.clone()).collect()
}
