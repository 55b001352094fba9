//! The delivery transport on reqwest: address guard, limits, authentication; and the command line's client of a running
//! gateway and that of a collector of spans, because no other crate may name reqwest.
//!
//! One [`HttpTransport`] serves one route and owns its connections. It sends exactly what [`delivery::Transport::preview`]
//! shows, once, to the configured origin and to addresses of the configured [`Network`] alone.
//!
//! Deliberately absent: redirects (reqwest takes every credential but `Authorization` along), repeated sends, proxies from
//! the environment, cookies, decompression, HTTP/2, and any way to skip the check of a certificate.

mod client;
mod operator;
mod otlp;
mod post;
mod settings;

mod credential;
mod guard;
mod resolve;
mod tls;
mod url;

mod coding;
mod error;
mod request;
mod send;

#[cfg(test)]
mod tests;

pub use client::HttpTransport;
pub use credential::{Credential, CredentialError};
pub use guard::{AddressClass, AddressRefused, Network};
pub use operator::{CallError, OperatorClient};
pub use otlp::OtlpClient;
pub use post::{HttpPost, PostSettings};
pub use settings::{PlainHttp, Pool, Settings, SettingsError, Timeouts};
pub use tls::check_roots;
pub use url::BaseUrl;
