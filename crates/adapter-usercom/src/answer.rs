use adapter::{
    Agreement, ErrorKind, Means, Receipt, Seen, VendorError, VendorRequest, VendorResponse, WireField,
    WireValue, id_text, speaks_of_errors, status,
};
use canonical::{Json, Leaf};
use serde_json::Value as JsonValue;

use crate::{DIALECT, TAGS, person, reader};

/// Reads the answer to a PUT: the user object.
pub(crate) fn read(sent: &VendorRequest, response: &VendorResponse) -> Result<Receipt, VendorError> {
    read_status(response).map_err(|error| explain(error, sent, response))?;
    let json = response.json().filter(|json| json.as_object().is_some());
    let user = json.ok_or_else(|| VendorError::unreadable("a success that does not name the person"))?;
    let by_custom_id = person::is_by_custom_id(&sent.subject);
    // An update whose answer leaves out the custom id was found by its path; what it shows proves no removal.
    let (own_id, is_named) = match user.get("id").and_then(id_text) {
        Some(own_id) if by_custom_id && person::custom_id(|name| user.get(name)).is_none() => (own_id, false),
        _ => (person::own_id(&user, &sent.subject)?, true),
    };
    let witness = by_custom_id.then(|| own_id.to_owned());
    if denies(&user, sent) {
        return Err(VendorError::unreadable("a success that speaks of errors"));
    }
    let seen = Seen::of(reader::fields(&user));
    let unverified = unverified(sent, &seen);
    Ok(Receipt { witness, unverified, shown: is_named.then_some(seen), ..Receipt::new(Means::Applied) })
}

/// Whether the user object speaks of errors: members of this name that are no attributes of the request.
fn denies(user: &Json, sent: &VendorRequest) -> bool {
    let body = sent.body.as_ref();
    let is_sent = |name: &str| body.is_some_and(|body| body.get(name).is_some());
    let errors = user.as_object().unwrap_or_default().iter();
    let errors: Vec<_> = errors
        .filter(|(name, _)| matches!(name.as_str(), "error" | "errors") && !is_sent(name))
        .cloned()
        .collect();
    speaks_of_errors(&Json::Object(errors))
}

/// Adds what a refusal says: `{"detail": "…"}`, or the messages by field, bare or below `errors`.
pub(crate) fn explain(error: VendorError, sent: &VendorRequest, response: &VendorResponse) -> VendorError {
    let Some(json) = response.json() else { return error };
    let error = match json.get("detail").and_then(Json::as_str) {
        Some(detail) => error.with_words(detail, sent),
        None => error,
    };
    if error.kind != ErrorKind::Invalid {
        return error;
    }
    error.with_fields(json.get("errors").unwrap_or(&json), sent)
}

/// Reads the status, and whether a 404 is about a person.
pub(crate) fn read_status(response: &VendorResponse) -> Result<(), VendorError> {
    status::read(response).map_err(|error| {
        let json = response.json();
        let detail = json.as_ref().and_then(|json| json.get("detail")).and_then(Json::as_str);
        error.of_a_person(detail.is_some_and(is_of_a_person))
    })
}

/// How Django's REST framework, which User.com runs on, says that an object is missing: the older and the newer way. A path that
/// it does not serve is a page.
fn is_of_a_person(detail: &str) -> bool {
    detail == "Not found." || (detail.starts_with("No ") && detail.ends_with(" matches the given query."))
}

/// The fields that are shown with another value, and the custom attributes that did not come back: User.com drops those that were
/// never created. Of what is not shown, nothing is known.
fn unverified(sent: &VendorRequest, seen: &Seen) -> Vec<String> {
    let fields = sent.body.as_ref().and_then(JsonValue::as_object).into_iter().flatten();
    let fields: Vec<WireField> = fields.map(|(name, value)| sent_field(name, value)).collect();
    let differs = |field: &&WireField| reader::agreement(field, &fields, seen) == Agreement::Differs;
    fields.iter().filter(differs).map(|field| field.to.clone()).collect()
}

/// A field of a request as it is compared. Which leaf an attribute carries, the request does not tell: it is compared as text is.
fn sent_field(name: &str, value: &JsonValue) -> WireField {
    let leaf = DIALECT.rule_of(name).and_then(|rule| rule.leaf.clone()).unwrap_or(Leaf::Title);
    let value = match value {
        JsonValue::Array(members) if name == TAGS => WireValue::Members {
            wanted: members.iter().filter_map(|member| member.as_str().map(str::to_owned)).collect(),
            removed: Vec::new(),
        },
        value => WireValue::Set(value.clone()),
    };
    WireField { leaf, to: name.to_owned(), value }
}
