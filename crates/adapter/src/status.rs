//! The one table from HTTP status to meaning (RFC 9110 section 15).

use crate::{AppliedState, ErrorKind, RetryAfter, Speaker, VendorError, VendorResponse};

/// Reads an answer by its status, and by whose words its body is.
///
/// A dialect that knows how its vendor speaks of a missing person makes [`ErrorKind::NotFound`] of the `MaybeNotFound` that a 404
/// is here ([`VendorError::of_a_person`]).
///
/// # Errors
/// Everything but 2xx, and a 2xx whose body no API writes. A 4xx of an intermediary is misdirected: it says nothing about the
/// person, the content or the credential.
pub fn read(response: &VendorResponse) -> Result<(), VendorError> {
    if let 200..=299 = response.status {
        // Whether the rest of it is JSON, the dialect finds out.
        return if response.begins_like_an_api() || response.text().trim_ascii().is_empty() {
            Ok(())
        } else {
            Err(VendorError::unreadable("a page or a text instead of an answer"))
        };
    }
    let (kind, applied) = meaning(response);
    let retry_after = match kind {
        ErrorKind::RateLimited | ErrorKind::Unavailable => RetryAfter::read(response),
        _ => None,
    };
    let detail = format!("status {}", response.status);
    Err(VendorError { retry_after, ..VendorError::new(kind, applied, detail) })
}

fn meaning(response: &VendorResponse) -> (ErrorKind, AppliedState) {
    use AppliedState::{Maybe, No};
    use ErrorKind::*;
    match response.status {
        408 => (Unavailable, Maybe),
        425 => (Unavailable, No),
        429 => (RateLimited, No),
        400..=499 if response.speaker() == Speaker::Intermediary => (Misdirected, No),
        // Who answers without a word does not say of what.
        404 | 410 if response.speaker() == Speaker::Nobody => (Misdirected, No),
        400 | 422 => (Invalid, No),
        401 => (Unauthenticated, No),
        403 => (Forbidden, No),
        404 | 410 => (MaybeNotFound, No),
        409 => (Conflict, No),
        // 414 and 431 are about the address and the headers, which are the route's.
        413 => (TooLarge, No),
        501 | 505 => (Misdirected, No),
        // With Retry-After the vendor says that it did not begin (RFC 9110 section 15.6.4).
        503 if RetryAfter::read(response).is_some() => (Unavailable, No),
        500..=599 => (Unavailable, Maybe),
        _ => (Misdirected, No),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn answer(status: u16, content_type: &str, body: &str) -> VendorResponse {
        let headers = vec![("Content-Type".to_owned(), content_type.to_owned())];
        VendorResponse { status, headers, body: body.as_bytes().to_vec() }
    }

    fn verdict(status: u16) -> (ErrorKind, AppliedState) {
        let error = read(&answer(status, "application/json", "{}")).expect_err("no success");
        (error.kind, error.applied)
    }

    #[test]
    fn every_status_that_is_no_success_has_one_meaning() {
        use AppliedState::{Maybe, No};
        use ErrorKind::*;
        let table = [
            (100, Misdirected, No),
            (101, Misdirected, No),
            (301, Misdirected, No),
            (302, Misdirected, No),
            (304, Misdirected, No),
            (307, Misdirected, No),
            (308, Misdirected, No),
            (400, Invalid, No),
            (401, Unauthenticated, No),
            (402, Misdirected, No),
            (403, Forbidden, No),
            (404, MaybeNotFound, No),
            (405, Misdirected, No),
            (406, Misdirected, No),
            (408, Unavailable, Maybe),
            (409, Conflict, No),
            (410, MaybeNotFound, No),
            (412, Misdirected, No),
            (413, TooLarge, No),
            (414, Misdirected, No),
            (415, Misdirected, No),
            (422, Invalid, No),
            (425, Unavailable, No),
            (428, Misdirected, No),
            (429, RateLimited, No),
            (431, Misdirected, No),
            (500, Unavailable, Maybe),
            (501, Misdirected, No),
            (502, Unavailable, Maybe),
            (503, Unavailable, Maybe),
            (504, Unavailable, Maybe),
            (505, Misdirected, No),
            (520, Unavailable, Maybe),
            (599, Unavailable, Maybe),
            (600, Misdirected, No),
            (0, Misdirected, No),
        ];
        for (status, kind, applied) in table {
            assert_eq!(verdict(status), (kind, applied), "{status}");
        }
    }

    #[test]
    fn a_web_page_is_never_the_vendors_word() {
        let page = "<!DOCTYPE html><title>Log in</title>";
        for (kind, body) in
            [("application/json", page), ("text/html", "please log in"), ("", "Please sign in")]
        {
            assert_eq!(
                read(&answer(200, kind, body)).expect_err("a page").kind,
                ErrorKind::Unreadable,
                "{body}"
            );
        }
        assert!(read(&answer(200, "text/html", "{\"ok\":true}")).is_ok());
        assert!(read(&answer(204, "", "")).is_ok());
    }

    #[test]
    fn no_refusal_of_an_intermediary_is_about_the_person_the_content_or_the_credential() {
        let bodies = [
            "<html><head><title>413 Request Entity Too Large</title></head></html>",
            "404 page not found",
            "<Error><Code>AccessDenied</Code></Error>",
            "{\"message\":\"no Route matched with those values\"}",
        ];
        for body in bodies {
            for status in (400..=499).filter(|status| ![408, 425, 429].contains(status)) {
                let error = read(&answer(status, "application/json", body)).expect_err("no success");
                assert_eq!(
                    (error.kind, error.applied),
                    (ErrorKind::Misdirected, AppliedState::No),
                    "{status} {body}"
                );
            }
            let limited = read(&answer(429, "text/html", body)).expect_err("a limit");
            assert_eq!(limited.kind, ErrorKind::RateLimited, "{body}");
        }
    }

    #[test]
    fn an_empty_404_says_nothing_of_a_person_and_other_empty_refusals_are_the_vendors() {
        use ErrorKind::*;
        let kind = |status| read(&answer(status, "", "")).expect_err("no success").kind;
        let table = [
            (404, Misdirected),
            (410, Misdirected),
            (400, Invalid),
            (422, Invalid),
            (401, Unauthenticated),
            (403, Forbidden),
            (409, Conflict),
            (413, TooLarge),
        ];
        for (status, meaning) in table {
            assert_eq!(kind(status), meaning, "{status}");
        }
    }

    #[test]
    fn a_maintenance_notice_with_retry_after_was_not_begun() {
        let mut response = answer(503, "application/json", "{}");
        response.headers.push(("Retry-After".to_owned(), "30".to_owned()));
        let error = read(&response).expect_err("no success");
        assert_eq!((error.applied, error.retry_after.is_some()), (AppliedState::No, true));
    }
}
