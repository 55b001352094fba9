use std::net::IpAddr;

use adapter::Path;
use percent_encoding::{AsciiSet, NON_ALPHANUMERIC, percent_decode_str, utf8_percent_encode};
use reqwest::Url;

use crate::{Network, PlainHttp, SettingsError};

/// The URL that the paths of a route's requests are joined to.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct BaseUrl {
    url: Url,
    origin: String,
    /// The path without a slash at its end.
    path: String,
    /// The host, when it is an address and no name; reqwest dials it without asking the resolver.
    literal: Option<IpAddr>,
    network: Network,
}

/// The RFC 3986 unreserved characters and `@`, which a path segment may hold as it is (section 3.3).
const ENCODED: &AsciiSet = &NON_ALPHANUMERIC.remove(b'-').remove(b'.').remove(b'_').remove(b'~').remove(b'@');

impl BaseUrl {
    /// Reads a route's `base_url`.
    ///
    /// # Errors
    /// When it is no plain `https` URL (or `http` where that is accepted), or its host is an address outside `network`.
    pub fn parse(text: &str, network: Network, plain_http: PlainHttp) -> Result<Self, SettingsError> {
        if plain_http == PlainHttp::Allowed && network != Network::Private {
            return Err(SettingsError::PlainHttpElsewhere);
        }
        if text.contains(|c: char| c.is_whitespace() || c.is_control() || c == '\\') {
            return Err(SettingsError::NotAUrl);
        }
        let url = Url::parse(text).map_err(|_| SettingsError::NotAUrl)?;
        check_scheme(&url, network, plain_http)?;
        check_parts(text, &url)?;
        let literal = check_host(&url, network)?;
        let origin = url.origin().ascii_serialization();
        let path = url.path().trim_end_matches('/').to_owned();
        Ok(Self { url, origin, path, literal, network })
    }

    /// The scheme, host and port; the port is left out where it is the scheme's own.
    pub fn origin(&self) -> &str {
        &self.origin
    }

    /// The path below which the vendor's calls begin, without a slash at its end.
    pub fn path(&self) -> &str {
        &self.path
    }

    /// Whether the route speaks TLS.
    pub(crate) fn is_https(&self) -> bool {
        self.url.scheme() == "https"
    }

    /// The whole URL as it was configured.
    pub(crate) fn into_url(self) -> Url {
        self.url
    }

    /// The URL of one request: each segment is encoded as a whole, and the result is compared with what was meant, because a
    /// URL parser resolves `..`, skips segments and rewrites characters without a word.
    ///
    /// Only path and query are parsed anew: scheme, host and port stay those of the base, which were checked when it was
    /// configured. That nothing of them moved is seen from the whole text, which is the origin's with path and query behind.
    pub(crate) fn join(&self, path: &Path, query: &[(&'static str, String)]) -> Result<Url, &'static str> {
        if let Some(address) = self.literal {
            self.network.permit(address).map_err(|_| "the host's address is not permitted")?;
        }
        let target = self.write(path, query)?;
        let mut url = self.url.clone();
        // Within a segment the question mark is encoded.
        match target.split_once('?') {
            Some((path, query)) => {
                url.set_path(path);
                url.set_query(Some(query));
            }
            None => url.set_path(&target),
        }
        if url.as_str().strip_prefix(&self.origin) != Some(&target) {
            return Err("the request's URL does not keep its form");
        }
        self.check_path(&url, path)?;
        Ok(url)
    }

    /// Path and query as they are to stand in the URL.
    fn write(&self, path: &Path, query: &[(&'static str, String)]) -> Result<String, &'static str> {
        if path.segments.is_empty() {
            return Err("the request has no path");
        }
        let mut text = String::with_capacity(self.path.len() + 128);
        text.push_str(&self.path);
        for segment in &path.segments {
            if matches!(segment.as_str(), "" | "." | "..") {
                return Err("a path segment is empty, a dot or two dots");
            }
            text.push('/');
            text.extend(utf8_percent_encode(segment, ENCODED));
        }
        if path.trailing_slash {
            text.push('/');
        }
        for (index, (name, value)) in query.iter().enumerate() {
            text.push(if index == 0 { '?' } else { '&' });
            text.extend(utf8_percent_encode(name, ENCODED));
            text.push('=');
            text.extend(utf8_percent_encode(value, ENCODED));
        }
        Ok(text)
    }

    fn check_path(&self, url: &Url, path: &Path) -> Result<(), &'static str> {
        let changed = Err("the request's path does not read back as it was meant");
        let Some(below) = url.path().strip_prefix(&self.path) else {
            return changed;
        };
        let mut found = below.split('/');
        if found.next() != Some("") {
            return changed;
        }
        for segment in &path.segments {
            let same = found.next().is_some_and(|text| percent_decode_str(text).eq(segment.bytes()));
            if !same {
                return changed;
            }
        }
        let rest = found.next();
        let ends = if path.trailing_slash { rest == Some("") } else { rest.is_none() };
        if ends && found.next().is_none() { Ok(()) } else { changed }
    }
}

fn check_scheme(url: &Url, network: Network, plain_http: PlainHttp) -> Result<(), SettingsError> {
    match (url.scheme(), network, plain_http) {
        ("https", ..) | ("http", Network::Loopback, _) | ("http", Network::Private, PlainHttp::Allowed) => {
            Ok(())
        }
        ("http", ..) => Err(SettingsError::PlainHttp),
        _ => Err(SettingsError::Scheme),
    }
}

/// Compares the parsed URL with the text: the parser accepts and repairs more than should be configured.
fn check_parts(text: &str, url: &Url) -> Result<(), SettingsError> {
    let Some(rest) = text.get(url.scheme().len()..).and_then(|rest| rest.strip_prefix("://")) else {
        return Err(SettingsError::NotAUrl);
    };
    let (authority, path) = rest.split_at(rest.find(['/', '?', '#']).unwrap_or(rest.len()));
    if authority.contains('@') {
        return Err(SettingsError::UserInfo);
    }
    if authority.contains('%') {
        return Err(SettingsError::Host);
    }
    if url.port() == Some(0) {
        return Err(SettingsError::Port);
    }
    if url.fragment().is_some() {
        return Err(SettingsError::Fragment);
    }
    if url.query().is_some() {
        return Err(SettingsError::Query);
    }
    let path = path.strip_suffix('/').unwrap_or(path);
    if path.contains("//") || path.ends_with('/') || path != url.path().trim_end_matches('/') {
        return Err(SettingsError::Path);
    }
    Ok(())
}

/// Whether a part of a host's name is one (RFC 1123 section 2.1). An underscore is in none, and in the names of some networks.
fn is_label(text: &str) -> bool {
    let plain = |byte: u8| byte.is_ascii_alphanumeric() || byte == b'-' || byte == b'_';
    (1..=63).contains(&text.len())
        && text.bytes().all(plain)
        && !text.starts_with('-')
        && !text.ends_with('-')
}

fn check_host(url: &Url, network: Network) -> Result<Option<IpAddr>, SettingsError> {
    let host = url.host_str().filter(|host| !host.is_empty()).ok_or(SettingsError::NotAUrl)?;
    if host.ends_with('.') {
        return Err(SettingsError::TrailingDot);
    }
    if !host.starts_with('[') && !host.split('.').all(is_label) {
        return Err(SettingsError::Host);
    }
    if host == "localhost" || host.ends_with(".localhost") {
        network.permit(IpAddr::from([127, 0, 0, 1]))?;
    }
    let literal = host.trim_start_matches('[').trim_end_matches(']').parse().ok();
    if let Some(address) = literal {
        network.permit(address)?;
    }
    Ok(literal)
}
