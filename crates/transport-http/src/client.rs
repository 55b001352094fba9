use std::{fmt, sync::Arc, time::Duration};

use adapter::{AuthScheme, ReadRequest, VendorRequest, VendorResponse};
use arc_swap::ArcSwap;
use async_trait::async_trait;
use delivery::{Preview, SendError, SendErrorKind, Transport};
use reqwest::{Client, header::HeaderMap, redirect, retry};

use crate::{
    BaseUrl, Credential, Network, Pool, Settings, SettingsError, Timeouts, credential,
    request::{Built, standing_headers},
    resolve::{GuardedResolver, Lookup, SystemLookup},
    send::exchange,
    tls,
};

/// Sends the requests of one route over its own connections. Its `Debug` shows the origin alone.
pub struct HttpTransport {
    base: BaseUrl,
    auth: AuthScheme,
    /// Replaced as a whole when the credential is; a request under way keeps the headers it was begun with.
    standing: ArcSwap<HeaderMap>,
    /// The present credential and the one before, which a request under way may still carry.
    credentials: ArcSwap<Vec<Credential>>,
    client: Client,
    timeouts: Timeouts,
}

/// The most header lines that are read; of these the first 100 are kept.
const MAX_HEADER_LINES: usize = 256;

impl HttpTransport {
    /// Makes a route's transport. It connects to nobody yet.
    ///
    /// # Errors
    /// When the settings cannot be used safely; the message says what to change.
    pub fn new(settings: Settings) -> Result<Self, SettingsError> {
        Self::with_lookup(settings, Arc::new(SystemLookup::new()))
    }

    #[expect(clippy::needless_pass_by_value, reason = "the settings hold the secret and end here")]
    pub(crate) fn with_lookup(settings: Settings, lookup: Arc<dyn Lookup>) -> Result<Self, SettingsError> {
        let base = BaseUrl::parse(&settings.base_url, settings.network, settings.plain_http)?;
        let standing = standing_headers(settings.auth, &settings.credential)?;
        let (roots, timeouts) = (settings.extra_roots.as_deref(), settings.timeouts);
        let client = client(&base, settings.network, roots, timeouts, settings.pool, lookup)?;
        Ok(Self {
            base,
            auth: settings.auth,
            standing: ArcSwap::from_pointee(standing),
            credentials: ArcSwap::from_pointee(vec![settings.credential.clone()]),
            client,
            timeouts: settings.timeouts,
        })
    }

    /// Presents another credential from the next request on.
    pub fn replace_credential(&self, credential: &Credential) {
        let value = credential.header_value(self.auth);
        let mut headers = HeaderMap::clone(&self.standing.load());
        if let Some(name) = credential::header_name(self.auth) {
            headers.insert(name, value);
        }
        let before = self.credentials.load().first().cloned();
        self.credentials.store(Arc::new([credential.clone()].into_iter().chain(before).collect()));
        self.standing.store(Arc::new(headers));
    }

    /// The scheme, host and port of the vendor.
    pub fn origin(&self) -> &str {
        self.base.origin()
    }

    fn build(&self, request: &VendorRequest) -> Result<Built, &'static str> {
        Built::new(&self.base, &self.standing.load(), request)
    }

    async fn exchange(&self, built: Result<Built, &'static str>) -> Result<VendorResponse, SendError> {
        let request = built.and_then(Built::into_reqwest).map_err(refused)?;
        let exchange = exchange(&self.client, request, self.timeouts.body_idle);
        match tokio::time::timeout(self.timeouts.request, exchange).await {
            Ok(outcome) => outcome,
            Err(_) => Err(SendError { kind: SendErrorKind::Timeout, detail: "no answer in time".to_owned() }),
        }
    }
}

#[async_trait]
impl Transport for HttpTransport {
    async fn send(&self, request: &VendorRequest) -> Result<VendorResponse, SendError> {
        self.exchange(self.build(request)).await
    }

    async fn read(&self, request: &ReadRequest) -> Result<VendorResponse, SendError> {
        self.exchange(Built::of_read(&self.base, &self.standing.load(), request)).await
    }

    /// A request that [`Transport::send`] refuses has no URL; the reason stands in its place.
    fn preview(&self, request: &VendorRequest) -> Preview {
        match self.build(request) {
            Ok(built) => built.preview(credential::mask(self.auth)),
            Err(reason) => Preview {
                method: request.method.as_str(),
                url: format!("refused: {reason}"),
                headers: Vec::new(),
                body: Vec::new(),
            },
        }
    }

    fn without_credential(&self, words: &str) -> String {
        let credentials = self.credentials.load();
        credentials.iter().fold(words.to_owned(), |words, credential| credential.taken_out_of(&words))
    }
}

fn refused(reason: &'static str) -> SendError {
    SendError { kind: SendErrorKind::Refused, detail: reason.to_owned() }
}

/// A client that reaches one origin, within its network alone.
pub(crate) fn client(
    base: &BaseUrl,
    network: Network,
    extra_roots: Option<&[u8]>,
    timeouts: Timeouts,
    pool: Pool,
    lookup: Arc<dyn Lookup>,
) -> Result<Client, SettingsError> {
    let tls = if base.is_https() { tls::verified(extra_roots)? } else { tls::trusting_nobody()? };
    let resolver = GuardedResolver { lookup, network, limit: timeouts.dns };
    Client::builder()
        .redirect(redirect::Policy::none())
        .retry(retry::never())
        .no_proxy()
        .referer(false)
        .https_only(base.is_https())
        .http1_only()
        .http1_title_case_headers()
        .http1_max_headers(MAX_HEADER_LINES)
        .dns_resolver(resolver)
        .tls_backend_preconfigured(tls)
        .connect_timeout(timeouts.connect.min(timeouts.request * 3 / 4))
        .pool_max_idle_per_host(pool.max_idle)
        .pool_idle_timeout(pool.idle)
        .tcp_keepalive(Duration::from_secs(30))
        .build()
        .map_err(|_| SettingsError::Client)
}

impl fmt::Debug for HttpTransport {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("HttpTransport").field("origin", &self.base.origin()).finish_non_exhaustive()
    }
}
