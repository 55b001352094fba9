use std::collections::BTreeMap;

use adapter::{AuthScheme, SubjectForm, SubjectKind};
use delivery::Enrol;
use transport_http::BaseUrl;

use super::{
    Context,
    connection::{self, Connection},
    limits, mapping, prefix,
    revision::Revision,
};
use crate::{
    RouteConfig, Vendor,
    file::{ErrorSection, RouteSection},
    findings::{Findings, no_such_choice},
    introspect::names,
    option_path::OptionPath,
    vendor::OwnOptions,
    when::Filter,
};

/// One route with everything that can be known without sending.
pub(super) fn resolve(
    name: &str,
    section: &RouteSection,
    context: &Context<'_>,
    findings: &mut Findings<'_>,
) -> Option<RouteConfig> {
    let path = OptionPath::of(&["routes", name]);
    check_name(name, &path, findings);
    let vendor = vendor(section, &path, findings);
    let connection = connection::resolve(section, &path, context, findings);
    let when = when(section, &path, findings);
    let limits = limits::resolve(section, &path, findings);
    let vendor = vendor?;
    check_own_options(vendor, &path, findings);
    let auth = auth(vendor, section, &path, findings);
    let subject = subject(vendor, section, &path, findings);
    let enrol = enrol(section, subject, &path, findings);
    let mapping = mapping::resolve(vendor, subject, section, &path, findings);
    let built = vendor.build(&mut OwnOptions { section, path: &path, findings });
    let Connection { base, network, secret, extra_roots } = connection;
    let ((base, plain_http), built) = (base?, built?);
    if let Some(end) = prefix::doubled(&*built.adapter, subject?, base.path()) {
        let path_before = &base.path()[..base.path().len() - end.len()];
        let write = format!("{}{path_before}", base.origin());
        findings.mistake(
            &path.child("base_url"),
            format!("base_url ends in \"{end}\", which each call to {vendor} begins with; write \"{write}\""),
        );
    }
    let ((options, mapping), secret) = (mapping?, secret?);
    let carried: BTreeMap<_, _> =
        mapping.fields().map(|(leaf, field)| (leaf.clone(), field.to.to_string())).collect();
    let rate_key = format!("{} {}", base.origin(), secret.source.fingerprint());
    let readable_by_others =
        section.credential.as_ref().is_some_and(|reference| reference.0.readable_by_others == Some(true));
    Some(RouteConfig {
        name: name.to_owned(),
        vendor,
        base_url: section.base_url.clone()?,
        origin: origin(&base, built.account.as_deref()),
        account: built.account,
        credential_source: secret.source,
        network: network?,
        plain_http,
        when: when?,
        subject_kind: subject?,
        enrol: enrol?,
        mapping_revision: Revision::of(vendor, section, &options, &mapping),
        carried,
        limits: limits?.into_limits(vendor, rate_key, built.apply_window),
        auth: auth?,
        credential: secret.credential,
        credential_digest: secret.digest,
        base: context.base.to_owned(),
        readable_by_others,
        ca_file: section.ca_file.clone(),
        extra_roots: extra_roots?,
        own: own(section),
        adapter: built.adapter,
        mapping: options,
    })
}

/// A route's name is part of the API, of metrics and of the operator's calls.
fn check_name(name: &str, path: &OptionPath, findings: &mut Findings<'_>) {
    let starts_well = name.starts_with(|c: char| c.is_ascii_lowercase());
    let plain = name.bytes().all(|b| b.is_ascii_lowercase() || b.is_ascii_digit() || b == b'_');
    if !starts_well || !plain || name.len() > 32 {
        let sentence =
            "a route's name is 1 to 32 lower-case letters, digits or '_', and starts with a letter";
        findings.mistake_in_name(path, sentence);
    }
}

fn vendor(section: &RouteSection, path: &OptionPath, findings: &mut Findings<'_>) -> Option<Vendor> {
    let all = || Vendor::names().iter().copied();
    if section.vendor.is_none() {
        let names: Vec<_> = all().collect();
        findings.mistake(&path.child("vendor"), format!("a route needs a vendor: {}", names.join(", ")));
    }
    findings.read(&path.child("vendor"), section.vendor.as_deref(), |text| {
        Vendor::of_name(text).ok_or_else(|| no_such_choice(text, all()))
    })
}

/// Refuses another vendor's own options, which would be without effect.
fn check_own_options(vendor: Vendor, path: &OptionPath, findings: &mut Findings<'_>) {
    for option in names::<RouteSection>() {
        let owners: Vec<String> = Vendor::all()
            .filter(|owner| owner.own_options().contains(option))
            .map(|owner| owner.to_string())
            .collect();
        let foreign = !owners.is_empty() && !vendor.own_options().contains(option);
        if foreign && findings.is_given(&path.child(option)) {
            let owners = owners.join(" and ");
            findings.mistake_in_name(
                &path.child(option),
                format!("{option} is an option of {owners}, not of {vendor}; remove it"),
            );
        }
    }
}

fn when(section: &RouteSection, path: &OptionPath, findings: &mut Findings<'_>) -> Option<Option<Filter>> {
    let Some(text) = section.when.as_deref() else { return Some(None) };
    match Filter::parse(text) {
        Ok(filter) => Some(Some(filter)),
        Err(error) => {
            let at = path.child("when");
            findings.mistake_within(&at, text, error.offset(), error.sentence().to_owned());
            None
        }
    }
}

fn auth(
    vendor: Vendor,
    section: &RouteSection,
    path: &OptionPath,
    findings: &mut Findings<'_>,
) -> Option<AuthScheme> {
    let schemes = vendor.dialect().auth;
    let choices: Vec<_> = schemes.iter().map(|scheme| (auth_name(scheme), *scheme)).collect();
    match section.auth.as_deref() {
        None => schemes.first().copied(),
        text => findings.choose(&path.child("auth"), text, &choices),
    }
}

/// What `auth` calls a scheme.
pub(crate) fn auth_name(scheme: &AuthScheme) -> &'static str {
    match scheme {
        AuthScheme::Bearer => "bearer",
        AuthScheme::Token => "token",
        AuthScheme::Header(_) => "header",
    }
}

fn subject(
    vendor: Vendor,
    section: &RouteSection,
    path: &OptionPath,
    findings: &mut Findings<'_>,
) -> Option<&'static SubjectKind> {
    let kinds = vendor.dialect().subjects;
    let choices: Vec<_> = kinds.iter().map(|kind| (kind.name, kind)).collect();
    match section.subject.as_deref() {
        None => kinds.first(),
        text => findings.choose(&path.child("subject"), text, &choices),
    }
}

fn enrol(
    section: &RouteSection,
    subject: Option<&'static SubjectKind>,
    path: &OptionPath,
    findings: &mut Findings<'_>,
) -> Option<Enrol> {
    let at = path.child("enrol");
    let choices = [("identity", Enrol::Identity), ("email", Enrol::Email)];
    let enrol = match section.enrol.as_deref() {
        None => Some(Enrol::default()),
        text => findings.choose(&at, text, &choices),
    }?;
    if enrol == Enrol::Email && subject.is_some_and(|kind| kind.form != SubjectForm::Email) {
        findings.mistake(
            &at,
            "enrol = \"email\" needs a route whose subject is an e-mail address; write \"identity\"",
        );
        return None;
    }
    Some(enrol)
}

/// Vendor-specific options, as written; used to show and to compare routes.
fn own(section: &RouteSection) -> Vec<(&'static str, String)> {
    let rule = |error: &ErrorSection| {
        format!(
            "{} is {}",
            error.pattern.as_deref().unwrap_or_default(),
            error.kind.as_deref().unwrap_or_default()
        )
    };
    let errors: Vec<String> = section.errors.iter().map(rule).collect();
    [
        ("api_version", section.api_version.clone()),
        ("auth", section.auth.clone()),
        ("body_encoding", section.body_encoding.clone()),
        ("custom_id", section.custom_id.clone()),
        ("errors", Some(errors.join(", ")).filter(|errors| !errors.is_empty())),
    ]
    .into_iter()
    .filter_map(|(name, text)| Some((name, text?)))
    .collect()
}

/// The scheme, host and port, and the vendor's own part of itself where it has several.
fn origin(base: &BaseUrl, account: Option<&str>) -> String {
    match account {
        Some(account) => format!("{}/networks/{account}", base.origin()),
        None => base.origin().to_owned(),
    }
}
