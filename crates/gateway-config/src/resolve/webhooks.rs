use std::{collections::BTreeSet, time::Duration};

use delivery::event::EventKind;
use transport_http::{BaseUrl, HttpPost, PlainHttp, PostSettings, SettingsError};

use super::{
    Context,
    connection::{extra_roots, network, warn_of_readers},
    duration::{self, Bounds},
    secret,
};
use crate::{
    AlertConfig, CredentialSource, SigningSecret, WebhookConfig,
    file::{AlertsSection, WebhookSection},
    file_reference::ReferenceSection,
    findings::Findings,
    option_path::OptionPath,
};

/// The highest threshold of blocked lanes, and of users of whom something is kept.
pub(crate) const MOST_BLOCKED: i64 = 1_000_000_000;

/// `[alerts]`.
pub(super) fn alerts(section: &AlertsSection, findings: &mut Findings<'_>) -> AlertConfig {
    let at = |name| OptionPath::of(&["alerts", name]);
    let default = AlertConfig::default();
    let mut number = |name, number: Option<i64>| match number {
        Some(number) if (1..=MOST_BLOCKED).contains(&number) => Some(number.unsigned_abs()),
        Some(_) => {
            findings.mistake(&at(name), format!("write a number from 1 to {MOST_BLOCKED}"));
            None
        }
        None => None,
    };
    let blocked_lanes = number("blocked_lanes", section.blocked_lanes).unwrap_or(default.blocked_lanes);
    let kept_users = number("kept_users", section.kept_users);
    let age = |text: &str| duration::parse(text, &Bounds::BACKLOG);
    let backlog_age: Option<Duration> =
        findings.read(&at("backlog_age"), section.backlog_age.as_deref(), age);
    AlertConfig { blocked_lanes, backlog_age: backlog_age.unwrap_or(default.backlog_age), kept_users }
}

/// `[[webhooks]]`.
pub(super) fn resolve(
    sections: &[WebhookSection],
    context: &Context<'_>,
    findings: &mut Findings<'_>,
) -> Vec<WebhookConfig> {
    let mut names = BTreeSet::new();
    let mut webhooks = Vec::new();
    for (number, section) in sections.iter().enumerate() {
        let path = OptionPath::of(&["webhooks"]).child(number);
        let Some(webhook) = webhook(section, &path, context, findings) else { continue };
        if !names.insert(webhook.name.clone()) {
            let sentence = "another webhook has this name; what each was told is kept under its name";
            findings.mistake(&path.child("name"), sentence);
        }
        webhooks.push(webhook);
    }
    webhooks
}

fn webhook(
    section: &WebhookSection,
    path: &OptionPath,
    context: &Context<'_>,
    findings: &mut Findings<'_>,
) -> Option<WebhookConfig> {
    let name = required(section.name.as_deref(), &path.child("name"), findings, name);
    let post = post(section, path, context, findings);
    let events = events(section, path, findings);
    if section.secret.is_none() {
        let sentence = "a webhook needs secret = { env = \"NAME\" } or { file = \"path\" }";
        findings.mistake(&path.child("secret"), sentence);
    }
    let references = [("secret", &section.secret), ("previous_secret", &section.previous_secret)];
    let given = references.into_iter().filter_map(|(option, reference)| Some((option, reference.as_ref()?)));
    let found: Vec<_> = given
        .map(|(option, reference)| signing_secret(reference, &path.child(option), context, findings))
        .collect();
    let (secret_sources, secrets) = found.into_iter().collect::<Option<Vec<_>>>()?.into_iter().unzip();
    section.secret.as_ref()?;
    let (post, origin) = post?;
    Some(WebhookConfig { name: name?, origin, post, secret_sources, secrets, events: events? })
}

fn required<T>(
    text: Option<&str>,
    path: &OptionPath,
    findings: &mut Findings<'_>,
    parse: impl FnOnce(&str) -> Result<T, String>,
) -> Option<T> {
    if text.is_none() {
        findings.mistake(path, "a webhook needs a name and a url");
    }
    findings.read(path, text, parse)
}

/// The name is part of the log and of what is stored.
fn name(text: &str) -> Result<String, String> {
    let starts_well = text.starts_with(|c: char| c.is_ascii_lowercase());
    let plain = text.bytes().all(|b| b.is_ascii_lowercase() || b.is_ascii_digit() || b == b'_' || b == b'-');
    if starts_well && plain && text.len() <= 32 {
        return Ok(text.to_owned());
    }
    Err("a webhook's name is 1 to 32 lower-case letters, digits, '_' or '-', and starts with a letter"
        .to_owned())
}

/// Where to post to, with its origin.
fn post(
    section: &WebhookSection,
    path: &OptionPath,
    context: &Context<'_>,
    findings: &mut Findings<'_>,
) -> Option<(PostSettings, String)> {
    let network = network(section.network.as_deref(), path, findings);
    let extra_roots = extra_roots(section.ca_file.as_deref(), path, context, findings);
    let url = required(section.url.as_deref(), &path.child("url"), findings, |text| Ok(text.to_owned()))?;
    let plain_http = if section.plain_http == Some(true) { PlainHttp::Allowed } else { PlainHttp::Refused };
    // A file that cannot be used is found already, and keeps nothing else from being found.
    let (roots, is_whole) = (extra_roots.clone().flatten(), extra_roots.is_some());
    let post = PostSettings { url, network: network?, plain_http, extra_roots: roots };
    let checked = BaseUrl::parse(&post.url, post.network, plain_http)
        .and_then(|base| HttpPost::new(&post).map(|_| base));
    match checked {
        Ok(base) => is_whole.then(|| (post, base.origin().to_owned())),
        Err(error) => {
            let option = if error == SettingsError::PlainHttpElsewhere { "plain_http" } else { "url" };
            // The guards speak of a route.
            findings.mistake(&path.child(option), error.to_string().replace("base_url", "url"));
            None
        }
    }
}

fn signing_secret(
    reference: &ReferenceSection,
    path: &OptionPath,
    context: &Context<'_>,
    findings: &mut Findings<'_>,
) -> Option<(CredentialSource, SigningSecret)> {
    let found = secret::look_up(&reference.0, context.base, context.environment).and_then(|found| {
        let secret = SigningSecret::parse(&found.text).map_err(|sentence| (found.option, sentence))?;
        Ok((found.source, secret))
    });
    match found {
        Ok(found) => {
            warn_of_readers(&reference.0, path, findings);
            Some(found)
        }
        Err((option, sentence)) => {
            let at = if option.is_empty() { path.clone() } else { path.child(option) };
            findings.mistake(&at, sentence);
            None
        }
    }
}

/// Every kind, unless some are named.
fn events(
    section: &WebhookSection,
    path: &OptionPath,
    findings: &mut Findings<'_>,
) -> Option<BTreeSet<EventKind>> {
    let Some(names) = &section.events else { return Some(EventKind::all().iter().copied().collect()) };
    let path = path.child("events");
    let choices: Vec<_> = EventKind::all().iter().map(|kind| (kind.name(), *kind)).collect();
    if names.is_empty() {
        findings.mistake(
            &path,
            "a webhook without events is told nothing; name some, or leave events out for all",
        );
        return None;
    }
    let found = names.iter().enumerate();
    let found: Vec<_> = found
        .map(|(number, name)| findings.choose(&path.child(number), Some(name.as_str()), &choices))
        .collect();
    found.into_iter().collect()
}
