//! The request headers that mean something here. Every other one is ignored, `X-Forwarded-For` and
//! `X-HTTP-Method-Override` among them.

use std::time::Duration;

use actix_web::{
    HttpRequest,
    http::header::{self, HeaderName, HeaderValue},
};
use delivery::TraceContext;

use super::{problem::Problem, quoted::split};

/// The longest time that a caller may ask to wait.
pub(crate) const LONGEST_WAIT: Duration = Duration::from_secs(30);

/// The value of a header; none when it is absent.
///
/// # Errors
/// When the header was sent more than once.
pub(crate) fn only<'a>(
    request: &'a HttpRequest,
    name: &HeaderName,
) -> Result<Option<&'a HeaderValue>, Problem> {
    let mut values = request.headers().get_all(name);
    let value = values.next();
    if values.next().is_some() {
        return Err(Problem::invalid(format!("send the header {name} once")));
    }
    Ok(value)
}

fn text<'a>(request: &'a HttpRequest, name: &HeaderName) -> Result<Option<&'a str>, Problem> {
    let not_ascii =
        || Problem::invalid(format!("the header {name} has characters that are not visible ASCII"));
    only(request, name)?.map(|value| value.to_str().map_err(|_| not_ascii())).transpose()
}

/// `Idempotency-Key` (draft-ietf-httpapi-idempotency-key-header): 1 to 255 visible ASCII characters, bare or as a quoted
/// string (RFC 9651 section 3.3.3), whose parameters mean nothing here; both forms of one key are equal.
///
/// # Errors
/// When it is anything else.
pub fn idempotency_key(request: &HttpRequest) -> Result<Option<String>, Problem> {
    let Some(value) = text(request, &HeaderName::from_static("idempotency-key"))? else { return Ok(None) };
    let value = value.trim();
    let key = match split(value, ';').next() {
        Some(item) if value.starts_with('"') => unquote(item.trim()),
        _ => Some(value.to_owned()),
    };
    match key {
        Some(key) if (1..=255).contains(&key.len()) && key.bytes().all(|b| b.is_ascii_graphic()) => {
            Ok(Some(key))
        }
        _ => Err(Problem::invalid("Idempotency-Key takes 1 to 255 visible ASCII characters without spaces")),
    }
}

fn unquote(value: &str) -> Option<String> {
    let inside = value.strip_prefix('"')?.strip_suffix('"').filter(|_| value.len() > 1)?;
    let mut text = String::new();
    let mut characters = inside.chars();
    while let Some(character) = characters.next() {
        match character {
            '\\' => text.push(characters.next().filter(|escaped| matches!(escaped, '"' | '\\'))?),
            '"' => return None,
            plain => text.push(plain),
        }
    }
    Some(text)
}

/// `Prefer: wait=n` (RFC 7240 section 4.3), at most [`LONGEST_WAIT`]. A preference that is not understood is ignored, as the
/// RFC asks: other preferences, zero, and what is no number.
pub(crate) fn preferred_wait(request: &HttpRequest) -> Option<Duration> {
    let values = request.headers().get_all(HeaderName::from_static("prefer"));
    let mut preferences = values.filter_map(|value| value.to_str().ok()).flat_map(|value| split(value, ','));
    let wait = preferences.find_map(|preference| {
        let (name, value) = split(preference, ';').next()?.split_once('=')?;
        name.trim().eq_ignore_ascii_case("wait").then(|| value.trim().trim_matches('"'))
    })?;
    let seconds: u32 = wait.parse().ok().filter(|seconds| *seconds > 0)?;
    Some(Duration::from_secs(seconds.into()).min(LONGEST_WAIT))
}

/// The type and the coding of a patch: `application/merge-patch+json` (RFC 7396) or `application/json`, in UTF-8 and not
/// compressed.
///
/// # Errors
/// `unsupported-media-type` for everything else.
pub(crate) fn patch_type(request: &HttpRequest) -> Result<(), Problem> {
    let unsupported = Problem::wrong_patch;
    let coded = request.headers().get_all(header::CONTENT_ENCODING);
    if coded.into_iter().any(|coding| !coding.as_bytes().eq_ignore_ascii_case(b"identity")) {
        return Err(unsupported("send the body without Content-Encoding"));
    }
    let wrong = || unsupported("send Content-Type: application/merge-patch+json, in UTF-8");
    let value = text(request, &header::CONTENT_TYPE).map_err(|_| wrong())?.ok_or_else(wrong)?;
    let mut parts = split(value, ';').map(str::trim);
    let media_type = parts.next().unwrap_or_default();
    let known = ["application/merge-patch+json", "application/json"];
    let is_known = known.iter().any(|known| media_type.eq_ignore_ascii_case(known));
    if is_known && parts.all(is_utf8) { Ok(()) } else { Err(wrong()) }
}

/// Whether a parameter of a media type leaves the text in UTF-8.
fn is_utf8(parameter: &str) -> bool {
    match parameter.split_once('=') {
        Some((name, value)) if name.trim().eq_ignore_ascii_case("charset") => {
            // The second is no registered name, and what many clients send.
            let charset = value.trim().trim_matches('"');
            charset.eq_ignore_ascii_case("utf-8") || charset.eq_ignore_ascii_case("utf8")
        }
        _ => true,
    }
}

/// The trace that the request belongs to (W3C Trace Context); a header that is none counts as absent.
pub(super) fn trace(request: &HttpRequest) -> Option<TraceContext> {
    let mut headers = request.headers().get_all("traceparent");
    let header = headers.next()?;
    // Two of them contradict each other.
    headers.next().is_none().then(|| header.to_str().ok()?.trim().parse().ok())?
}

#[cfg(test)]
mod tests {
    use actix_web::test::TestRequest;

    use super::*;

    fn request(headers: &[(&'static str, &[u8])]) -> HttpRequest {
        let mut request = TestRequest::default();
        for (name, value) in headers {
            let value = HeaderValue::from_bytes(value).expect("a header value");
            request = request.append_header((*name, value));
        }
        request.to_http_request()
    }

    #[test]
    fn both_forms_of_an_idempotency_key_are_one_key() {
        for (sent, key) in [
            (&b"abc-1"[..], "abc-1"),
            (b"\"abc-1\"", "abc-1"),
            (br#""a\"b\\c""#, r#"a"b\c"#),
            (b"\"abc-1\"; a=\"x;y\";b", "abc-1"),
            (br#""a;\"b;";p"#, r#"a;"b;"#),
        ] {
            assert_eq!(idempotency_key(&request(&[("Idempotency-Key", sent)])), Ok(Some(key.to_owned())));
        }
        assert_eq!(idempotency_key(&request(&[])), Ok(None));
        let longest = [b'k'; 255];
        assert!(idempotency_key(&request(&[("Idempotency-Key", &longest)])).is_ok());
    }

    #[test]
    fn an_idempotency_key_that_is_none_is_refused() {
        let long = [b'k'; 256];
        for sent in
            [&b""[..], b"\"\"", b"\"", b"a b", b"\"a b\"", b"\"a\"b\"", br#""a\n""#, &long, b"\xc3\xa9"]
        {
            assert!(idempotency_key(&request(&[("Idempotency-Key", sent)])).is_err(), "{sent:?}");
        }
        assert!(idempotency_key(&request(&[("Idempotency-Key", b"a"), ("Idempotency-Key", b"a")])).is_err());
    }

    #[test]
    fn a_preference_that_is_not_understood_is_ignored() {
        let of =
            |value: &'static [u8]| preferred_wait(&request(&[("Prefer", value)])).map(|wait| wait.as_secs());
        for (value, wait) in [
            (&b"wait=5"[..], Some(5)),
            (b"respond-async, WAIT = \"7\"; x=1", Some(7)),
            (b"wait=99", Some(30)),
            (b"note=\"a, wait=9; b\", wait=3", Some(3)),
            (br#"note="a\", wait=9", wait=4;x="y,wait=8""#, Some(4)),
            (b"wait=0", None),
            (b"wait=-1", None),
            (b"wait", None),
            (b"return=minimal", None),
            (b"wait=\xff", None),
        ] {
            assert_eq!(of(value), wait, "{value:?}");
        }
    }

    #[test]
    fn only_json_in_utf8_is_read() {
        let of = |value: &'static [u8]| patch_type(&request(&[("Content-Type", value)])).is_ok();
        for value in [&b"application/json"[..], b"Application/Merge-Patch+JSON; charset=\"UTF-8\""] {
            assert!(of(value));
        }
        for value in
            [&b"text/plain"[..], b"application/json; charset=utf-7", b"application/jsonp", b"", b"\xff"]
        {
            assert!(!of(value), "{value:?}");
        }
        assert!(patch_type(&request(&[])).is_err());
        for coding in [&b"gzip"[..], b"br", b"zstd", b"gzip, gzip", b"identity, gzip"] {
            let headers = [("Content-Type", &b"application/json"[..]), ("Content-Encoding", coding)];
            assert!(patch_type(&request(&headers)).is_err(), "{coding:?}");
        }
    }
}
