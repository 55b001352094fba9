//! What the messages of a failure mean that no rule of the route speaks of.
//!
//! Communifire documents no messages and answers every failure with status 200. These forms are a guess at the plain words of an
//! ASP.NET application; a message of none of them is about a value, as the vendor's page has it.

use std::sync::LazyLock;

use adapter::ErrorKind;
use regex::RegexSet;

/// Forms in the order in which they count.
const FORMS: [(ErrorKind, &str); 11] = [
    // Another person than the one that the request is about.
    (ErrorKind::Invalid, r"\b(manager|supervisor|reports to)\b"),
    (ErrorKind::RateLimited, r"too many (requests|calls|attempts)|rate limit|throttl"),
    (
        ErrorKind::Unavailable,
        r"maintenance|temporarily|try again later|time(d )?-?out|deadlock|service unavailable",
    ),
    (
        ErrorKind::Unauthenticated,
        r"(invalid|bad|wrong|expired|missing|unknown|incorrect) (rest[ -]?)?(api[ -]?)?(access[ -]?)?(key|token|credentials?)\b",
    ),
    (
        ErrorKind::Unauthenticated,
        r"\b(key|token|credentials?) (is|are|has|have) (been )?(not valid|invalid|expired|revoked|missing|required)",
    ),
    (
        ErrorKind::Unauthenticated,
        r"unauthenticated|not authenticated|authentication (has )?(failed|is required|required)",
    ),
    (
        ErrorKind::Forbidden,
        r"(access|permission) (is |was )?denied|not authori[sz]ed|unauthori[sz]ed|forbidden|insufficient (rights|permissions?|privileges?)",
    ),
    (
        ErrorKind::Forbidden,
        r"(do|does) not have (the )?(permission|rights?|access)|not allowed to (edit|change|update)",
    ),
    (
        ErrorKind::NotFound,
        r"\b(user|person|member|account|profile)( with [^.]{1,60}| '[^']{1,60}')? (was |is |could )?(not (be )?found|not exist|does not exist|doesn't exist|unknown)",
    ),
    (
        ErrorKind::NotFound,
        r"\b(user ?name|user ?id|login)( '[^']{1,60}'| \d{1,20})? (was |is |could |has )?(not (be )?found|not exist|does not exist|doesn't exist|not valid|invalid|unknown|not recogni[sz]ed)",
    ),
    (
        ErrorKind::NotFound,
        r"\b(no such|unknown|invalid) (user|person|member|account|username|user ?id)\b|\bno (user|person|member|account) (was )?found",
    ),
];

static SET: LazyLock<RegexSet> = LazyLock::new(|| {
    let forms = FORMS.map(|(_, form)| format!("(?i){form}"));
    RegexSet::new(forms).expect("the forms are regular expressions")
});

/// What a message means.
pub(crate) fn kind_of(message: &str) -> ErrorKind {
    let first = SET.matches(message).into_iter().next();
    first.map_or(ErrorKind::Invalid, |at| FORMS[at].0)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn plain_words_for_what_is_not_about_a_value_are_known() {
        for (message, kind) in [
            ("User not found.", ErrorKind::NotFound),
            ("The user was not found", ErrorKind::NotFound),
            ("User with ID 42 does not exist.", ErrorKind::NotFound),
            ("Invalid user id", ErrorKind::NotFound),
            ("No user found", ErrorKind::NotFound),
            ("Username does not exist.", ErrorKind::NotFound),
            ("The user name 'jroe' could not be found", ErrorKind::NotFound),
            ("Username is invalid", ErrorKind::NotFound),
            ("User 'j roe' was not found", ErrorKind::NotFound),
            ("UserID 12 was not found.", ErrorKind::NotFound),
            ("Invalid key", ErrorKind::Unauthenticated),
            ("Invalid REST API key.", ErrorKind::Unauthenticated),
            ("The API key has expired.", ErrorKind::Unauthenticated),
            ("Authentication failed", ErrorKind::Unauthenticated),
            ("Access is denied.", ErrorKind::Forbidden),
            ("You do not have permission to edit this profile.", ErrorKind::Forbidden),
            ("Too many requests", ErrorKind::RateLimited),
            ("API rate limit exceeded", ErrorKind::RateLimited),
            ("The site is under maintenance.", ErrorKind::Unavailable),
            ("Execution Timeout Expired.", ErrorKind::Unavailable),
            ("The operation timed out", ErrorKind::Unavailable),
        ] {
            assert_eq!(kind_of(message), kind, "{message}");
        }
    }

    #[test]
    fn a_message_about_a_value_is_about_a_value() {
        for message in [
            "",
            "A profile field is read only.",
            "A profile field has an invalid value.",
            "Invalid value for Key contact",
            "The manager's username does not match.",
            "The manager's username does not exist.",
            "The manager was not found.",
            "Reports to: user not found.",
            "The user field Tier does not exist.",
            "User property is unknown",
            "The username is already in use.",
            "Reports to: the value was not found in the list.",
            "Email is already in use by another user.",
        ] {
            assert_eq!(kind_of(message), ErrorKind::Invalid, "{message}");
        }
    }
}
