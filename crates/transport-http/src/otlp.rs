use std::time::Duration;

use async_trait::async_trait;
use opentelemetry_http::{Bytes, HttpClient, HttpError, Request, Response};
use reqwest::Client;
use tokio::runtime::Handle;

use crate::{operator::own_client, send::MAX_BODY};

/// Hands spans to a collector (OTLP over HTTP). It sends to the configured address alone, never follows a redirect and takes no
/// proxy from the environment.
#[derive(Debug)]
pub struct OtlpClient {
    client: Client,
    runtime: Handle,
}

/// How long a collector may take to answer.
const TIMEOUT: Duration = Duration::from_secs(10);

impl OtlpClient {
    /// A client for the collector at this URL, to be made on the runtime that it is to use.
    ///
    /// # Errors
    /// When no client can be made on this machine.
    pub fn new(endpoint: &str) -> Result<Self, crate::CallError> {
        Ok(Self { client: own_client(endpoint, TIMEOUT)?, runtime: Handle::current() })
    }
}

#[async_trait]
impl HttpClient for OtlpClient {
    async fn send_bytes(&self, request: Request<Bytes>) -> Result<Response<Bytes>, HttpError> {
        let request = reqwest::Request::try_from(request)?;
        let client = self.client.clone();
        // The exporter waits on a thread of its own, which has no runtime.
        self.runtime.spawn(exchange(client, request)).await?
    }
}

async fn exchange(client: Client, request: reqwest::Request) -> Result<Response<Bytes>, HttpError> {
    let mut answer = client.execute(request).await.map_err(reqwest::Error::without_url)?;
    let mut body = Vec::new();
    while let Some(chunk) = answer.chunk().await.map_err(reqwest::Error::without_url)? {
        if body.len() + chunk.len() > MAX_BODY {
            return Err("the collector's answer is larger than 64 KiB".into());
        }
        body.extend_from_slice(&chunk);
    }
    let mut response = Response::new(Bytes::from(body));
    *response.status_mut() = answer.status();
    *response.headers_mut() = answer.headers().clone();
    Ok(response)
}
