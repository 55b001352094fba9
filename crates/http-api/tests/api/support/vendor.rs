use std::{
    collections::VecDeque,
    sync::{Arc, Mutex, MutexGuard, PoisonError},
};

use adapter::{AuthScheme, ReadRequest, VendorRequest, VendorResponse};
use async_trait::async_trait;
use delivery::{Preview, SendError, SendErrorKind, Transport};
use tokio::sync::Semaphore;
use transport_http::{Credential, HttpTransport, Network, Settings};

/// A vendor in this process. Its requests are built by the real transport; instead of being sent they are recorded as they
/// would have gone out.
#[derive(Debug)]
pub(crate) struct Vendor {
    real: HttpTransport,
    sent: Mutex<Vec<Preview>>,
    answers: Mutex<VecDeque<VendorResponse>>,
    shown: Mutex<VecDeque<Result<VendorResponse, SendErrorKind>>>,
    usual: &'static str,
    /// One permit for each answer that may be given.
    open: Semaphore,
}

/// The credential of every vendor.
pub(crate) const CREDENTIAL: &str = "canary-credential-5e8d";

impl Vendor {
    /// A vendor that answers 200 with this body unless it is told otherwise.
    pub(crate) fn new(auth: AuthScheme, usual: &'static str) -> Arc<Self> {
        let credential = Credential::new(CREDENTIAL.to_owned().into()).expect("a credential");
        let settings =
            Settings { network: Network::Loopback, ..Settings::new("http://127.0.0.1:9", auth, credential) };
        Arc::new(Self {
            real: HttpTransport::new(settings).expect("a transport"),
            sent: Mutex::default(),
            answers: Mutex::default(),
            shown: Mutex::default(),
            usual,
            open: Semaphore::new(Semaphore::MAX_PERMITS),
        })
    }

    /// What was sent so far.
    pub(crate) fn sent(&self) -> Vec<Preview> {
        lock(&self.sent).clone()
    }

    /// The body that was sent last.
    pub(crate) fn last_body(&self) -> serde_json::Value {
        let last = self.sent().pop().expect("something was sent");
        serde_json::from_slice(&last.body).expect("JSON")
    }

    /// Answers the next request in this way.
    pub(crate) fn answer(&self, status: u16, body: &str) {
        lock(&self.answers).push_back(response(status, body));
    }

    /// Answers the next request with a wish for a pause.
    pub(crate) fn ask_for_pause(&self, seconds: u32) {
        let headers = vec![("retry-after".to_owned(), seconds.to_string())];
        lock(&self.answers).push_back(VendorResponse { headers, ..response(429, "{}") });
    }

    /// Answers the next request with these headers beside the body.
    pub(crate) fn warn(&self, status: u16, body: &str, headers: &[(&str, &str)]) {
        let headers = headers.iter().map(|(name, value)| (name.to_string(), value.to_string())).collect();
        lock(&self.answers).push_back(VendorResponse { headers, ..response(status, body) });
    }

    /// Answers the next question in this way.
    pub(crate) fn show(&self, status: u16, body: &str) {
        lock(&self.shown).push_back(Ok(response(status, body)));
    }

    /// Leaves the next question without an answer.
    pub(crate) fn keep_silent(&self, kind: SendErrorKind) {
        lock(&self.shown).push_back(Err(kind));
    }

    /// Answers nobody until [`Vendor::go_on`].
    pub(crate) fn hang(&self) {
        self.open.forget_permits(Semaphore::MAX_PERMITS);
    }

    pub(crate) fn go_on(&self) {
        self.open.add_permits(1_000);
    }
}

fn response(status: u16, body: &str) -> VendorResponse {
    VendorResponse { status, headers: Vec::new(), body: body.as_bytes().to_vec() }
}

fn lock<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}

#[async_trait]
impl Transport for Vendor {
    async fn send(&self, request: &VendorRequest) -> Result<VendorResponse, SendError> {
        lock(&self.sent).push(self.real.preview(request));
        self.open.acquire().await.expect("never closed").forget();
        Ok(lock(&self.answers).pop_front().unwrap_or_else(|| response(200, self.usual)))
    }

    async fn read(&self, _: &ReadRequest) -> Result<VendorResponse, SendError> {
        let shown = lock(&self.shown).pop_front().unwrap_or(Err(SendErrorKind::Connect));
        shown.map_err(|kind| SendError { kind, detail: "as the test wants it".to_owned() })
    }

    fn preview(&self, request: &VendorRequest) -> Preview {
        self.real.preview(request)
    }

    fn without_credential(&self, words: &str) -> String {
        self.real.without_credential(words)
    }
}
