use std::time::Duration;

use actix_web::{HttpRequest, http::header, web};
use api_types::problem::Kind;
use canonical::{Fault, FaultKind, Json, MAX_BODY, Patch, Rules};
use futures_util::StreamExt;

use super::{headers, problem::Problem};

/// A change as it was sent: read strictly, and expanded.
pub(crate) struct Change {
    pub(crate) patch: Patch,
    json: Json,
}

impl Change {
    /// The body in the form in which equal bodies have equal bytes.
    pub(crate) fn canonical(&self) -> String {
        let mut canonical = String::new();
        self.json.write_canonical(&mut canonical);
        canonical
    }
}

/// Reads the body of a request as a change.
///
/// # Errors
/// `unsupported-media-type`, `too-large`, `request-timeout`, or what is wrong in the body.
pub(crate) async fn change(
    request: &HttpRequest,
    payload: web::Payload,
    rules: &Rules,
    limit: Duration,
) -> Result<Change, Problem> {
    headers::patch_type(request)?;
    let body = bytes(request, payload, limit).await?;
    let json = Json::parse(&body).map_err(|fault| Problem::of_faults(vec![fault]))?;
    let patch = Patch::from_json(&json, rules).map_err(Problem::of_faults)?;
    Ok(Change { patch, json })
}

/// Reads the body of a request.
///
/// # Errors
/// `too-large`, `request-timeout`, or that it is not complete.
pub(crate) async fn bytes(
    request: &HttpRequest,
    payload: web::Payload,
    limit: Duration,
) -> Result<Vec<u8>, Problem> {
    let late = |_| Problem::new(Kind::RequestTimeout, "send the whole body within ten seconds");
    tokio::time::timeout(limit, read(request, payload)).await.map_err(late)?
}

async fn read(request: &HttpRequest, mut payload: web::Payload) -> Result<Vec<u8>, Problem> {
    let announced = request.headers().get(header::CONTENT_LENGTH);
    let announced = announced.and_then(|length| length.to_str().ok()?.parse::<usize>().ok()).unwrap_or(0);
    if announced > MAX_BODY {
        return Err(too_large());
    }
    let mut body = Vec::with_capacity(announced);
    while let Some(chunk) = payload.next().await {
        // The framing of the body is broken, or the caller is gone and reads no answer.
        let chunk = chunk.map_err(|_| Problem::new(Kind::InvalidJson, "the body ends before its end"))?;
        if body.len() + chunk.len() > MAX_BODY {
            return Err(too_large());
        }
        body.extend_from_slice(&chunk);
    }
    Ok(body)
}

fn too_large() -> Problem {
    let detail = "the body may have at most 256 KiB; send fewer leaves at once";
    Problem::of_faults(vec![Fault::new(FaultKind::TooLarge, "", detail)])
}
