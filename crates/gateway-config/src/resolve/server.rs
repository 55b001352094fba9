use std::{net::SocketAddr, path::Path};

use super::duration::{self, Bounds};
use crate::{
    LogConfig, LogFormat, OperatorConfig, Retention, ServerConfig, StoreConfig,
    file::{LogSection, OperatorSection, ServerSection, StoreSection},
    findings::Findings,
    option_path::OptionPath,
};

/// The most connections that an option may ask for.
pub(crate) const MOST_CONNECTIONS: i64 = 100_000;
/// The most threads that an option may ask for.
pub(crate) const MOST_WORKERS: i64 = 256;

/// `[server]`.
pub(super) fn server(section: &ServerSection, findings: &mut Findings<'_>) -> ServerConfig {
    let at = |name| OptionPath::of(&["server", name]);
    let default = ServerConfig::default();
    ServerConfig {
        listen: findings.read(&at("listen"), section.listen.as_deref(), listen).unwrap_or(default.listen),
        default_country: findings.read(&at("default_country"), section.default_country.as_deref(), |text| {
            text.parse().map_err(|error: canonical::Invalid| error.to_string())
        }),
        workers: count(&at("workers"), section.workers, MOST_WORKERS, findings),
        max_connections: count(&at("max_connections"), section.max_connections, MOST_CONNECTIONS, findings)
            .unwrap_or(default.max_connections),
    }
}

/// `[operator]`.
pub(super) fn operator(
    section: &OperatorSection,
    server: &ServerConfig,
    findings: &mut Findings<'_>,
) -> OperatorConfig {
    let path = OptionPath::of(&["operator", "listen"]);
    let default = OperatorConfig::default();
    let listen = findings.read(&path, section.listen.as_deref(), listen).unwrap_or(default.listen);
    if listen == server.listen && listen.port() != 0 {
        findings.mistake(
            &path,
            "the operator's calls need a port of their own; choose another than that of server.listen",
        );
    }
    if !listen.ip().is_loopback() {
        findings.warn(
            &path,
            "other machines can reach the operator's calls; /metrics and /ready need no key there",
        );
    }
    OperatorConfig { listen, hosts: hosts(section.hosts.as_deref().unwrap_or_default(), findings) }
}

/// The names of the operators' listener: a browser sends them in lower case.
fn hosts(names: &[String], findings: &mut Findings<'_>) -> Vec<String> {
    let path = OptionPath::of(&["operator", "hosts"]);
    let read = |text: &str| {
        let plain = |b: u8| b.is_ascii_lowercase() || b.is_ascii_digit() || b == b'-' || b == b'.';
        let is_label = |label: &str| !label.is_empty() && !label.starts_with('-') && !label.ends_with('-');
        if text.len() <= 253 && text.bytes().all(plain) && text.split('.').all(is_label) {
            return Ok(text.to_owned());
        }
        Err("write the name of a host alone, in lower case, such as \"ops.example.com\"".to_owned())
    };
    let named = names.iter().enumerate();
    named.filter_map(|(number, name)| findings.read(&path.child(number), Some(name.as_str()), read)).collect()
}

/// `[store]`: where it is, and how long what is kept.
pub(super) fn store(
    section: &StoreSection,
    base: &Path,
    findings: &mut Findings<'_>,
) -> (StoreConfig, Retention) {
    let at = |name| OptionPath::of(&["store", name]);
    let path = at("sqlite");
    match section.sqlite.as_deref() {
        None => findings
            .mistake(&path, "name the file of the database: [store] sqlite = \"data/profile-gateway.db\""),
        Some(text)
            if text.is_empty()
                || text.contains('\0')
                || text.starts_with(':')
                || text.starts_with("file:") =>
        {
            findings.mistake(
                &path,
                "sqlite takes the path of a file; a database in memory would lose what was accepted",
            );
        }
        Some(_) => {}
    }
    let default = Retention::default();
    let mut kept = |name, text: &Option<String>, bounds: &Bounds| {
        findings.read(&at(name), text.as_deref(), |text| duration::parse(text, bounds))
    };
    let retention = Retention {
        updates: kept("update_retention", &section.update_retention, &Bounds::RETENTION)
            .unwrap_or(default.updates),
        attempts: kept("attempt_retention", &section.attempt_retention, &Bounds::RETENTION)
            .unwrap_or(default.attempts),
        idempotency: kept("idempotency_ttl", &section.idempotency_ttl, &Bounds::IDEMPOTENCY)
            .unwrap_or(default.idempotency),
    };
    if retention.idempotency > retention.updates {
        let path = at("idempotency_ttl");
        findings.mistake(
            &path,
            "a request's key is of use only as long as its update is kept; make idempotency_ttl at most update_retention",
        );
    }
    let sqlite = base.join(section.sqlite.as_deref().unwrap_or_default());
    let folder = sqlite.parent().filter(|folder| section.sqlite.is_some() && !folder.as_os_str().is_empty());
    if base.exists() && folder.is_some_and(|folder| !folder.exists()) {
        findings.warn(
            &path,
            "the folder of the database does not exist, and a start makes it; is the path right?",
        );
    }
    (StoreConfig { sqlite }, retention)
}

/// `[log]`.
pub(super) fn log(section: &LogSection, findings: &mut Findings<'_>) -> LogConfig {
    use tracing::Level;
    let levels = [
        ("error", Level::ERROR),
        ("warn", Level::WARN),
        ("info", Level::INFO),
        ("debug", Level::DEBUG),
        ("trace", Level::TRACE),
    ];
    let at = |name| OptionPath::of(&["log", name]);
    let default = LogConfig::default();
    let formats = [("json", LogFormat::Json), ("text", LogFormat::Text)];
    LogConfig {
        level: findings.choose(&at("level"), section.level.as_deref(), &levels).unwrap_or(default.level),
        format: findings.choose(&at("format"), section.format.as_deref(), &formats).unwrap_or(default.format),
    }
}

fn listen(text: &str) -> Result<SocketAddr, String> {
    text.parse()
        .map_err(|_| "write an address and a port, such as \"127.0.0.1:8080\" or \"[::]:8080\"".to_owned())
}

fn count(path: &OptionPath, number: Option<i64>, most: i64, findings: &mut Findings<'_>) -> Option<usize> {
    let number = number?;
    if !(1..=most).contains(&number) {
        findings.mistake(path, format!("write a number from 1 to {most}"));
        return None;
    }
    usize::try_from(number).ok()
}
