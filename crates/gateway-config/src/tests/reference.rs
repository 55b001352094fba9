//! `config/gateway.toml` is the manual of the configuration: it must be right and complete.

use std::{collections::BTreeSet, fs, os::unix::fs::PermissionsExt, path::PathBuf};

use toml::{Table, Value};

use super::*;
use crate::{
    AlertConfig,
    file::{
        AlertsSection, ErrorSection, FileConfig, KeySection, LogSection, OperatorSection, RouteSection,
        ServerSection, StoreSection, TracesSection, WebhookSection,
    },
    file_field::FieldTable,
    file_reference::ReferenceTable,
    introspect::names,
};

fn manual() -> String {
    let path = PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("../../config/gateway.toml");
    fs::read_to_string(path).expect("config/gateway.toml")
}

/// The manual with every option switched on: a `#` that no space follows is taken away.
fn everything_on() -> String {
    let on = |line: &str| match line.strip_prefix('#') {
        Some(option) if !option.is_empty() && !option.starts_with(' ') => option.to_owned(),
        _ => line.to_owned(),
    };
    manual().lines().map(on).collect::<Vec<_>>().join("\n")
}

const PAGER: &str = "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw";

fn secrets() -> Environment {
    [
        ("COMMUNAL_TOKEN", "a"),
        ("COMMUNIFIRE_KEY", "b"),
        ("USERCOM_TOKEN", "c"),
        ("PAGER_SECRET", PAGER),
        ("PAGER_SECRET_BEFORE", PAGER),
    ]
    .into_iter()
    .collect()
}

#[test]
fn the_manual_as_it_stands_is_a_configuration() {
    let config = Config::parse("gateway.toml", &manual(), Path::new("."), &secrets()).expect("right");
    schema::assert_taken(&manual());
    let warnings: Vec<_> = config.warnings.iter().map(|warning| warning.sentence.as_str()).collect();
    assert!(warnings.iter().any(|text| text.contains("placeholder")), "{warnings:?}");
}

#[test]
fn every_option_that_the_manual_shows_exists_and_shows_its_default() {
    let directory = tempfile::tempdir().expect("a directory");
    let secret = directory.path().join("secrets/village");
    fs::create_dir(directory.path().join("secrets")).expect("a directory");
    fs::write(&secret, "d\n").expect("written");
    fs::set_permissions(&secret, fs::Permissions::from_mode(0o600)).expect("a mode");
    let mut authority = rcgen::CertificateParams::new(Vec::new()).expect("parameters");
    authority.is_ca = rcgen::IsCa::Ca(rcgen::BasicConstraints::Unconstrained);
    let key = rcgen::KeyPair::generate().expect("a key");
    let pem = authority.self_signed(&key).expect("a certificate").pem();
    fs::write(directory.path().join("intranet-ca.pem"), pem).expect("written");
    let read = |text: &str| Config::parse("gateway.toml", text, directory.path(), &secrets());
    let all = read(&everything_on()).unwrap_or_else(|errors| panic!("{errors}"));
    schema::assert_taken(&everything_on());
    let vendors: BTreeSet<_> = all.routes.iter().map(|route| route.vendor).collect();
    assert_eq!(vendors.into_iter().collect::<Vec<_>>(), crate::Vendor::all().collect::<Vec<_>>());
    let plain = read(&manual()).expect("right");
    // What is off unless it is given has no default to show.
    let alerts = AlertConfig { kept_users: None, ..all.alerts };
    assert_eq!((&all.log, &all.retention, &alerts), (&plain.log, &plain.retention, &plain.alerts));
    assert_eq!(all.operator.listen, plain.operator.listen);
    let communal = all.routes.iter().find(|route| route.name == "communal_main").expect("the first route");
    let default = &good().routes[0].limits;
    assert_eq!(communal.limits.rate, default.rate);
    assert_eq!(communal.limits.concurrency, default.concurrency);
    assert_eq!((communal.limits.timeout, communal.limits.settle), (default.timeout, default.settle));
}

#[test]
fn the_manual_shows_every_option() {
    let all: Table = everything_on().parse().expect("TOML");
    let table = |name: &str| all[name].as_table().expect(name).clone();
    let routes = merged(table("routes").values());
    let fields: Vec<&Value> = routes["fields"].as_table().expect("fields").values().collect();
    let nested = fields.iter().filter_map(|value| value.as_table()).flat_map(|group| group.values());
    let field = merged(nested.filter(|value| value.is_table()));
    for (shown, known) in [
        (all.clone(), names::<FileConfig>()),
        (table("server"), names::<ServerSection>()),
        (table("operator"), names::<OperatorSection>()),
        (table("store"), names::<StoreSection>()),
        (table("log"), names::<LogSection>()),
        (table("traces"), names::<TracesSection>()),
        (merged(all["keys"].as_array().expect("keys").iter()), names::<KeySection>()),
        (table("alerts"), names::<AlertsSection>()),
        (merged(all["webhooks"].as_array().expect("webhooks").iter()), names::<WebhookSection>()),
        (routes.clone(), names::<RouteSection>()),
        (routes["credential"].as_table().expect("a table").clone(), names::<ReferenceTable>()),
        (merged(routes["errors"].as_array().expect("errors").iter()), names::<ErrorSection>()),
        (field, names::<FieldTable>()),
    ] {
        assert!(!known.is_empty());
        for name in known {
            assert!(shown.contains_key(*name), "config/gateway.toml does not show {name}");
        }
    }
}

/// All members of several tables; tables within them are merged too.
fn merged<'a>(tables: impl Iterator<Item = &'a Value>) -> Table {
    let mut all = Table::new();
    for (name, value) in tables.flat_map(|table| table.as_table().expect("a table")) {
        match (all.get_mut(name), value) {
            (Some(Value::Table(present)), Value::Table(more)) => {
                for (name, value) in more {
                    match (present.get_mut(name), value) {
                        (Some(Value::Table(present)), Value::Table(more)) => present.extend(more.clone()),
                        _ => drop(present.insert(name.clone(), value.clone())),
                    }
                }
            }
            _ => drop(all.insert(name.clone(), value.clone())),
        }
    }
    all
}
