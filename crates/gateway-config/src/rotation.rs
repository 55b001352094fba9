use std::{
    fmt,
    sync::{Mutex, PoisonError},
};

use adapter::{ReadRequest, VendorRequest, VendorResponse};
use async_trait::async_trait;
use delivery::{Preview, SendError, Transport};
use transport_http::{Credential, HttpTransport};

/// A transport whose credential can be replaced where it is kept, while the gateway runs.
pub(crate) struct RotatingTransport {
    route: String,
    inner: HttpTransport,
    /// Tells the present credential from another one.
    digest: Mutex<[u8; 32]>,
    /// Why it could not be read the last time, so that this is said once.
    unreadable: Mutex<Option<String>>,
    read: Box<ReadCredential>,
}

/// Reads the credential where it is kept; none when it cannot have changed.
pub(crate) type ReadCredential = dyn Fn() -> Result<Option<(Credential, [u8; 32])>, String> + Send + Sync;

impl RotatingTransport {
    pub(crate) fn new(
        route: String,
        inner: HttpTransport,
        digest: [u8; 32],
        read: Box<ReadCredential>,
    ) -> Self {
        Self { route, inner, digest: Mutex::new(digest), unreadable: Mutex::default(), read }
    }

    /// Says that the credential cannot be read again, or that it can, when that was otherwise the last time.
    fn tell(&self, reason: Option<&String>) {
        let mut before = self.unreadable.lock().unwrap_or_else(PoisonError::into_inner);
        match reason {
            Some(reason) if before.as_ref() != Some(reason) => {
                tracing::error!(
                    route = self.route,
                    reason,
                    "the credential cannot be read again; the one that was read is used on"
                );
            }
            None if before.is_some() => {
                tracing::info!(route = self.route, "the credential can be read again");
            }
            _ => {}
        }
        *before = reason.cloned();
    }
}

#[async_trait]
impl Transport for RotatingTransport {
    async fn send(&self, request: &VendorRequest) -> Result<VendorResponse, SendError> {
        self.inner.send(request).await
    }

    async fn read(&self, request: &ReadRequest) -> Result<VendorResponse, SendError> {
        self.inner.read(request).await
    }

    fn preview(&self, request: &VendorRequest) -> Preview {
        self.inner.preview(request)
    }

    fn refresh_credential(&self) -> bool {
        let read = (self.read)();
        self.tell(read.as_ref().err());
        let Ok(Some((credential, digest))) = read else { return false };
        let mut present = self.digest.lock().unwrap_or_else(PoisonError::into_inner);
        if *present == digest {
            return false;
        }
        *present = digest;
        self.inner.replace_credential(&credential);
        true
    }

    fn without_credential(&self, words: &str) -> String {
        self.inner.without_credential(words)
    }
}

impl fmt::Debug for RotatingTransport {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("RotatingTransport").field("inner", &self.inner).finish_non_exhaustive()
    }
}

#[cfg(test)]
mod tests {
    use std::sync::Arc;

    use adapter::AuthScheme;
    use secrecy::SecretString;
    use transport_http::{Network, Settings};

    use super::*;

    /// What a file would say of a credential.
    type Kept = Result<Option<&'static str>, &'static str>;

    #[test]
    fn only_another_credential_is_a_new_one() {
        let credential = |text: &str| Credential::new(SecretString::from(text)).expect("a credential");
        let digest = |text: &str| [text.len().to_le_bytes()[0]; 32];
        let settings = Settings::new("http://127.0.0.1:9", AuthScheme::Bearer, credential("one"));
        let settings = Settings { network: Network::Loopback, ..settings };
        let inner = HttpTransport::new(settings).expect("a transport");
        let kept: Arc<Mutex<Kept>> = Arc::new(Mutex::new(Ok(Some("one"))));
        let read = {
            let kept = Arc::clone(&kept);
            move || {
                let kept = *kept.lock().expect("not poisoned");
                kept.map(|kept| kept.map(|text| (credential(text), digest(text)))).map_err(str::to_owned)
            }
        };
        let transport = RotatingTransport::new("main".to_owned(), inner, digest("one"), Box::new(read));
        for (now, is_new) in [
            (Ok(Some("one")), false),
            (Ok(None), false),
            (Ok(Some("three")), true),
            (Ok(Some("three")), false),
            (Err("the file cannot be read"), false),
            (Ok(Some("three")), false),
            (Ok(Some("one")), true),
        ] {
            *kept.lock().expect("not poisoned") = now;
            assert_eq!(transport.refresh_credential(), is_new, "{now:?}");
        }
    }
}
