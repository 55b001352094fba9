use std::{fmt, sync::Arc};

use delivery::{SendError, SendErrorKind};
use reqwest::{
    Client, Request, Url,
    header::{HeaderName, HeaderValue},
};

use crate::{
    BaseUrl, Network, PlainHttp, Pool, SettingsError, Timeouts,
    client::client,
    error::classify,
    resolve::{Lookup, SystemLookup},
};

/// Posts to one URL that an operator has configured, under the guards of routes: its network alone, certificates checked, no
/// redirects, no repetition. Its `Debug` shows the origin alone, for a path may be a secret.
pub struct HttpPost {
    url: Url,
    client: Client,
    timeouts: Timeouts,
}

/// Where to post to.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PostSettings {
    /// The whole URL, without a query.
    pub url: String,
    /// Which addresses it may lead to.
    pub network: Network,
    /// Whether `http://` is accepted on a private network.
    pub plain_http: PlainHttp,
    /// Certificates in PEM that are trusted beside those of the system.
    pub extra_roots: Option<Vec<u8>>,
}

impl HttpPost {
    /// Checks the settings; connects to nobody yet.
    ///
    /// # Errors
    /// When the settings cannot be used safely; the message calls the URL `base_url`, as of a route.
    pub fn new(settings: &PostSettings) -> Result<Self, SettingsError> {
        Self::with_lookup(settings, Arc::new(SystemLookup::new()))
    }

    pub(crate) fn with_lookup(
        settings: &PostSettings,
        lookup: Arc<dyn Lookup>,
    ) -> Result<Self, SettingsError> {
        let base = BaseUrl::parse(&settings.url, settings.network, settings.plain_http)?;
        let timeouts = Timeouts::default();
        let pool = Pool { max_idle: 1, ..Pool::default() };
        let client =
            client(&base, settings.network, settings.extra_roots.as_deref(), timeouts, pool, lookup)?;
        Ok(Self { url: base.into_url(), client, timeouts })
    }

    /// Posts a body once, with these headers (their names in lower case), and answers the status; nothing more of the answer is read.
    ///
    /// # Errors
    /// When there is no status in time.
    pub async fn post(&self, headers: &[(&'static str, String)], body: Vec<u8>) -> Result<u16, SendError> {
        let mut request = Request::new(reqwest::Method::POST, self.url.clone());
        for (name, value) in headers {
            let value = HeaderValue::try_from(value).map_err(|_| SendError {
                kind: SendErrorKind::Refused,
                detail: "a header has a value that cannot be sent".to_owned(),
            })?;
            request.headers_mut().insert(HeaderName::from_static(name), value);
        }
        *request.body_mut() = Some(body.into());
        match tokio::time::timeout(self.timeouts.request, self.client.execute(request)).await {
            Ok(answer) => Ok(answer.map_err(|error| classify(&error))?.status().as_u16()),
            Err(_) => Err(SendError { kind: SendErrorKind::Timeout, detail: "no answer in time".to_owned() }),
        }
    }
}

impl fmt::Debug for HttpPost {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("HttpPost")
            .field("origin", &self.url.origin().ascii_serialization())
            .finish_non_exhaustive()
    }
}
