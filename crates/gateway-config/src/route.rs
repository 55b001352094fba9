use std::{collections::BTreeMap, fmt, path::PathBuf, sync::Arc};

use adapter::{Adapter, AuthScheme, Mapping, MappingOptions, SubjectKind};
use canonical::Leaf;
use delivery::{Enrol, Limits, Matcher, Route};
use transport_http::{
    Credential, HttpTransport, Network, PlainHttp, Pool, Settings, SettingsError, Timeouts,
};

use super::{CredentialSource, Vendor};
use crate::{rotation::RotatingTransport, when::Filter};

/// One route as it is configured. Its `Debug` shows neither the secret nor the filter's values.
#[derive(Clone)]
pub struct RouteConfig {
    /// The route's name.
    pub name: String,
    /// The vendor.
    pub vendor: Vendor,
    /// The vendor's address as it was written.
    pub base_url: String,
    /// The scheme, host and port of the vendor, followed by `/networks/…` where the vendor has several networks.
    pub origin: String,
    /// Tenant inside the vendor: the network id of Village.
    pub account: Option<String>,
    /// Where the credential comes from.
    pub credential_source: CredentialSource,
    /// Which addresses the route may reach.
    pub network: Network,
    /// Whether the route may speak `http://`; to be shown wherever routes are.
    pub plain_http: PlainHttp,
    /// Which profiles the route serves; none: all.
    pub when: Option<Filter>,
    /// How the vendor names a person.
    pub subject_kind: &'static SubjectKind,
    /// Which users the route has a subject for.
    pub enrol: Enrol,
    /// The leaves that are sent, with the vendor's names for them.
    pub carried: BTreeMap<Leaf, String>,
    /// What tells two mappings of the route apart.
    pub mapping_revision: u64,
    /// How hard the route may be used.
    pub limits: Limits,
    pub(super) auth: AuthScheme,
    pub(super) credential: Credential,
    pub(super) credential_digest: [u8; 32],
    pub(super) base: PathBuf,
    /// Whether the credential's file is taken although others may read it.
    pub(super) readable_by_others: bool,
    pub(super) ca_file: Option<String>,
    pub(super) extra_roots: Option<Vec<u8>>,
    /// The vendor's own options that are given, as they were written.
    pub(super) own: Vec<(&'static str, String)>,
    pub(super) adapter: Arc<dyn Adapter>,
    pub(super) mapping: MappingOptions,
}

impl RouteConfig {
    /// The route, ready to be used; it connects to nobody yet.
    ///
    /// # Errors
    /// When no transport can be made: no root certificates, or none in `ca_file`.
    pub fn build(&self) -> Result<Route, SettingsError> {
        let mapping = Mapping::for_subject(self.vendor.dialect(), self.subject_kind, &self.mapping);
        Ok(Route {
            name: self.name.clone(),
            adapter: Arc::clone(&self.adapter),
            mapping: mapping.expect("the mapping was made from these options when the file was read"),
            subject_kind: self.subject_kind,
            enrol: self.enrol,
            when: self.when.clone().map(|filter| Arc::new(filter) as Arc<dyn Matcher>),
            limits: self.limits.clone(),
            origin: self.origin.clone(),
            mapping_revision: self.mapping_revision,
            transport: Arc::new(self.transport()?),
        })
    }

    fn transport(&self) -> Result<RotatingTransport, SettingsError> {
        let transport = HttpTransport::new(self.settings())?;
        let (source, base) = (self.credential_source.clone(), self.base.clone());
        let readable_by_others = self.readable_by_others;
        let read = Box::new(move || source.read_again(&base, readable_by_others));
        Ok(RotatingTransport::new(self.name.clone(), transport, self.credential_digest, read))
    }

    fn settings(&self) -> Settings {
        let mut settings = Settings::new(&self.base_url, self.auth, self.credential.clone());
        settings.network = self.network;
        settings.plain_http = self.plain_http;
        settings.extra_roots.clone_from(&self.extra_roots);
        settings.timeouts = Timeouts { request: self.limits.timeout, ..Timeouts::default() };
        let max_idle = usize::try_from(self.limits.concurrency).unwrap_or(usize::MAX);
        settings.pool = Pool { max_idle, ..Pool::default() };
        settings
    }
}

impl fmt::Debug for RouteConfig {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("RouteConfig")
            .field("name", &self.name)
            .field("vendor", &self.vendor)
            .field("origin", &self.origin)
            .field("subject", &self.subject_kind.name)
            .field("enrol", &self.enrol)
            .field("limits", &self.limits)
            .finish_non_exhaustive()
    }
}
