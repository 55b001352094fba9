use std::fmt;

use adapter::{ReadRequest, VendorRequest, VendorResponse};
use async_trait::async_trait;

/// Sends one route's requests: joins them to the route's base URL, adds the credential, keeps the limits.
///
/// It never follows a redirect and never repeats a request by itself.
#[async_trait]
pub trait Transport: Send + Sync + fmt::Debug {
    /// Sends a request and reads the whole answer.
    ///
    /// # Errors
    /// When there is no complete answer; [`SendErrorKind`] tells whether the vendor may have applied the request.
    async fn send(&self, request: &VendorRequest) -> Result<VendorResponse, SendError>;

    /// Sends a `GET` and reads the whole answer, under the same limits as [`Transport::send`].
    ///
    /// # Errors
    /// When there is no complete answer. A transport that reads nothing refuses.
    async fn read(&self, request: &ReadRequest) -> Result<VendorResponse, SendError> {
        let _ = request;
        Err(SendError { kind: SendErrorKind::Refused, detail: "this transport reads nothing".to_owned() })
    }

    /// What [`Transport::send`] would put on the wire, the credential masked.
    fn preview(&self, request: &VendorRequest) -> Preview;

    /// Reads the credential where it is kept; whether it was replaced. From then on the new one is presented.
    fn refresh_credential(&self) -> bool {
        false
    }

    /// A vendor's words without those that repeat the credential: what a vendor says is kept and shown.
    fn without_credential(&self, words: &str) -> String {
        words.to_owned()
    }
}

/// A request as it goes on the wire, the credential masked. Its `Debug` shows neither URL nor body.
#[derive(Clone, PartialEq, Eq)]
pub struct Preview {
    /// The method.
    pub method: &'static str,
    /// The whole URL, percent-encoded.
    pub url: String,
    /// All headers that the gateway sets, in order, the credential masked.
    pub headers: Vec<(String, String)>,
    /// The exact bytes of the body.
    pub body: Vec<u8>,
}

impl fmt::Debug for Preview {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} with {} bytes", self.method, self.body.len())
    }
}

/// Why there is no answer. Carries no URL and nothing of the request.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("{kind:?}: {detail}")]
pub struct SendError {
    /// What happened.
    pub kind: SendErrorKind,
    /// The cause in a few words.
    pub detail: String,
}

/// What happened to a request that has no answer.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum SendErrorKind {
    /// The host name has no address. Not applied.
    Dns,
    /// No connection. Not applied.
    Connect,
    /// The other side could not prove who it is. Not applied.
    Tls,
    /// The host name leads to an address that the route may not reach. Not applied.
    AddressRefused,
    /// The gateway itself refused to send: the URL is not the configured one. Not applied.
    Refused,
    /// No answer in time. May have been applied.
    Timeout,
    /// The connection broke after the request was begun, or the answer is incomplete. May have been applied.
    Interrupted,
    /// The answer is larger than 64 KiB. May have been applied.
    AnswerTooLarge,
}

impl SendErrorKind {
    /// Whether the vendor may have applied the request.
    pub fn may_have_been_applied(self) -> bool {
        matches!(self, Self::Timeout | Self::Interrupted | Self::AnswerTooLarge)
    }
}
