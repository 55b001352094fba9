//! One simulated vendor under virtual time.

use std::collections::{BTreeMap, BTreeSet};

use serde_json::Value as Json;
use vendor_sim::{
    Call, Config, Core, Knobs, NothingToRemove, Received, Reply, UnknownSubjects, ValueType, Vendor,
    ViolationKind, seed::SeedUser,
};

use super::{
    dice::{Dice, number_of},
    routes::HOSTS,
    trouble::{Asked, Bounds, Plan},
    weather::Forecast,
};
use crate::history::Ms;

/// A vendor's two hosts, of which neither knows the other's records, and their mood.
pub(crate) struct VendorState {
    pub(crate) vendor: Vendor,
    hosts: [Host; HOSTS],
    pub(crate) forecast: Forecast,
    /// Only requests about this subject meet the weather; none: all.
    pub(crate) poisoned: Option<String>,
    seen: BTreeMap<String, u64>,
    pub(crate) bounds: Bounds,
    seed: u64,
    /// How often the credential was replaced.
    pub(crate) credential: u64,
}

struct Host {
    core: Core,
    /// Knows the same people and sees every request, also those that the vendor itself never looks at.
    judge: Core,
}

impl VendorState {
    pub(crate) fn new(seed: u64, config: &Config, forecast: Forecast, bounds: Bounds) -> Self {
        Self {
            vendor: config.vendor,
            hosts: [(); HOSTS].map(|()| Host { core: Core::new(config), judge: Core::new(config) }),
            forecast,
            poisoned: None,
            seen: BTreeMap::new(),
            bounds,
            seed: seed ^ number_of(config.vendor.name()),
            credential: 0,
        }
    }

    /// What becomes of the next request about a subject; follows from the seed, the subject and its count alone.
    pub(crate) fn plan(&mut self, subject: &str, asked: Asked, now: Ms) -> (String, Plan) {
        let count = self.seen.entry(subject.to_owned()).or_default();
        *count += 1;
        let mut dice = Dice::of(&[self.seed, number_of(subject), *count]);
        let healthy = self.poisoned.as_ref().is_some_and(|poisoned| poisoned != subject);
        let weather = if healthy { super::Weather::Clear } else { self.forecast.at(now) };
        let trouble = weather.trouble(&mut dice);
        let bounds = Bounds { asked, ..self.bounds.clone() };
        (format!("{trouble:?}"), trouble.plan(&mut dice, &bounds))
    }

    /// A request reaches a host.
    pub(crate) fn arrive(&mut self, host: usize, call: &Call, now: Ms) {
        self.hosts[host].judge.receive(call, now * 1_000);
    }

    /// A request is applied, if its content is fine.
    pub(crate) fn apply(&mut self, host: usize, call: &Call, now: Ms) -> Reply {
        let core = &mut self.hosts[host].core;
        match core.receive(call, now * 1_000) {
            Received::Answered(reply) => reply,
            Received::Faulty { seq, subject, .. } => {
                let reply = core.apply(seq, call, now * 1_000);
                core.close(seq, subject.as_deref(), Some(reply.status), now * 1_000);
                reply
            }
        }
    }

    /// What a host answers to a request that changes nothing, or would answer to another one.
    pub(crate) fn preview(&self, host: usize, call: &Call) -> Reply {
        self.hosts[host].core.preview(call)
    }

    /// What was sent that must never be sent.
    pub(crate) fn violations(&self) -> BTreeSet<ViolationKind> {
        let of_host = |host: &Host| [host.judge.violations().to_vec(), host.core.violations().to_vec()];
        self.hosts.iter().flat_map(of_host).flatten().map(|violation| violation.kind).collect()
    }

    /// What a host has of a person.
    pub(crate) fn fields(&self, host: usize, subject: &str) -> BTreeMap<String, Json> {
        let core = &self.hosts[host].core;
        let record = match self.vendor {
            Vendor::Communifire => core.record_named("username", subject),
            Vendor::Communal | Vendor::UserCom | Vendor::Village => core.record(subject),
        };
        record.map(|record| crate::history::wire::fields(self.vendor, record)).unwrap_or_default()
    }
}

/// How a vendor is set up; the knobs are those that the routes' mappings need.
pub(crate) fn config(
    vendor: Vendor,
    users: Vec<SeedUser>,
    unknown: UnknownSubjects,
    nothing_to_remove: NothingToRemove,
) -> Config {
    let mut knobs = Knobs { unknown_subjects: unknown, ..Knobs::default() };
    knobs.communifire.labels.push("Badge".to_owned());
    knobs.usercom.attributes.insert("my_other_attr".to_owned(), ValueType::String);
    knobs.usercom.nothing_to_remove = nothing_to_remove;
    Config { users, knobs, history_cap: 64, ..Config::new(vendor) }
}
