//! Checks that several vendors share.

use super::Notes;
use crate::call::Call;
use crate::history::Credential;
use crate::violation::ViolationKind;

/// Query parameters that carry a key somewhere.
const CREDENTIAL_NAMES: [&str; 5] = ["token", "rest-api-key", "api_key", "apikey", "access_token"];

pub(crate) fn is_credential_name(name: &str) -> bool {
    CREDENTIAL_NAMES.iter().any(|own| own.eq_ignore_ascii_case(name))
}

pub(crate) fn has_query_credential(call: &Call) -> bool {
    !call.query().is_empty() && CREDENTIAL_NAMES.iter().any(|name| call.parameter(name).is_some())
}

/// Judges `Authorization: <scheme> <credential>`; the scheme is compared exactly.
pub(super) fn judge_scheme(call: &Call, scheme: &str, expected: &str, notes: &mut Notes) -> bool {
    if has_query_credential(call) {
        notes.violation(ViolationKind::WrongAuthForm);
    }
    let sent = call.header("authorization").and_then(|value| value.split_once(' '));
    let Some((_, credential)) = sent.filter(|(own, _)| *own == scheme) else {
        notes.violation(ViolationKind::WrongAuthForm);
        return false;
    };
    judge(credential, expected, notes)
}

pub(super) fn judge(credential: &str, expected: &str, notes: &mut Notes) -> bool {
    if credential == expected {
        notes.credential = Credential::Right;
        return true;
    }
    notes.credential = Credential::Wrong;
    notes.violation(ViolationKind::WrongCredential);
    false
}

/// A write must say that its body is JSON.
pub(super) fn check_json_content(call: &Call, notes: &mut Notes) {
    if !call.header_contains("content-type", "application/json") {
        notes.violation(ViolationKind::MissingHeader);
    }
}

/// A plausible e-mail: one `@` with something on both sides, a dot inside the domain, no white space.
pub(super) fn is_email(text: &str) -> bool {
    let Some((local, domain)) = text.split_once('@') else { return false };
    let dotted = domain.split('.').count() > 1 && domain.split('.').all(|label| !label.is_empty());
    !local.is_empty()
        && dotted
        && !domain.contains('@')
        && !text.chars().any(char::is_whitespace)
        && text.len() <= 254
}

/// `YYYY-MM-DD` with a month and a day that a calendar can have.
pub(super) fn is_date(text: &str) -> bool {
    let parts: Vec<_> = text.split('-').collect();
    let [year, month, day] = parts.as_slice() else { return false };
    let digits = |part: &str, len| part.len() == len && part.bytes().all(|byte| byte.is_ascii_digit());
    let within = |part: &str, max: u8| part.parse::<u8>().is_ok_and(|number| (1..=max).contains(&number));
    digits(year, 4) && digits(month, 2) && digits(day, 2) && within(month, 12) && within(day, 31)
}
