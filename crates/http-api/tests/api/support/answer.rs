use actix_web::{HttpResponse, body::to_bytes, http::header::HeaderMap};
use serde_json::Value;

/// What the gateway answered.
#[derive(Debug)]
pub(crate) struct Answer {
    pub(crate) status: u16,
    pub(crate) headers: HeaderMap,
    pub(crate) text: String,
}

impl Answer {
    pub(crate) async fn of(response: HttpResponse) -> Self {
        let (status, headers) = (response.status().as_u16(), response.headers().clone());
        let body = to_bytes(response.into_body()).await.expect("a body");
        Self { status, headers, text: String::from_utf8(body.to_vec()).expect("UTF-8") }
    }

    pub(crate) fn json(&self) -> Value {
        serde_json::from_str(&self.text).unwrap_or_else(|_| panic!("no JSON: {} {}", self.status, self.text))
    }

    pub(crate) fn header(&self, name: &str) -> Option<&str> {
        self.headers.get(name).map(|value| value.to_str().expect("text"))
    }

    /// The last part of the problem's type; none when the answer is no problem. A problem has all that RFC 9457 and the
    /// gateway's own contract ask of it.
    pub(crate) fn problem(&self) -> Option<String> {
        if self.header("content-type") != Some("application/problem+json") {
            assert!(self.status < 400, "an error that is no problem: {} {}", self.status, self.text);
            return None;
        }
        let problem = self.json();
        assert_eq!(problem["status"], self.status);
        assert!(problem["title"].is_string() && problem["detail"].is_string(), "{problem}");
        assert_eq!(self.header("cache-control"), Some("no-store"));
        assert_eq!(self.header("retry-after").is_some(), matches!(self.status, 429 | 503), "{problem}");
        assert_eq!(self.header("www-authenticate").is_some(), self.status == 401);
        assert_eq!(self.header("allow").is_some(), self.status == 405);
        let kind = problem["type"].as_str().expect("a type");
        Some(kind.strip_prefix("urn:profile-gateway:problem:").expect("our URN").to_owned())
    }

    /// The pointers of the problem's errors.
    pub(crate) fn pointers(&self) -> Vec<String> {
        let errors = self.json()["errors"].as_array().cloned().unwrap_or_default();
        errors.iter().map(|error| error["pointer"].as_str().expect("a pointer").to_owned()).collect()
    }
}
