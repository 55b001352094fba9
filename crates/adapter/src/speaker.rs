//! Who speaks in an answer: the vendor's own API, or something between the gateway and the vendor.
//!
//! Load balancers, API gateways, firewalls and sign-in services answer in a vendor's place. Their words say nothing about a
//! person. They are known by their form: every vendor here answers JSON, and the products below are known by the fixed JSON
//! that they send for a path that they do not serve.

use canonical::Json;
use serde::de::IgnoredAny;

use crate::VendorResponse;

/// Who has written the body of an answer.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Speaker {
    /// There is no body: nothing tells.
    Nobody,
    /// A JSON object, array or string, as an API answers.
    Api,
    /// A web page, plain text, XML, or the JSON of a known intermediary.
    Intermediary,
}

impl VendorResponse {
    /// Who speaks in this answer, judged by its body alone: a content type is often wrong or missing.
    pub fn speaker(&self) -> Speaker {
        if self.text().trim_ascii().is_empty() {
            return Speaker::Nobody;
        }
        let is_json = || serde_json::from_slice::<IgnoredAny>(self.text()).is_ok();
        if !self.begins_like_an_api() || !is_json() {
            return Speaker::Intermediary;
        }
        match self.json() {
            Some(json) if is_of_an_intermediary(&json) => Speaker::Intermediary,
            _ => Speaker::Api,
        }
    }

    /// Whether the body begins as an object, an array or a string does. A number, `true` or `null` is a text that happens to be
    /// JSON.
    pub(crate) fn begins_like_an_api(&self) -> bool {
        matches!(self.text().trim_ascii_start().first(), Some(b'{' | b'[' | b'"'))
    }
}

/// How a member of an object begins that an intermediary is known by.
struct Sign {
    member: &'static str,
    begins: &'static str,
    /// Whether the text is no longer than that.
    is_whole: bool,
}

const fn whole(member: &'static str, begins: &'static str) -> Sign {
    Sign { member, begins, is_whole: true }
}

const fn begins(member: &'static str, begins: &'static str) -> Sign {
    Sign { member, begins, is_whole: false }
}

/// Compared as they are written: Django answers `Not found.` about a person where FastAPI answers `Not Found` about a path.
const SIGNS: &[Sign] = &[
    // Kong: no route, and no API in older versions.
    begins("message", "no Route matched with those values"),
    begins("message", "no API found with those values"),
    // Amazon API Gateway: a resource policy, an unknown path, and an HTTP API without such a route.
    whole("message", "Forbidden"),
    whole("message", "Missing Authentication Token"),
    whole("message", "Not Found"),
    whole("Message", "Forbidden"),
    // Azure API Management.
    whole("message", "Resource not found"),
    // ASP.NET's router.
    begins("Message", "No HTTP resource was found"),
    begins("message", "No HTTP resource was found"),
    // FastAPI's router.
    whole("detail", "Not Found"),
    // Google's Endpoints.
    whole("message", "Method does not exist."),
];

fn is_of_an_intermediary(json: &Json) -> bool {
    let text = |name: &str| json.get(name).and_then(Json::as_str);
    let is_seen = |sign: &Sign| {
        text(sign.member).is_some_and(|text| match sign.is_whole {
            true => text == sign.begins,
            false => text.starts_with(sign.begins),
        })
    };
    // Spring's and Rails' routers name the status in words; Apigee wraps everything in `fault`.
    let is_router = text("error") == Some("Not Found") && json.get("status").is_some();
    let is_fault = json.get("fault").is_some_and(|fault| fault.get("faultstring").is_some());
    // Laravel's router, which names the path; a missing person is `No query results for model`.
    let is_laravel = text("message")
        .is_some_and(|text| text.starts_with("The route ") && text.ends_with("could not be found."));
    is_router || is_laravel || is_fault || SIGNS.iter().any(is_seen)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn speaker(body: &str) -> Speaker {
        VendorResponse { body: body.as_bytes().to_vec(), ..VendorResponse::default() }.speaker()
    }

    #[test]
    fn whoever_does_not_answer_json_is_not_the_vendor() {
        for body in [
            "<!DOCTYPE html><title>Log in</title>",
            "\u{feff}\r\n <HTML lang=en>",
            "<!-- edge 7 --><html></html>",
            "<script>location='/login'</script>",
            "<?xml version=\"1.0\"?><!DOCTYPE html PUBLIC \"-//W3C//DTD XHTML 1.0 Strict//EN\"><html/>",
            "<soap:Envelope><soap:Fault/></soap:Envelope>",
            "<Error><Code>AccessDenied</Code></Error>",
            "404 page not found",
            "default backend - 404",
            "no healthy upstream",
            "Please sign in",
            "Request Entity Too Large",
            "404",
            "null",
            "{\"id\": 42",
            "{} {}",
            "\u{0}\u{1}",
        ] {
            assert_eq!(speaker(body), Speaker::Intermediary, "{body:?}");
        }
    }

    #[test]
    fn intermediaries_that_answer_json_are_known_by_their_words() {
        for body in [
            r#"{"message":"no Route matched with those values"}"#,
            r#"{"message":"no Route matched with those values","request_id":"7c1"}"#,
            r#"{"message":"Forbidden"}"#,
            r#"{"message":"Missing Authentication Token"}"#,
            r#"{"message":"Not Found"}"#,
            r#"{"statusCode":404,"message":"Resource not found"}"#,
            r#"{"message":"The route api/users/42 could not be found."}"#,
            r#"{"Message":"No HTTP resource was found that matches the request URI 'https://intranet/api'."}"#,
            r#"{"detail":"Not Found"}"#,
            r#"{"timestamp":"2026-11-29T00:00:00Z","status":404,"error":"Not Found","path":"/users/42"}"#,
            r#"{"fault":{"faultstring":"Unable to identify proxy for host: default"}}"#,
        ] {
            assert_eq!(speaker(body), Speaker::Intermediary, "{body}");
        }
    }

    #[test]
    fn the_vendors_json_is_the_vendors_word() {
        for body in [
            r#"{"message":"No query results for model [User] 42"}"#,
            r#"{"detail":"Not found."}"#,
            r#"{"message":"Forbidden."}"#,
            r#"{"message":"The route of your tour could not be found"}"#,
            r#""Resource missing.""#,
            "[]",
            " \n{}",
            // A member twice is no strict JSON, and still an API's way to speak.
            r#"{"id":42,"id":43}"#,
        ] {
            assert_eq!(speaker(body), Speaker::Api, "{body}");
        }
        for body in ["", " \r\n\t", "\u{feff}"] {
            assert_eq!(speaker(body), Speaker::Nobody, "{body:?}");
        }
    }
}
