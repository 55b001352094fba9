//! What the calls that take something away answer.
//!
//! No page shows it: clients send `remove_tag/` and `remove_attribute/` and look at nothing but the status. What proves is an
//! empty body, the person's record without what was to go, `"removed": true`, or the `"status": "ok"` of the calls that change
//! many people. A 404 may be about the person, the id or the tag, and any other success may say anything: these are failures
//! unless the person is shown without it.

use adapter::{
    Absence, Agreement, ErrorKind, Means, Receipt, Seen, Subject, VendorError, VendorRequest, VendorResponse,
    says_no,
};
use canonical::{Json, Leaf};

use crate::{TAGS, answer, person, reader};

/// What a removal names in its body: the tag or the attribute.
pub(crate) const TAG: &str = "name";
pub(crate) const ATTRIBUTE: &str = "attribute";

/// Reads the answer to a removal.
pub(crate) fn read(sent: &VendorRequest, response: &VendorResponse) -> Result<Receipt, VendorError> {
    let doubtful = |error: VendorError| match absence(sent) {
        Some(absence) => error.unless(absence),
        None => error,
    };
    if let Err(error) = answer::read_status(response) {
        // Of a 404, and of a success that is no answer, in whatever form, the person shows whether the tag is there.
        let may_be_gone = matches!(response.status, 404 | 410) || error.kind == ErrorKind::Unreadable;
        let error = answer::explain(error, sent, response);
        return Err(if may_be_gone { doubtful(error) } else { error });
    }
    if response.text().trim_ascii().is_empty() {
        return Ok(Receipt::new(Means::Applied));
    }
    let unclear = || doubtful(VendorError::unreadable("a success that does not say that it is gone"));
    let json = response.json().filter(|json| json.as_object().is_some()).ok_or_else(unclear)?;
    let receipt = match person::names_somebody(&json) {
        true => about_somebody(&json, &sent.subject).map_err(|error| match error.kind {
            ErrorKind::WrongSubject => error,
            _ => doubtful(error),
        })?,
        false if is_acknowledged(&json) => Receipt::new(Means::Applied),
        false => return Err(unclear()),
    };
    if says_no(&json)
        || json.get("detail").is_some()
        || absence(sent).is_none_or(|absence| is_still_there(&absence, &json))
    {
        return Err(unclear());
    }
    Ok(receipt)
}

/// What a removal was to take away.
fn absence(sent: &VendorRequest) -> Option<Absence> {
    let named = |key: &str| sent.body.as_ref()?.get(key)?.as_str();
    match (named(TAG), named(ATTRIBUTE)) {
        (Some(tag), None) => Some(Absence::of_member(TAGS, tag)),
        (None, Some(attribute)) => Some(Absence::of_value(attribute)),
        _ => None,
    }
}

fn about_somebody(json: &Json, subject: &Subject) -> Result<Receipt, VendorError> {
    let own_id = person::own_id(json, subject)?;
    let witness = person::is_by_custom_id(subject).then(|| own_id.to_owned());
    Ok(Receipt { witness, ..Receipt::new(Means::Applied) })
}

fn is_acknowledged(json: &Json) -> bool {
    match json.get("removed") {
        Some(removed) => *removed == Json::Bool(true),
        None => json.get("status").and_then(Json::as_str) == Some("ok"),
    }
}

fn is_still_there(absence: &Absence, json: &Json) -> bool {
    let seen = Seen::of(reader::fields(json));
    // Which leaf it carries does not matter for the comparison.
    reader::agreement(&absence.expected(Leaf::Tags), &[], &seen) == Agreement::Differs
}
