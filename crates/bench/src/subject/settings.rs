use std::{fmt::Write, net::SocketAddr, path::PathBuf};

use crate::{
    bench::Bench,
    vendors::{VENDORS, Vendor},
};

/// How a gateway is to run.
#[derive(Debug, Clone)]
pub(crate) struct Settings {
    /// The name of its directory; two that run at one time have different ones.
    pub(crate) name: &'static str,
    /// What its database is.
    pub(crate) database: Database,
    /// How long a request to a vendor may take.
    pub(crate) timeout: &'static str,
    /// How long after that a vendor may still carry it out.
    pub(crate) settle: &'static str,
    /// Further lines of the section `[store]`.
    pub(crate) store: String,
    /// Further arguments of the child.
    pub(crate) arguments: Vec<String>,
}

/// What a database holds at the start.
#[derive(Debug, Clone)]
pub(crate) enum Database {
    /// Nothing.
    Empty,
    /// All users; every vendor is in step.
    Introduced,
    /// What this closed database holds.
    CopyOf(PathBuf),
}

impl Default for Settings {
    /// All users, and the gateway's own times.
    fn default() -> Self {
        Self {
            name: "gateway",
            database: Database::Introduced,
            timeout: "15s",
            settle: "60s",
            store: String::new(),
            arguments: Vec::new(),
        }
    }
}

impl Settings {
    /// The configuration file. Routes are not bound by a rate or a concurrency.
    pub(super) fn text(
        &self,
        bench: &Bench,
        key_hash: &str,
        api: SocketAddr,
        operator: SocketAddr,
    ) -> String {
        let Self { timeout, settle, store, .. } = self;
        let mut text = format!(
            "[server]\nlisten = \"{api}\"\n[operator]\nlisten = \"{operator}\"\n[store]\nsqlite = \"{FILE}\"\n{store}\n\
             [log]\nlevel = \"warn\"\n\
             [[keys]]\nname = \"bench\"\nhash = \"{key_hash}\"\nscopes = [\"update\", \"read\", \"operate\", \"erase\"]\n"
        );
        for vendor in VENDORS {
            let (name, address) = (vendor.name(), bench.vendors.address(vendor));
            let own = if vendor == Vendor::Village { "network_id = \"bench\"\n" } else { "" };
            // Writing to a text cannot fail.
            let _ = write!(
                text,
                "[routes.{name}]\nvendor = \"{name}\"\nbase_url = \"http://{address}\"\nnetwork = \"loopback\"\n\
                 credential = {{ file = \"{name}\" }}\nrate = \"unlimited\"\nconcurrency = 1024\n\
                 timeout = \"{timeout}\"\nsettle = \"{settle}\"\n{own}"
            );
        }
        text
    }
}

/// The file of the database, in the gateway's directory.
pub(super) const FILE: &str = "gateway.db";
