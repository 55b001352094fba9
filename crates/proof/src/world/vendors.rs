//! One simulated vendor under virtual time.

use std::collections::{BTreeMap, BTreeSet};

use serde_json::Value as Json;
use vendor_sim::{
    Call, Config, Core, Knobs, Received, Reply, UnknownSubjects, Vendor, ViolationKind, seed::SeedUser,
};

use super::{
    dice::{Dice, number_of},
    trouble::{Bounds, Plan, Trouble},
    weather::Forecast,
};
use crate::history::Ms;

/// A vendor's state, its mood, and a judge that sees every request that arrives.
pub(crate) struct VendorState {
    pub(crate) vendor: Vendor,
    core: Core,
    /// Knows the same people and sees every request, also those that the vendor itself never looks at.
    judge: Core,
    pub(crate) forecast: Forecast,
    /// Only requests about this subject meet the weather; none: all.
    pub(crate) poisoned: Option<String>,
    seen: BTreeMap<String, u64>,
    pub(crate) bounds: Bounds,
    seed: u64,
    /// How often the credential was replaced.
    pub(crate) credential: u64,
}

impl VendorState {
    pub(crate) fn new(seed: u64, config: &Config, forecast: Forecast, bounds: Bounds) -> Self {
        Self {
            vendor: config.vendor,
            core: Core::new(config),
            judge: Core::new(config),
            forecast,
            poisoned: None,
            seen: BTreeMap::new(),
            bounds,
            seed: seed ^ number_of(config.vendor.name()),
            credential: 0,
        }
    }

    /// What becomes of the next request about a subject; follows from the seed, the subject and its count alone. What is to
    /// be taken away and is said not to be there, counts as taken away: vendors do not lie about that.
    pub(crate) fn plan(
        &mut self,
        subject: &str,
        fields: Vec<String>,
        removes: bool,
        now: Ms,
    ) -> (String, Plan) {
        let count = self.seen.entry(subject.to_owned()).or_default();
        *count += 1;
        let mut dice = Dice::of(&[self.seed, number_of(subject), *count]);
        let healthy = self.poisoned.as_ref().is_some_and(|poisoned| poisoned != subject);
        let weather = if healthy { super::Weather::Clear } else { self.forecast.at(now) };
        let trouble = match weather.trouble(&mut dice) {
            Trouble::Status(404) | Trouble::Garbage | Trouble::GarbageLate if removes => Trouble::None,
            trouble => trouble,
        };
        let bounds = Bounds { fields, ..self.bounds.clone() };
        (format!("{trouble:?}"), trouble.plan(&mut dice, &bounds))
    }

    /// A request reaches the vendor.
    pub(crate) fn arrive(&mut self, call: &Call, now: Ms) {
        self.judge.receive(call, now * 1_000);
    }

    /// A request is applied, if its content is fine.
    pub(crate) fn apply(&mut self, call: &Call, now: Ms) -> Reply {
        match self.core.receive(call, now * 1_000) {
            Received::Answered(reply) => reply,
            Received::Faulty { seq, subject, .. } => {
                let reply = self.core.apply(seq, call, now * 1_000);
                self.core.close(seq, subject.as_deref(), Some(reply.status), now * 1_000);
                reply
            }
        }
    }

    pub(crate) fn preview(&self, call: &Call) -> Reply {
        self.core.preview(call)
    }

    /// What was sent that must never be sent.
    pub(crate) fn violations(&self) -> BTreeSet<ViolationKind> {
        let both = self.judge.violations().iter().chain(self.core.violations());
        both.map(|violation| violation.kind).collect()
    }

    pub(crate) fn fields(&self, subject: &str) -> BTreeMap<String, Json> {
        let state = self.core.state();
        state
            .users
            .get(subject)
            .map(|record| crate::history::wire::fields(self.vendor, record))
            .unwrap_or_default()
    }
}

/// How a vendor is set up; the knobs are those that the routes' mappings need.
pub(crate) fn config(vendor: Vendor, users: Vec<SeedUser>, unknown: UnknownSubjects) -> Config {
    let mut knobs = Knobs { unknown_subjects: unknown, ..Knobs::default() };
    knobs.communifire.labels.push("Badge".to_owned());
    Config { users, knobs, history_cap: 64, ..Config::new(vendor) }
}
