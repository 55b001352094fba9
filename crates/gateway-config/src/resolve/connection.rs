use transport_http::{BaseUrl, Network, PlainHttp, SettingsError, check_roots};

use super::{
    Context,
    secret::{self, Secret},
};
use crate::{
    file::RouteSection, file_reference::ReferenceTable, findings::Findings, option_path::OptionPath, source,
    unseen,
};

/// Largest `ca_file`, in bytes.
const LARGEST_CA_FILE: usize = 1024 * 1024;

/// Where a route sends to, and how it proves who it is; each part that is right, so that all that is not is found in one run.
pub(super) struct Connection {
    pub(super) base: Option<(BaseUrl, PlainHttp)>,
    pub(super) network: Option<Network>,
    pub(super) secret: Option<Secret>,
    pub(super) extra_roots: Option<Option<Vec<u8>>>,
}

/// The options about a route's connection.
pub(super) fn resolve(
    section: &RouteSection,
    path: &OptionPath,
    context: &Context<'_>,
    findings: &mut Findings<'_>,
) -> Connection {
    let network = network(section.network.as_deref(), path, findings);
    let base = base_url(section, network, path, findings);
    let secret = credential(section, path, context, findings);
    let extra_roots = extra_roots(section.ca_file.as_deref(), path, context, findings);
    Connection { base, network, secret, extra_roots }
}

/// Which addresses may be reached.
pub(super) fn network(text: Option<&str>, path: &OptionPath, findings: &mut Findings<'_>) -> Option<Network> {
    let networks =
        [("public", Network::Public), ("private", Network::Private), ("loopback", Network::Loopback)];
    match text {
        None => Some(Network::default()),
        text => findings.choose(&path.child("network"), text, &networks),
    }
}

fn base_url(
    section: &RouteSection,
    network: Option<Network>,
    path: &OptionPath,
    findings: &mut Findings<'_>,
) -> Option<(BaseUrl, PlainHttp)> {
    let at = path.child("base_url");
    let Some(text) = section.base_url.as_deref() else {
        findings.mistake(&at, "a route needs base_url, the vendor's address: base_url = \"https://…\"");
        return None;
    };
    let plain_http = match section.plain_http {
        Some(true) => PlainHttp::Allowed,
        _ => PlainHttp::Refused,
    };
    if !text.is_ascii() {
        findings.mistake(&at, "write base_url in ASCII; a host with other letters in its xn-- form");
        return None;
    }
    match BaseUrl::parse(text, network?, plain_http) {
        Ok(base) => {
            if plain_http == PlainHttp::Allowed {
                findings.warn(
                    &path.child("plain_http"),
                    "with plain_http the credential and personal data can be read on their way to the vendor",
                );
            }
            Some((base, plain_http))
        }
        Err(error @ SettingsError::PlainHttpElsewhere) => {
            findings.mistake(&path.child("plain_http"), error.to_string());
            None
        }
        Err(error) => {
            findings.mistake(&at, error.to_string());
            None
        }
    }
}

fn credential(
    section: &RouteSection,
    path: &OptionPath,
    context: &Context<'_>,
    findings: &mut Findings<'_>,
) -> Option<Secret> {
    let at = path.child("credential");
    let Some(reference) = &section.credential else {
        findings.mistake(&at, "a route needs credential = { env = \"NAME\" } or { file = \"path\" }");
        return None;
    };
    match secret::find(&reference.0, context.base, context.environment) {
        Ok(secret) => {
            warn_of_readers(&reference.0, &at, findings);
            Some(secret)
        }
        Err((option, sentence)) => {
            let at = if option.is_empty() { at } else { at.child(option) };
            findings.mistake(&at, sentence);
            None
        }
    }
}

/// Who reads the file acts in the vendor's name, or in the gateway's.
pub(super) fn warn_of_readers(reference: &ReferenceTable, path: &OptionPath, findings: &mut Findings<'_>) {
    if reference.readable_by_others == Some(true) {
        let sentence =
            "the secret is taken although others may read its file: let nobody else reach the file";
        findings.warn(&path.child("readable_by_others"), sentence);
    }
}

/// The certificates of a `ca_file`. They are read by the TLS library alone.
pub(super) fn extra_roots(
    file: Option<&str>,
    path: &OptionPath,
    context: &Context<'_>,
    findings: &mut Findings<'_>,
) -> Option<Option<Vec<u8>>> {
    let Some(file) = file else { return Some(None) };
    let read = |file: &str| {
        let bytes = source::read_regular(&context.base.join(file), LARGEST_CA_FILE)?;
        let bytes = bytes.strip_prefix(source::MARK).map(<[u8]>::to_vec).unwrap_or(bytes);
        check_roots(&bytes).map_err(|error| match unseen::in_file(&bytes) {
            Some(unseen) => format!("{error}; {unseen}"),
            None => error.to_string(),
        })?;
        Ok(bytes)
    };
    findings.read(&path.child("ca_file"), Some(file), read).map(Some)
}
