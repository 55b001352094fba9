use std::{collections::BTreeMap, fmt::Write};

use vendor_sim::{Simulators, Vendor};

/// What stands in the configuration file. Values are written as TOML has them.
#[derive(Debug, Clone)]
pub struct Settings {
    /// The level of the log.
    pub log_level: &'static str,
    /// Its form: `json` or `text`.
    pub log_format: &'static str,
    /// Further tables, as text.
    pub tables: String,
    key_hash: String,
    routes: BTreeMap<String, BTreeMap<String, String>>,
}

impl Settings {
    /// Four routes to the simulators, without a rate, and with short times after which a lost request counts as lost.
    pub(crate) fn new(simulators: &Simulators, key_hash: &str) -> Self {
        let mut settings = Self {
            log_level: "info",
            log_format: "json",
            tables: String::new(),
            key_hash: key_hash.to_owned(),
            routes: BTreeMap::new(),
        };
        for vendor in Vendor::ALL {
            let name = vendor.name();
            settings.set(name, "vendor", &quoted(name));
            settings.set(name, "base_url", &quoted(&simulators.get(vendor).base_url()));
            settings.set(name, "credential", &format!("{{ file = {} }}", quoted(name)));
            settings.set(name, "network", "\"loopback\"");
            settings.set(name, "rate", "\"unlimited\"");
            settings.set(name, "timeout", "\"3s\"");
            settings.set(name, "settle", "\"1s\"");
        }
        settings.set("usercom", "fields", "{ title = \"job_title\" }");
        settings.set("village", "network_id", "\"sim-network\"");
        settings
    }

    /// Sets an option of a route, which is made when there is none.
    pub fn set(&mut self, route: &str, option: &str, value: &str) {
        self.routes.entry(route.to_owned()).or_default().insert(option.to_owned(), value.to_owned());
    }

    /// Takes an option of a route out.
    pub fn unset(&mut self, route: &str, option: &str) {
        if let Some(options) = self.routes.get_mut(route) {
            options.remove(option);
        }
    }

    /// Takes a route out.
    pub fn remove(&mut self, route: &str) {
        self.routes.remove(route);
    }

    /// The file's text.
    pub fn text(&self) -> String {
        let mut text = format!(
            "[server]\nlisten = \"127.0.0.1:0\"\ndefault_country = \"CA\"\nworkers = 2\n\
             [operator]\nlisten = \"127.0.0.1:0\"\n[store]\nsqlite = \"gateway.db\"\n\
             [log]\nlevel = {}\nformat = {}\n\
             [[keys]]\nname = \"crm\"\nhash = {}\nscopes = [\"update\", \"read\", \"operate\", \"erase\"]\n",
            quoted(self.log_level),
            quoted(self.log_format),
            quoted(&self.key_hash)
        );
        text.push_str(&self.tables);
        for (route, options) in &self.routes {
            let _ = writeln!(text, "[routes.{route}]");
            for (option, value) in options {
                let _ = writeln!(text, "{option} = {value}");
            }
        }
        text
    }
}

fn quoted(text: &str) -> String {
    format!("\"{text}\"")
}
