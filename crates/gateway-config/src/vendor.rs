use std::{fmt, sync::Arc, time::Duration};

use adapter::{Adapter, Dialect};
use adapter_communifire::{BodyEncoding, ErrorRule, ErrorRuleFault};
use serde::Deserialize;

use super::{
    file::RouteSection,
    findings::Findings,
    introspect,
    option_path::OptionPath,
    resolve::duration::{self, Bounds},
};

/// The vendors. A further one is a variant here, an arm of `Vendor::entry` and its options in the route's section.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Vendor {
    /// Communal.
    Communal,
    /// Communifire, also called Axero.
    Communifire,
    /// User.com.
    UserCom,
    /// Village.
    Village,
}

/// What the configuration knows about one vendor.
struct Entry {
    dialect: &'static Dialect,
    /// The options that are this vendor's own.
    options: &'static [&'static str],
    build: fn(&mut OwnOptions<'_, '_>) -> Option<Built>,
}

/// A route's adapter with what else follows from the vendor's own options.
#[derive(Debug)]
pub(super) struct Built {
    pub(super) adapter: Arc<dyn Adapter>,
    /// Which part of the vendor the route writes to, where one origin and credential serve several.
    pub(super) account: Option<String>,
    /// How long after an acknowledged request the vendor may still apply it.
    pub(super) apply_window: Option<Duration>,
}

/// The section of a route, from which a vendor's own options are read.
pub(super) struct OwnOptions<'a, 'd> {
    pub(super) section: &'a RouteSection,
    pub(super) path: &'a OptionPath,
    pub(super) findings: &'a mut Findings<'d>,
}

impl Vendor {
    /// The names of all vendors.
    pub fn names() -> &'static [&'static str] {
        introspect::names::<Self>()
    }

    /// The vendor of this name.
    pub fn of_name(name: &str) -> Option<Self> {
        introspect::named(name)
    }

    /// All vendors.
    pub fn all() -> impl Iterator<Item = Self> {
        Self::names().iter().filter_map(|name| Self::of_name(name))
    }

    /// What the vendor can carry.
    pub fn dialect(self) -> &'static Dialect {
        self.entry().dialect
    }

    /// The options of a route that are this vendor's own.
    pub fn own_options(self) -> &'static [&'static str] {
        self.entry().options
    }

    pub(super) fn build(self, options: &mut OwnOptions<'_, '_>) -> Option<Built> {
        (self.entry().build)(options)
    }

    fn entry(self) -> Entry {
        match self {
            Vendor::Communal => {
                Entry { dialect: &adapter_communal::DIALECT, options: &["api_version"], build: communal }
            }
            Vendor::Communifire => Entry {
                dialect: &adapter_communifire::DIALECT,
                options: &["auth", "body_encoding", "errors"],
                build: communifire,
            },
            Vendor::UserCom => Entry {
                dialect: &adapter_usercom::DIALECT,
                options: &["custom_id"],
                build: |_| Some(usercom()),
            },
            Vendor::Village => Entry {
                dialect: &adapter_village::DIALECT,
                options: &["network_id", "apply_window"],
                build: village,
            },
        }
    }
}

impl fmt::Display for Vendor {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.dialect().vendor)
    }
}

impl Built {
    fn new(adapter: impl Adapter + 'static) -> Self {
        Self { adapter: Arc::new(adapter), account: None, apply_window: None }
    }
}

fn communal(options: &mut OwnOptions<'_, '_>) -> Option<Built> {
    let mut own = adapter_communal::Options::default();
    if let Some(version) = &options.section.api_version {
        let path = options.path.child("api_version");
        own.api_version = options.findings.read(&path, Some(version), header_text)?;
    }
    Some(Built::new(adapter_communal::Adapter::new(own)))
}

fn communifire(options: &mut OwnOptions<'_, '_>) -> Option<Built> {
    let body_encoding = match options.section.body_encoding.as_deref() {
        None => BodyEncoding::default(),
        text => options.findings.choose(
            &options.path.child("body_encoding"),
            text,
            &[("json_string", BodyEncoding::JsonString), ("json_object", BodyEncoding::JsonObject)],
        )?,
    };
    let errors = error_rules(options)?;
    Some(Built::new(adapter_communifire::Adapter::new(adapter_communifire::Options {
        body_encoding,
        errors,
    })))
}

fn error_rules(options: &mut OwnOptions<'_, '_>) -> Option<Vec<ErrorRule>> {
    let mut rules = Vec::new();
    for (number, error) in options.section.errors.iter().enumerate() {
        let path = options.path.child("errors").child(number);
        let (Some(pattern), Some(kind)) = (&error.pattern, &error.kind) else {
            options
                .findings
                .mistake(&path, "write both match and kind: { match = \"not found\", kind = \"NotFound\" }");
            continue;
        };
        match ErrorRule::new(pattern, kind) {
            Ok(rule) => rules.push(rule),
            Err(fault) => {
                let option = if fault == ErrorRuleFault::Kind { "kind" } else { "match" };
                options.findings.mistake(&path.child(option), fault.to_string());
            }
        }
    }
    (rules.len() == options.section.errors.len()).then_some(rules)
}

fn usercom() -> Built {
    Built::new(adapter_usercom::Adapter::new(adapter_usercom::Options))
}

fn village(options: &mut OwnOptions<'_, '_>) -> Option<Built> {
    let apply_window = match options.section.apply_window.as_deref() {
        None => None,
        text => {
            let path = options.path.child("apply_window");
            Some(options.findings.read(&path, text, |text| duration::parse(text, &Bounds::APPLY_WINDOW))?)
        }
    };
    let path = options.path.child("network_id");
    let Some(network_id) = &options.section.network_id else {
        options.findings.mistake(&path, "a village route needs network_id; the Admin Dashboard shows it");
        return None;
    };
    let network_id = options.findings.read(&path, Some(network_id), path_segment)?;
    let adapter = adapter_village::Adapter::new(adapter_village::Options { network_id: network_id.clone() });
    Some(Built { account: Some(network_id), apply_window, ..Built::new(adapter) })
}

/// A short text that is sent as the value of a header.
fn header_text(text: &str) -> Result<String, String> {
    let plain = text.bytes().all(|b| b.is_ascii_alphanumeric() || b"-._".contains(&b));
    if plain && (1..=32).contains(&text.len()) {
        return Ok(text.to_owned());
    }
    Err("a version is 1 to 32 letters, digits, '-', '.' or '_', such as 2026-03-25".to_owned())
}

/// A text that stays one segment of a path.
fn path_segment(text: &str) -> Result<String, String> {
    let plain = text.bytes().all(|b| b.is_ascii_alphanumeric() || b"-._~".contains(&b));
    if plain && (1..=128).contains(&text.len()) && text != "." && text != ".." {
        return Ok(text.to_owned());
    }
    Err("a network id is 1 to 128 letters, digits, '-', '.', '_' or '~'".to_owned())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_vendor_has_the_name_of_its_dialect() {
        let names: Vec<&str> = Vendor::all().map(|vendor| vendor.dialect().vendor).collect();
        assert_eq!(names, Vendor::names());
        assert_eq!(names.len(), 4);
    }

    #[test]
    fn every_own_option_is_an_option_of_a_route() {
        let all = introspect::names::<RouteSection>();
        for vendor in Vendor::all() {
            for option in vendor.own_options() {
                assert!(all.contains(option), "{vendor}: {option}");
            }
        }
    }
}
