use std::{collections::BTreeSet, fmt, sync::Arc, time::Duration};

use base64::{Engine, prelude::BASE64_STANDARD};
use canonical::Unseen;
use delivery::{
    event::{EventKind, Thresholds},
    millis,
};
use secrecy::{ExposeSecret, SecretSlice};
use transport_http::PostSettings;

use super::CredentialSource;

/// From where on operators are told that something is the matter with a route.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct AlertConfig {
    /// So many blocked lanes.
    pub blocked_lanes: u64,
    /// The oldest pending lane has been behind for so long.
    pub backlog_age: Duration,
    /// The vendor keeps a value that is not theirs any more of so many users; none: nobody is told.
    pub kept_users: Option<u64>,
}

impl Default for AlertConfig {
    fn default() -> Self {
        Self { blocked_lanes: 100, backlog_age: Duration::from_secs(15 * 60), kept_users: None }
    }
}

impl AlertConfig {
    /// As the engine takes them.
    pub fn thresholds(self) -> Thresholds {
        Thresholds { blocked: self.blocked_lanes, backlog: millis(self.backlog_age), kept: self.kept_users }
    }
}

/// One of `[[webhooks]]`. Its `Debug` shows neither the URL nor a secret.
#[derive(Clone, PartialEq, Eq)]
pub struct WebhookConfig {
    /// Its name: what it was told is kept under it.
    pub name: String,
    /// The scheme, host and port of the receiver.
    pub origin: String,
    /// Where to post to.
    pub post: PostSettings,
    /// Where the secrets come from, the present one first.
    pub secret_sources: Vec<CredentialSource>,
    /// What each message is signed with.
    pub secrets: Vec<SigningSecret>,
    /// What it wants to be told.
    pub events: BTreeSet<EventKind>,
}

impl fmt::Debug for WebhookConfig {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("WebhookConfig")
            .field("name", &self.name)
            .field("origin", &self.origin)
            .field("events", &self.events)
            .finish_non_exhaustive()
    }
}

/// A symmetric secret of Standard Webhooks: `whsec_` and 24 to 64 bytes in Base64.
#[derive(Clone)]
pub struct SigningSecret(Arc<SecretSlice<u8>>);

const PREFIX: &str = "whsec_";

impl SigningSecret {
    /// Reads a secret.
    ///
    /// # Errors
    /// What to do, without the secret.
    pub fn parse(text: &str) -> Result<Self, String> {
        let key = text.strip_prefix(PREFIX).and_then(|key| BASE64_STANDARD.decode(key).ok());
        let key = key.filter(|key| (24..=64).contains(&key.len()));
        key.map(|key| Self(Arc::new(key.into()))).ok_or_else(|| {
            let unseen =
                Unseen::first_of(text).map(|unseen| format!("; {unseen}; {} there", unseen.remedy()));
            format!(
                "the secret of a webhook is whsec_ and 24 to 64 random bytes in Base64; make one with: \
                 echo \"whsec_$(openssl rand -base64 32)\"{}",
                unseen.unwrap_or_default()
            )
        })
    }

    /// The bytes that sign.
    pub fn key(&self) -> &[u8] {
        self.0.expose_secret()
    }
}

impl PartialEq for SigningSecret {
    fn eq(&self, other: &Self) -> bool {
        self.key() == other.key()
    }
}

impl Eq for SigningSecret {}

impl fmt::Debug for SigningSecret {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("SigningSecret(***)")
    }
}
