//! The one table from HTTP status to meaning (RFC 9110 section 15).

use crate::{AppliedState, ErrorKind, RetryAfter, VendorError, VendorResponse};

/// Reads an answer by its status alone.
///
/// # Errors
/// Everything but 2xx; a web page counts as misdirected where a wall or a login page may have answered for the vendor.
pub fn read(response: &VendorResponse) -> Result<(), VendorError> {
    if let 200..=299 = response.status {
        return if response.is_html() {
            Err(VendorError::unreadable("a web page instead of an answer"))
        } else {
            Ok(())
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
        // A web application firewall answers for the vendor: not its word about the person or the credential.
        401 | 403 | 406 if response.is_html() => (Misdirected, No),
        400 | 422 => (Invalid, No),
        401 => (Unauthenticated, No),
        403 => (Forbidden, No),
        404 | 410 => (NotFound, No),
        408 => (Unavailable, Maybe),
        409 => (Conflict, No),
        413 | 414 | 431 => (TooLarge, No),
        425 => (Unavailable, No),
        429 => (RateLimited, No),
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
            (404, NotFound, No),
            (405, Misdirected, No),
            (406, Misdirected, No),
            (408, Unavailable, Maybe),
            (409, Conflict, No),
            (410, NotFound, No),
            (412, Misdirected, No),
            (413, TooLarge, No),
            (414, TooLarge, No),
            (415, Misdirected, No),
            (422, Invalid, No),
            (425, Unavailable, No),
            (428, Misdirected, No),
            (429, RateLimited, No),
            (431, TooLarge, No),
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
        assert_eq!(
            read(&answer(200, "application/json", page)).expect_err("html").kind,
            ErrorKind::Unreadable
        );
        assert_eq!(
            read(&answer(200, "text/html", "please log in")).expect_err("html").kind,
            ErrorKind::Unreadable
        );
        assert_eq!(read(&answer(403, "text/html", page)).expect_err("wall").kind, ErrorKind::Misdirected);
        assert_eq!(read(&answer(429, "text/html", page)).expect_err("a limit").kind, ErrorKind::RateLimited);
        assert!(read(&answer(200, "text/html", "{\"ok\":true}")).is_ok());
        assert!(read(&answer(204, "", "")).is_ok());
    }

    #[test]
    fn a_web_page_is_known_in_any_case_and_behind_white_space() {
        for (kind, body) in [
            ("application/json", "\r\n <HTML lang=en>"),
            ("application/json", "\u{feff}\n<!DocType html>"),
            ("Text/HTML; charset=utf-8", "please log in"),
            ("text/html", ""),
        ] {
            assert!(answer(200, kind, body).is_html(), "{kind} {body:?}");
        }
        for (kind, body) in
            [("text/htm", "please log in"), ("text/htmé", ""), ("text/plain", "<htm"), ("", "<p>html")]
        {
            assert!(!answer(200, kind, body).is_html(), "{kind} {body:?}");
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
