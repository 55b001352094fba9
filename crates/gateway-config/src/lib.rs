//! The configuration: a TOML file, the environment over it, and what the two mean together.
//!
//! A file is first checked by itself, with the place of every mistake; the environment is then laid over it, each variable
//! on its own, so that a mistake names the variable; the whole is then resolved into [`Config`], secrets included. Nothing is
//! sent and nothing is written.
//!
//! Deliberately absent: templates, includes and replacement of variables within values. A secret is never part of a file, of
//! a message or of a line that a message shows.

mod key;
mod route;
mod section;
mod vendor;
mod webhook;

mod environment;
mod option_path;
mod source;

mod document;
mod file;
mod file_field;
mod file_reference;
mod introspect;
mod known;

mod check;
mod layer;
mod resolve;

mod describe;
mod diff;
mod findings;
mod mistake;
mod render;
mod route_change;
mod schema;
mod shown;
mod unseen;

pub mod duration;
mod leaf_names;
mod own_path;
mod rotation;
pub mod when;

#[cfg(test)]
mod tests;

use std::path::{Path, PathBuf};

use toml::de::DeTable;

use check::check;
use document::Document;
use findings::Findings;
use resolve::Context;

pub use diff::{ConfigDiff, NameDiff};
pub use environment::{Environment, Override};
pub use key::{KeyConfig, KeyHash, Scope};
pub use mistake::{ConfigErrors, Mistake, Place, Style};
pub use own_path::own_path;
pub use resolve::CredentialSource;
pub use route::RouteConfig;
pub use route_change::{LeafChange, OptionChange, RouteChange};
pub use schema::schema;
pub use section::{LogConfig, LogFormat, OperatorConfig, Retention, ServerConfig, StoreConfig, TracesConfig};
pub use vendor::Vendor;
pub use webhook::{AlertConfig, SigningSecret, WebhookConfig};

/// A configuration that was checked.
#[derive(Debug, Clone)]
pub struct Config {
    /// The callers' listener.
    pub server: ServerConfig,
    /// The operators' listener.
    pub operator: OperatorConfig,
    /// The store.
    pub store: StoreConfig,
    /// Retention periods.
    pub retention: Retention,
    /// The log.
    pub log: LogConfig,
    /// Where spans go; none: nowhere.
    pub traces: Option<TracesConfig>,
    /// The callers' keys, at least one.
    pub keys: Vec<KeyConfig>,
    /// The routes in the order of their names.
    pub routes: Vec<RouteConfig>,
    /// When operators are told of something.
    pub alerts: AlertConfig,
    /// Who is told.
    pub webhooks: Vec<WebhookConfig>,
    /// The options that the environment sets.
    pub overrides: Vec<Override>,
    /// What is accepted but should be known.
    pub warnings: Vec<Mistake>,
}

impl Config {
    /// The parts that a running gateway applies on reload; the rest stays as in `running`.
    pub fn reloadable_part(self, running: &Self) -> Self {
        let Self { keys, routes, alerts, webhooks, overrides, warnings, .. } = self;
        Self { keys, routes, alerts, webhooks, overrides, warnings, ..running.clone() }
    }

    /// Reads the file at `path`; relative paths in it start from its directory.
    ///
    /// # Errors
    /// All mistakes of the file and of the environment.
    pub fn load(path: &Path, environment: &Environment) -> Result<Self, ConfigErrors> {
        let name = path.display().to_string();
        let text = source::read(path).map_err(|mistake| ConfigErrors::new(&name, vec![mistake]))?;
        let base = path.parent().map(Path::to_path_buf).unwrap_or_default();
        Self::parse(&name, &text, &base, environment)
    }

    /// Reads the text of a file; `name` stands for it in messages, `base` is where its relative paths start.
    ///
    /// # Errors
    /// As [`Config::load`].
    pub fn parse(
        name: &str,
        text: &str,
        base: &Path,
        environment: &Environment,
    ) -> Result<Self, ConfigErrors> {
        let refuse = |mistakes| Err(ConfigErrors::new(name, mistakes));
        if text.len() > source::LARGEST {
            return refuse(vec![Mistake::whole_file(
                "the file is larger than 1 MiB; check that it is the right one",
            )]);
        }
        if text.trim().is_empty() {
            return refuse(vec![Mistake::whole_file(
                "the file is empty; begin with a copy of config/gateway.toml",
            )]);
        }
        // The first alone: what follows a mistake in the syntax is mostly its consequence.
        let table = match DeTable::parse(text) {
            Ok(table) => table,
            Err(error) => return refuse(vec![mistake::syntax(text, &error)]),
        };
        let document = Document::new(text, table.get_ref());
        let mut findings = Findings::new(&document);
        let Some(rest) = check(table, &mut findings) else { return refuse(findings.mistakes) };
        let is_whole = findings.mistakes.is_empty();
        findings.go_on_with_the_rest();
        let file = layer::layer(if is_whole { text } else { &rest }, environment, &mut findings);
        let base = if base.as_os_str().is_empty() { PathBuf::from(".") } else { base.to_owned() };
        let context = Context { base: &base, environment };
        let config = file.map(|file| resolve::resolve(&file, &context, &mut findings));
        findings.warn_of_blanks();
        match config {
            Some(config) if findings.mistakes.is_empty() => {
                let proxy = environment.outbound_proxy().map(|name| {
                    let sentence =
                        "is set and not used: the gateway connects to vendors and webhooks directly";
                    Mistake {
                        place: Place::Variable(name.to_owned()),
                        sentence: sentence.to_owned(),
                        shown: None,
                    }
                });
                Ok(Self { warnings: findings.warnings.into_iter().chain(proxy).collect(), ..config })
            }
            _ => refuse(findings.mistakes),
        }
    }
}
