use std::{fmt, time::Duration};

use adapter::AuthScheme;

use crate::{AddressRefused, Credential, Network};

/// What a route's transport is made of. Its `Debug` shows no URL and no secret.
#[derive(Clone)]
pub struct Settings {
    /// The URL that the paths of requests are joined to; read by [`crate::BaseUrl::parse`].
    pub base_url: String,
    /// How the credential is presented.
    pub auth: AuthScheme,
    /// The secret itself.
    pub credential: Credential,
    /// Which addresses the route may reach.
    pub network: Network,
    /// Whether `http://` is accepted on a private route.
    pub plain_http: PlainHttp,
    /// Certificates in PEM that are trusted beside those of the system: the contents of `ca_file`.
    pub extra_roots: Option<Vec<u8>>,
    /// How long each step may take.
    pub timeouts: Timeouts,
    /// How many connections are kept.
    pub pool: Pool,
}

/// Whether a private route may speak `http://`.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum PlainHttp {
    /// Only `https://`.
    #[default]
    Refused,
    /// `http://` too: credential and data are readable on the way.
    Allowed,
}

/// How long each step of a request may take.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Timeouts {
    /// Name, connection and TLS handshake together; at most three quarters of `request`, so that an unreachable vendor is
    /// told apart from a silent one.
    pub connect: Duration,
    /// The look-up of the host name.
    pub dns: Duration,
    /// The whole request, from the first look-up to the last byte of the answer.
    pub request: Duration,
    /// The longest pause within the body of an answer.
    pub body_idle: Duration,
}

impl Default for Timeouts {
    fn default() -> Self {
        Self {
            connect: Duration::from_secs(5),
            dns: Duration::from_secs(2),
            request: Duration::from_secs(15),
            body_idle: Duration::from_secs(5),
        }
    }
}

/// How many connections are kept for later requests.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Pool {
    /// The most idle connections.
    pub max_idle: usize,
    /// How long a connection stays idle; below what vendors allow, so that the vendor does not close it first.
    pub idle: Duration,
}

impl Default for Pool {
    fn default() -> Self {
        Self { max_idle: 16, idle: Duration::from_secs(30) }
    }
}

impl Settings {
    /// The settings of a public route with default limits.
    pub fn new(base_url: impl Into<String>, auth: AuthScheme, credential: Credential) -> Self {
        Self {
            base_url: base_url.into(),
            auth,
            credential,
            network: Network::default(),
            plain_http: PlainHttp::default(),
            extra_roots: None,
            timeouts: Timeouts::default(),
            pool: Pool::default(),
        }
    }
}

impl fmt::Debug for Settings {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Settings")
            .field("auth", &self.auth)
            .field("network", &self.network)
            .field("plain_http", &self.plain_http)
            .field("timeouts", &self.timeouts)
            .field("pool", &self.pool)
            .finish_non_exhaustive()
    }
}

/// Why no transport can be made from the settings. Repeats nothing of what was configured.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum SettingsError {
    /// Not an absolute URL.
    #[error(
        "base_url is not a URL; write it as https://host or https://host/path, without spaces or backslashes"
    )]
    NotAUrl,
    /// Another scheme than `https` and `http`.
    #[error("base_url must start with https://")]
    Scheme,
    /// `http` where it is not accepted.
    #[error(
        "base_url must start with https://; http:// is accepted with network = \"loopback\", or with \
         network = \"private\" together with plain_http = true"
    )]
    PlainHttp,
    /// `plain_http` where it means nothing.
    #[error("plain_http is accepted only with network = \"private\"; remove it or change network")]
    PlainHttpElsewhere,
    /// A user name or password in the URL.
    #[error("base_url must not contain a user name or password; secrets have an option of their own")]
    UserInfo,
    /// A query in the URL.
    #[error("base_url must not contain a query; remove everything from the question mark on")]
    Query,
    /// A fragment in the URL.
    #[error("base_url must not contain a fragment; remove everything from the # on")]
    Fragment,
    /// A host name with a dot at its end.
    #[error("the host of base_url must not end with a dot; remove it")]
    TrailingDot,
    /// A host that no name server knows, or that is not sent as it is written.
    #[error(
        "the host of base_url must be written as it is sent: labels of letters, digits and hyphens between single dots, none \
         of them empty or beginning or ending with a hyphen"
    )]
    Host,
    /// Port 0.
    #[error("the port of base_url must not be 0; leave it out for the usual one")]
    Port,
    /// A path that is not sent as it is written.
    #[error(
        "the path of base_url must be written as it is sent: without empty, . or .. segments, percent-encoded"
    )]
    Path,
    /// The host is an address that the route's network does not contain.
    #[error("the host of base_url is refused: {0}")]
    Address(#[from] AddressRefused),
    /// The credential's header has no valid name.
    #[error("the name of the credential's header is not a header name")]
    AuthHeader,
    /// No certificate could be read from `ca_file`.
    #[error("ca_file must contain at least one valid certificate in PEM form and nothing damaged")]
    ExtraRoots,
    /// No root certificates at all.
    #[error("the system has no root certificates; install its ca-certificates package or set ca_file")]
    NoRoots,
    /// The HTTP client could not be made.
    #[error("the HTTP client could not be made; check the time limits and the system's TLS set-up")]
    Client,
}
