//! Communifire (Axero): `POST /api/users/fields?AddUser=false`, an object of profile-field labels, made a string.
//!
//! From "REST API: Update User Profile Fields" in <https://my.axerosolutions.com/spaces/5/axero-documentation>:
//!
//! - `AddUser=false` always: left out, an unknown person would be *created*;
//! - the person is named in the body by one of `UserID`, `Username` and `Email`. The first two are never data; `Email` is data
//!   where it does not name the person, and nothing else where it does: one body cannot say both;
//! - every other member is a profile field by its label, which is case-sensitive and the tenant's own;
//! - every value is a string, and the object itself is sent as one ("Stringify your JSON data");
//! - the answer is 200 even for a failure: `{"IsError": false, "ResponseMessage": "", "ResponseData": 12}`, where
//!   `ResponseData` is the id of the person that was changed. Only `false` is no error.
//!
//! Nothing is documented about clearing a field.

mod error_rule;
mod reader;
mod usual_messages;
mod whose;

use adapter::{
    AppliedState, AuthScheme, Comparison, Dialect, ErrorKind, FieldRule, Means, Method, OpenFields, Path,
    Receipt, RetryAfter, Rule, SubjectKind, TranslateError, Update, VendorError, VendorRequest,
    VendorResponse, WireValue, as_text, id_text, phone, says_no, status,
};
use canonical::{Json, Leaf};
use serde_json::Value as JsonValue;

pub use error_rule::{ErrorRule, ErrorRuleFault};

use whose::Other;

/// What Communifire can carry. Of the labels, `Email`, `Phone`, `Company` and `Reports to` are documented; the others are
/// those of a new tenant.
pub static DIALECT: Dialect = Dialect {
    vendor: "communifire",
    page: "https://my.axerosolutions.com/spaces/5/axero-documentation",
    auth: &[AuthScheme::Header("Rest-Api-Key"), AuthScheme::Bearer],
    subjects: &[
        SubjectKind::integer("user_id"),
        // An ASP.NET application: user names have no case (a guess; the page does not say).
        SubjectKind::text(USER_NAME, Comparison::Folded),
        SubjectKind::email("email").taking(EMAIL),
    ],
    fields: &[
        FieldRule::new(Leaf::GivenName, "First name", Rule::SetOnly, as_text),
        FieldRule::new(Leaf::FamilyName, "Last name", Rule::SetOnly, as_text),
        FieldRule::new(Leaf::Email, EMAIL, Rule::SetOnly, as_text),
        FieldRule::new(Leaf::PhoneNumber, "Phone", Rule::SetOnly, phone),
        FieldRule::new(Leaf::Locality, "City", Rule::SetOnly, as_text),
        FieldRule::new(Leaf::Region, "State", Rule::SetOnly, as_text),
        FieldRule::new(Leaf::Organization, "Company", Rule::SetOnly, as_text),
        FieldRule::new(Leaf::Locale, "Language", Rule::SetOnly, as_text),
        FieldRule::new(Leaf::Manager, REPORTS_TO, Rule::SetOnly, as_text).naming_a_person_by(USER_NAME),
    ],
    open_fields: Some(
        OpenFields::new(Rule::SetOnly, as_text, &[USER_ID, USERNAME]).with_own_words(OWN_WORDS),
    ),
    unsupported: &[Leaf::Picture, Leaf::Tags],
    success_means: Means::Applied,
    requests_per_second: 2.0,
    warnings: &[],
};

/// Of the time zone preference the page says: "See REST API: Time Zones List for time zone IDs required". No public page has the
/// list, and nothing says that its ids are those of Windows, so that no table can be given here.
const OWN_WORDS: &[(Leaf, &str)] = &[(
    Leaf::Zoneinfo,
    "the ids of its own \"Time Zones List\", and is sent names such as Europe/Berlin; write map = { \"Europe/Berlin\" = \"the id\", … }",
)];

/// The kind of subject by which `Reports to` names the manager.
const USER_NAME: &str = "username";
const USER_ID: &str = "UserID";
const USERNAME: &str = "Username";
const EMAIL: &str = "Email";
const REPORTS_TO: &str = "Reports to";

/// What a route configures about Communifire.
#[derive(Debug, Clone, Default)]
pub struct Options {
    /// How the body is written.
    pub body_encoding: BodyEncoding,
    /// What the messages of this tenant's failures mean; the first that matches counts, before those that the adapter knows.
    pub errors: Vec<ErrorRule>,
}

/// How the body is written.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum BodyEncoding {
    /// A JSON string whose content is the object, as the vendor's page and its own application have it.
    #[default]
    JsonString,
    /// The object itself.
    JsonObject,
}

/// Communifire's dialect.
#[derive(Debug)]
pub struct Adapter {
    options: Options,
}

impl Adapter {
    /// The adapter of one route.
    pub fn new(options: Options) -> Self {
        Self { options }
    }

    fn failure(&self, answer: &Json, sent: &VendorRequest, response: &VendorResponse) -> VendorError {
        let (kind, fields) = match self.kind_of(answer) {
            ErrorKind::NotFound => match whose::other(message(answer), sent) {
                None => (ErrorKind::NotFound, Vec::new()),
                Some(Other::PerhapsManager) => (ErrorKind::Invalid, Vec::new()),
                Some(Other::Manager) => (ErrorKind::Invalid, vec![REPORTS_TO.to_owned()]),
            },
            kind => (kind, Vec::new()),
        };
        let applied = if kind == ErrorKind::Unavailable { AppliedState::Maybe } else { AppliedState::No };
        let retry_after = match kind {
            ErrorKind::RateLimited | ErrorKind::Unavailable => RetryAfter::read(response),
            _ => None,
        };
        let error = VendorError { retry_after, fields, ..VendorError::new(kind, applied, "IsError") };
        let message = message(answer);
        if message.is_empty() { error } else { error.with_words(message, sent) }
    }

    /// What a failure means by its message.
    fn kind_of(&self, answer: &Json) -> ErrorKind {
        let message = message(answer);
        let rule = self.options.errors.iter().find(|rule| rule.matches(message));
        rule.map_or_else(|| usual_messages::kind_of(message), ErrorRule::kind)
    }
}

impl adapter::Adapter for Adapter {
    fn dialect(&self) -> &'static Dialect {
        &DIALECT
    }

    fn build_requests(&self, update: &Update<'_>) -> Result<Vec<VendorRequest>, TranslateError> {
        let members = members(update)?;
        let body = match self.options.body_encoding {
            BodyEncoding::JsonString => JsonValue::String(in_order(&members)),
            BodyEncoding::JsonObject => members.into_iter().collect(),
        };
        Ok(vec![VendorRequest {
            method: Method::Post,
            path: Path::new(["api", "users", "fields"]),
            query: vec![("AddUser", "false".to_owned())],
            headers: vec![
                ("Accept", "application/json".to_owned()),
                ("Content-Type", "application/json".to_owned()),
            ],
            body: Some(body),
            subject: update.subject.clone(),
        }])
    }

    fn parse_response(
        &self,
        sent: &VendorRequest,
        response: &VendorResponse,
    ) -> Result<Receipt, VendorError> {
        status::read(response).map_err(|error| explain(error, sent, response))?;
        let answer = envelope(response)
            .filter(|_| response.status == 200)
            .ok_or_else(|| VendorError::unreadable("not the answer that the vendor documents"))?;
        match answer.get("IsError") {
            Some(Json::Bool(false)) if says_no(&answer) => {
                return Err(VendorError::unreadable("a success that speaks of errors"));
            }
            Some(Json::Bool(false)) => {}
            Some(Json::Bool(true)) => return Err(self.failure(&answer, sent, response)),
            _ => return Err(VendorError::unreadable("an answer that does not say whether it is an error")),
        }
        let Some(id) = answer.get("ResponseData").and_then(id_text) else {
            return Err(VendorError::unreadable("a success that does not name the person"));
        };
        if selector(sent.subject.kind().name) == USER_ID && id != sent.subject.as_str() {
            return Err(VendorError::wrong_subject());
        }
        Ok(Receipt { witness: Some(id.to_owned()), ..Receipt::new(Means::Applied) })
    }

    fn reader(&self) -> Option<&dyn adapter::Reader> {
        Some(self)
    }
}

fn message(answer: &Json) -> &str {
    answer.get("ResponseMessage").and_then(Json::as_str).unwrap_or_default()
}

fn selector(kind: &str) -> &'static str {
    match kind {
        "username" => USERNAME,
        "email" => EMAIL,
        _ => USER_ID,
    }
}

/// The members of the body, the person first.
fn members<'a>(update: &Update<'a>) -> Result<Vec<(&'a str, &'a str)>, TranslateError> {
    let subject = update.subject;
    let named_by = selector(subject.kind().name);
    let mut members = vec![(named_by, subject.as_str())];
    for field in update.fields {
        match &field.value {
            WireValue::Set(JsonValue::String(text)) if field.to != named_by => {
                members.push((&field.to, text));
            }
            _ => return Err(TranslateError::new(&DIALECT, field)),
        }
    }
    Ok(members)
}

/// The text of an object that keeps the order of its members.
fn in_order(members: &[(&str, &str)]) -> String {
    let quoted = |text: &str| serde_json::to_string(text).expect("a text can always be written");
    let members: Vec<String> =
        members.iter().map(|(name, value)| quoted(name) + ":" + &quoted(value)).collect();
    format!("{{{}}}", members.join(","))
}

/// The answer's object, which some versions send as a JSON string like the request.
fn envelope(response: &VendorResponse) -> Option<Json> {
    match response.json()? {
        Json::String(text) => VendorResponse { body: text.into_bytes(), ..VendorResponse::default() }.json(),
        json => Some(json),
    }
    .filter(|json| json.as_object().is_some())
}

/// Adds the words of ASP.NET's `{"Message": "…"}`.
fn explain(error: VendorError, sent: &VendorRequest, response: &VendorResponse) -> VendorError {
    match response.json().as_ref().and_then(|json| json.get("Message")).and_then(Json::as_str) {
        Some(message) => error.with_words(message, sent),
        None => error,
    }
}
