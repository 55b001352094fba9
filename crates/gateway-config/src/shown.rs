use adapter::PhoneFormat;
use delivery::{Enrol, Rate};
use transport_http::{Network, PlainHttp};

use super::{RouteConfig, resolve};

impl RouteConfig {
    /// Effective options of the route, for display. A secret is shown as its source.
    pub fn shown(&self) -> Vec<(&'static str, String)> {
        let mut options = self.options();
        let after = options.iter().position(|(name, _)| *name == "base_url").map_or(0, |at| at + 1);
        options.insert(after, ("credential", format!("•••••• ({})", self.credential_source)));
        if self.plain_http == PlainHttp::Allowed {
            options
                .push(("plain_http", "true: credential and personal data can be read on the way".to_owned()));
        }
        options
    }

    /// The options as they count, by name, but for the credential, `plain_http` and what is said of single leaves.
    pub(super) fn options(&self) -> Vec<(&'static str, String)> {
        let limits = &self.limits;
        let network = match self.network {
            Network::Public => "public",
            Network::Private => "private",
            Network::Loopback => "loopback",
        };
        let enrol = match self.enrol {
            Enrol::Identity => "identity",
            Enrol::Email => "email",
        };
        let phone_format = match self.mapping.phone_format {
            PhoneFormat::E164 => "e164",
            PhoneFormat::AsSent => "as_sent",
        };
        let mut options = vec![
            ("vendor", self.vendor.to_string()),
            ("base_url", self.base_url.clone()),
            ("network", network.to_owned()),
            ("subject", self.subject_kind.name.to_owned()),
            ("enrol", enrol.to_owned()),
            ("when", self.when.as_ref().map_or("every user".to_owned(), |filter| filter.as_str().to_owned())),
            ("phone_format", phone_format.to_owned()),
            ("together", resolve::together::shown(&self.mapping.together)),
            ("rate", rate(limits.rate)),
            ("concurrency", limits.concurrency.to_string()),
            ("timeout", format!("{:?}", limits.timeout)),
            ("settle", format!("{:?}", limits.settle)),
        ];
        options.extend(self.account.clone().map(|account| ("network_id", account)));
        options.extend(limits.apply_window.map(|window| ("apply_window", format!("{window:?}"))));
        options.extend(self.ca_file.clone().map(|file| ("ca_file", file)));
        if self.readable_by_others {
            options.push(("credential.readable_by_others", "true".to_owned()));
        }
        options.extend(self.own.iter().cloned());
        options
    }
}

fn rate(rate: Rate) -> String {
    match rate {
        Rate::PerSecond(rate) => format!("{rate}/s"),
        Rate::Unlimited => "unlimited".to_owned(),
    }
}
