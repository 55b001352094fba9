use std::time::Duration;

use adapter::VendorResponse;
use delivery::{SendError, SendErrorKind};
use reqwest::{Client, Request, Response, header::HeaderMap};

use crate::{coding, error::classify};

/// The longest body that is read, in bytes.
pub(crate) const MAX_BODY: usize = 64 * 1024;

/// The most headers that are kept.
pub(crate) const MAX_HEADERS: usize = 100;

/// Sends a request once and reads the whole answer. The caller bounds the time.
pub(crate) async fn exchange(
    client: &Client,
    request: Request,
    body_idle: Duration,
) -> Result<VendorResponse, SendError> {
    let mut response = client.execute(request).await.map_err(|error| classify(&error))?;
    let status = response.status().as_u16();
    let headers = readable(response.headers());
    let body = coding::decoded(read_body(&mut response, body_idle).await?, &headers)?;
    Ok(VendorResponse { status, headers, body })
}

/// Reads the body as it comes, so that a large one is given up before it fills the memory.
async fn read_body(response: &mut Response, idle: Duration) -> Result<Vec<u8>, SendError> {
    let announced = response.content_length().unwrap_or(0);
    if announced > MAX_BODY as u64 {
        return Err(too_large());
    }
    let mut body = Vec::new();
    // Once everything announced has come there is no end to wait for.
    while response.content_length() != Some(0) {
        let chunk = match tokio::time::timeout(idle, response.chunk()).await {
            Err(_) => return Err(stalled()),
            Ok(Err(error)) => return Err(classify(&error)),
            Ok(Ok(None)) => break,
            Ok(Ok(Some(chunk))) => chunk,
        };
        if body.len() + chunk.len() > MAX_BODY {
            return Err(too_large());
        }
        body.extend_from_slice(&chunk);
    }
    Ok(body)
}

pub(crate) fn too_large() -> SendError {
    SendError { kind: SendErrorKind::AnswerTooLarge, detail: "the answer is larger than 64 KiB".to_owned() }
}

fn stalled() -> SendError {
    SendError { kind: SendErrorKind::Timeout, detail: "the answer stopped before its end".to_owned() }
}

/// The headers as text; a value that is not UTF-8 is dropped.
fn readable(headers: &HeaderMap) -> Vec<(String, String)> {
    let texts = headers.iter().filter_map(|(name, value)| {
        let text = std::str::from_utf8(value.as_bytes()).ok()?;
        Some((name.as_str().to_owned(), text.to_owned()))
    });
    texts.take(MAX_HEADERS).collect()
}
