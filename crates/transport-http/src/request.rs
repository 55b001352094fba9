use adapter::{AuthScheme, ReadRequest, VendorRequest};
use delivery::Preview;
use reqwest::{
    Method, Url,
    header::{
        ACCEPT, ACCEPT_ENCODING, CONNECTION, CONTENT_LENGTH, CONTENT_TYPE, COOKIE, EXPECT, HOST, HeaderMap,
        HeaderName, HeaderValue, PROXY_AUTHORIZATION, TE, TRAILER, TRANSFER_ENCODING, UPGRADE, USER_AGENT,
    },
};

use crate::{BaseUrl, Credential, SettingsError, credential};

/// One request as it goes on the wire: what is sent and what is previewed are both made from it.
pub(crate) struct Built {
    pub(crate) method: &'static str,
    pub(crate) url: Url,
    /// All headers but `Host` and `Content-Length`, which follow from URL and body. The credential is marked as sensitive.
    pub(crate) headers: HeaderMap,
    pub(crate) body: Vec<u8>,
}

/// The headers of every request of a route that has a body, the credential among them.
pub(crate) fn standing_headers(
    auth: AuthScheme,
    credential: &Credential,
) -> Result<HeaderMap, SettingsError> {
    let name = credential::header_name(auth).ok_or(SettingsError::AuthHeader)?;
    if name == USER_AGENT || name == ACCEPT || name == CONTENT_TYPE || TRANSPORTS_OWN.contains(&name) {
        return Err(SettingsError::AuthHeader);
    }
    let mut headers = HeaderMap::with_capacity(8);
    headers.insert(name, credential.header_value(auth));
    headers.insert(USER_AGENT, HeaderValue::from_static(AGENT));
    headers.insert(ACCEPT, HeaderValue::from_static("application/json"));
    // Without this header any coding is acceptable (RFC 9110 section 12.5.3), and answers are never decompressed.
    headers.insert(ACCEPT_ENCODING, HeaderValue::from_static("identity"));
    headers.insert(CONTENT_TYPE, HeaderValue::from_static("application/json"));
    Ok(headers)
}

const AGENT: &str = concat!("profile-gateway/", env!("CARGO_PKG_VERSION"));

/// Headers that belong to the connection or to the transport; a request that names one is refused.
const TRANSPORTS_OWN: [HeaderName; 11] = [
    HOST,
    CONTENT_LENGTH,
    TRANSFER_ENCODING,
    CONNECTION,
    TE,
    TRAILER,
    UPGRADE,
    EXPECT,
    COOKIE,
    PROXY_AUTHORIZATION,
    ACCEPT_ENCODING,
];

impl Built {
    /// Joins a request to the base URL and the standing headers.
    pub(crate) fn new(
        base: &BaseUrl,
        standing: &HeaderMap,
        request: &VendorRequest,
    ) -> Result<Self, &'static str> {
        let url = base.join(&request.path, &request.query)?;
        let headers = joined(standing, request.body.is_some(), &request.headers)?;
        Ok(Self { method: request.method.as_str(), url, headers, body: request.body_bytes() })
    }

    /// The same for a request that only asks.
    pub(crate) fn of_read(
        base: &BaseUrl,
        standing: &HeaderMap,
        request: &ReadRequest,
    ) -> Result<Self, &'static str> {
        let url = base.join(&request.path, &request.query)?;
        let headers = joined(standing, false, &request.headers)?;
        Ok(Self { method: "GET", url, headers, body: Vec::new() })
    }

    /// The request for a human eye.
    pub(crate) fn preview(self, mask: &'static str) -> Preview {
        let headers = self.headers.iter().map(|(name, value)| {
            let shown = if value.is_sensitive() { mask } else { value.to_str().unwrap_or_default() };
            (title_case(name), shown.to_owned())
        });
        Preview {
            method: self.method,
            url: self.url.to_string(),
            headers: headers.collect(),
            body: self.body,
        }
    }

    /// The request for reqwest.
    pub(crate) fn into_reqwest(self) -> Result<reqwest::Request, &'static str> {
        let method = Method::from_bytes(self.method.as_bytes()).map_err(|_| "the method is not a method")?;
        let mut request = reqwest::Request::new(method, self.url);
        *request.headers_mut() = self.headers;
        *request.body_mut() = Some(self.body.into());
        Ok(request)
    }
}

/// The standing headers with those of one request.
fn joined(
    standing: &HeaderMap,
    has_body: bool,
    own: &[(&'static str, String)],
) -> Result<HeaderMap, &'static str> {
    let mut headers = standing.clone();
    if !has_body {
        headers.remove(CONTENT_TYPE);
    }
    for (name, value) in own {
        add(&mut headers, name, value)?;
    }
    Ok(headers)
}

/// Adds a dialect's header; it may replace `Accept` and `Content-Type` but not the credential. Most dialects name what stands
/// there already.
fn add(headers: &mut HeaderMap, name: &'static str, value: &str) -> Result<(), &'static str> {
    let name =
        HeaderName::from_bytes(name.as_bytes()).map_err(|_| "a header of the request has no valid name")?;
    let standing = headers.get(&name);
    if standing.is_some_and(HeaderValue::is_sensitive) || TRANSPORTS_OWN.contains(&name) {
        return Err("a header of the request belongs to the transport");
    }
    if standing.is_some_and(|standing| standing == value) {
        return Ok(());
    }
    // Characters outside ASCII have no one meaning in a header (RFC 9110 section 5.5), and a preview cannot show them.
    if !value.is_ascii() {
        return Err("a header of the request has no valid value");
    }
    let value = HeaderValue::from_str(value).map_err(|_| "a header of the request has no valid value")?;
    headers.insert(name, value);
    Ok(())
}

/// A header name as it is written on the wire, `Rest-Api-Key`: some servers still compare names by case.
fn title_case(name: &HeaderName) -> String {
    let mut start = true;
    let cased = name.as_str().chars().map(|c| {
        let cased = if start { c.to_ascii_uppercase() } else { c };
        start = c == '-';
        cased
    });
    cased.collect()
}
