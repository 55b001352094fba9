//! Content codings (RFC 9110 section 8.4): the gateway asks for none, and some vendors and intermediaries compress all the same.

use std::io::Read;

use delivery::{SendError, SendErrorKind};
use flate2::read::{DeflateDecoder, MultiGzDecoder, ZlibDecoder};

use crate::send::{MAX_BODY, too_large};

/// The body as it was before it was coded. A small body may grow to no more than a large one may be.
///
/// # Errors
/// When the coding is none of those that are read, or the body is not coded so, or is too large: the vendor may have applied the
/// request.
pub(crate) fn decoded(body: Vec<u8>, headers: &[(String, String)]) -> Result<Vec<u8>, SendError> {
    let codings = headers.iter().filter(|(name, _)| name.eq_ignore_ascii_case("content-encoding"));
    let codings: Vec<String> = codings
        .flat_map(|(_, value)| value.split(','))
        .map(|coding| coding.trim().to_ascii_lowercase())
        .collect();
    // The last one was applied last.
    codings.iter().rev().try_fold(body, |body, coding| decode(body, coding))
}

fn decode(body: Vec<u8>, coding: &str) -> Result<Vec<u8>, SendError> {
    if body.is_empty() {
        return Ok(body);
    }
    match coding {
        "identity" | "" => Ok(body),
        "gzip" | "x-gzip" => read(MultiGzDecoder::new(&*body), coding),
        // As the RFC has it, and as some servers took it to be.
        "deflate" => read(ZlibDecoder::new(&*body), coding).or_else(|error| match error.kind {
            SendErrorKind::AnswerTooLarge => Err(error),
            _ => read(DeflateDecoder::new(&*body), coding),
        }),
        other => {
            let named: String = other.chars().filter(char::is_ascii_alphanumeric).take(20).collect();
            Err(unreadable(format!("the answer has the content coding {named}, although none was asked for")))
        }
    }
}

fn read(decoder: impl Read, coding: &str) -> Result<Vec<u8>, SendError> {
    let mut body = Vec::new();
    let most = MAX_BODY as u64 + 1;
    let read = decoder.take(most).read_to_end(&mut body);
    read.map_err(|_| unreadable(format!("the answer is not {coding} as its head says")))?;
    if body.len() > MAX_BODY { Err(too_large()) } else { Ok(body) }
}

fn unreadable(detail: String) -> SendError {
    SendError { kind: SendErrorKind::Interrupted, detail }
}
