use std::{fmt, time::Duration};

use reqwest::{Client, Method, redirect, retry};
use secrecy::{ExposeSecret, SecretString};

use crate::tls;

/// Calls a running gateway's own operator listener, for the command line.
pub struct OperatorClient {
    base: String,
    key: Option<SecretString>,
    client: Client,
}

/// Why a call did not come to an answer.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("{0}")]
pub struct CallError(String);

/// The gateway answers in time what it does by itself; what it asks of vendors takes as long as they may.
const TIMEOUT: Duration = Duration::from_secs(90);

impl OperatorClient {
    /// A client of the gateway at `base`, `http://127.0.0.1:8081`.
    ///
    /// # Errors
    /// When no client can be made on this machine.
    pub fn new(base: &str, key: Option<SecretString>) -> Result<Self, CallError> {
        let client = own_client(base, TIMEOUT)?;
        Ok(Self { base: base.trim_end_matches('/').to_owned(), key, client })
    }

    /// Reads a resource: the status and the body.
    ///
    /// # Errors
    /// When there is no answer.
    pub async fn get(&self, path_and_query: &str) -> Result<(u16, Vec<u8>), CallError> {
        self.call(Method::GET, path_and_query).await
    }

    /// Asks for an act: the status and the body.
    ///
    /// # Errors
    /// When there is no answer.
    pub async fn post(&self, path_and_query: &str) -> Result<(u16, Vec<u8>), CallError> {
        self.call(Method::POST, path_and_query).await
    }

    async fn call(&self, method: Method, path_and_query: &str) -> Result<(u16, Vec<u8>), CallError> {
        let mut request = self.client.request(method, format!("{}{path_and_query}", self.base));
        if let Some(key) = &self.key {
            request = request.bearer_auth(key.expose_secret());
        }
        let unreachable = |error: reqwest::Error| {
            let cause =
                if error.is_connect() { "nothing answers there" } else { "the answer did not arrive" };
            CallError(format!(
                "{}: {cause}; is the gateway running, and is this its operator listener?",
                self.base
            ))
        };
        let response = request.send().await.map_err(unreachable)?;
        let status = response.status().as_u16();
        let body = response.bytes().await.map_err(unreachable)?;
        Ok((status, body.to_vec()))
    }
}

/// A client for a server of the operator's own: no redirects, no second try, no proxy from the environment.
pub(crate) fn own_client(url: &str, timeout: Duration) -> Result<Client, CallError> {
    let tls = if url.starts_with("https:") { tls::verified(None) } else { tls::trusting_nobody() };
    let tls = tls.map_err(|error| CallError(error.to_string()))?;
    Client::builder()
        .redirect(redirect::Policy::none())
        .retry(retry::never())
        .no_proxy()
        .tls_backend_preconfigured(tls)
        .timeout(timeout)
        .build()
        .map_err(|_| CallError("no HTTP client can be made on this machine".to_owned()))
}

impl fmt::Debug for OperatorClient {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("OperatorClient").field("base", &self.base).finish_non_exhaustive()
    }
}
