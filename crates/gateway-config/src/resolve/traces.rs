use crate::{TracesConfig, file::TracesSection, findings::Findings, option_path::OptionPath};

/// `[traces]`.
pub(super) fn traces(section: &TracesSection, findings: &mut Findings<'_>) -> Option<TracesConfig> {
    let at = |name| OptionPath::of(&["traces", name]);
    if section.otlp.is_none() {
        findings.mistake(&at("otlp"), "name the collector: otlp = \"http://127.0.0.1:4318/v1/traces\"");
    }
    let otlp = findings.read(&at("otlp"), section.otlp.as_deref(), url)?;
    let sample = section.sample.unwrap_or(1.0);
    if !(0.0..=1.0).contains(&sample) {
        findings
            .mistake(&at("sample"), "sample takes a number from 0 to 1: which part of the updates is traced");
    }
    Some(TracesConfig { otlp, sample })
}

fn url(text: &str) -> Result<String, String> {
    let rest = text.strip_prefix("http://").or_else(|| text.strip_prefix("https://"));
    let host = rest.unwrap_or_default().split(['/', '?', '#']).next().unwrap_or_default();
    if host.is_empty() || text.contains(['@', '?', '#', ' ']) || !text.is_ascii() {
        return Err("otlp takes a URL without user, query and fragment, such as \
                    \"http://127.0.0.1:4318/v1/traces\""
            .to_owned());
    }
    Ok(text.to_owned())
}
