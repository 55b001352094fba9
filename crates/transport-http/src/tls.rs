use std::sync::Arc;

use rustls::{
    ClientConfig, RootCertStore,
    crypto::{CryptoProvider, ring},
    pki_types::{CertificateDer, pem::PemObject},
};
use rustls_platform_verifier::Verifier;

use crate::SettingsError;

/// The TLS set-up of an `https` route: TLS 1.2 or later, the system's root certificates and those of `ca_file`.
///
/// The provider is named here instead of installed for the process, so that no test and no program can forget it.
pub(crate) fn verified(extra_roots: Option<&[u8]>) -> Result<ClientConfig, SettingsError> {
    let provider = Arc::new(ring::default_provider());
    let extra = extra_roots.map(certificates).transpose()?.unwrap_or_default();
    let refused = if extra.is_empty() { SettingsError::NoRoots } else { SettingsError::ExtraRoots };
    let verifier = Verifier::new_with_extra_roots(extra, Arc::clone(&provider)).map_err(|_| refused)?;
    let mut config = builder(provider)?
        .dangerous()
        .with_custom_certificate_verifier(Arc::new(verifier))
        .with_no_client_auth();
    config.alpn_protocols = vec![b"http/1.1".to_vec()];
    Ok(config)
}

/// Whether certificates in PEM form can be trusted beside those of the system.
///
/// # Errors
/// When there is none among them, or one is damaged.
pub fn check_roots(pem: &[u8]) -> Result<(), SettingsError> {
    verified(Some(pem)).map(drop)
}

/// The TLS set-up of a route that never speaks TLS: it trusts nobody.
pub(crate) fn trusting_nobody() -> Result<ClientConfig, SettingsError> {
    let config = builder(Arc::new(ring::default_provider()))?;
    Ok(config.with_root_certificates(RootCertStore::empty()).with_no_client_auth())
}

fn builder(
    provider: Arc<CryptoProvider>,
) -> Result<rustls::ConfigBuilder<ClientConfig, rustls::WantsVerifier>, SettingsError> {
    ClientConfig::builder_with_provider(provider)
        .with_safe_default_protocol_versions()
        .map_err(|_| SettingsError::Client)
}

fn certificates(pem: &[u8]) -> Result<Vec<CertificateDer<'static>>, SettingsError> {
    let found: Vec<_> = CertificateDer::pem_slice_iter(pem)
        .collect::<Result<_, _>>()
        .map_err(|_| SettingsError::ExtraRoots)?;
    if found.is_empty() { Err(SettingsError::ExtraRoots) } else { Ok(found) }
}
