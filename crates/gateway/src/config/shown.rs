use delivery::{Enrol, Rate};
use transport_http::{Network, PlainHttp};

use super::RouteConfig;

impl RouteConfig {
    /// The options of the route as they count, by name, for people: a secret is told by where it is kept.
    pub fn shown(&self) -> Vec<(&'static str, String)> {
        let limits = &self.limits;
        let rate = match limits.rate {
            Rate::PerSecond(rate) => format!("{rate}/s"),
            Rate::Unlimited => "unlimited".to_owned(),
        };
        let network = match self.network {
            Network::Public => "public",
            Network::Private => "private",
            Network::Loopback => "loopback",
        };
        let enrol = match self.enrol {
            Enrol::Identity => "identity",
            Enrol::Email => "email",
        };
        let mut options = vec![
            ("vendor", self.vendor.to_string()),
            ("base_url", self.base_url.clone()),
            ("credential", format!("•••••• ({})", self.credential_source)),
            ("network", network.to_owned()),
            ("subject", self.subject_kind.name.to_owned()),
            ("enrol", enrol.to_owned()),
            ("when", self.when.as_ref().map_or("every user".to_owned(), |filter| filter.as_str().to_owned())),
            ("rate", rate),
            ("concurrency", limits.concurrency.to_string()),
            ("timeout", format!("{:?}", limits.timeout)),
            ("settle", format!("{:?}", limits.settle)),
        ];
        if let Some(account) = &self.account {
            options.push(("network_id", account.clone()));
        }
        if let Some(window) = limits.apply_window {
            options.push(("apply_window", format!("{window:?}")));
        }
        if self.plain_http == PlainHttp::Allowed {
            options
                .push(("plain_http", "true: credential and personal data can be read on the way".to_owned()));
        }
        options
    }
}
