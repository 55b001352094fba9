//! What the world sees of a route's manners: whether it waits when it is asked to, sends what it has claimed, and talks to
//! nobody else.

use std::collections::BTreeMap;

use adapter::VendorResponse;
use canonical::Leaf;
use delivery::store::Work;

use super::routes::NAMES;
use crate::history::{Finding, Ms, Write};

/// What is known of all routes.
#[derive(Debug, Default)]
pub(crate) struct Manners {
    /// When a vendor has asked for a pause, and until when.
    pauses: BTreeMap<usize, (Ms, Ms)>,
    /// Subjects of User.com whose present claim carries a time zone.
    zones: BTreeMap<String, bool>,
    /// What came to addresses that no route is configured for.
    strays: Vec<String>,
}

const USERCOM: usize = 2;
/// The route learns of the pause when the answer is stored, and what was claimed by then is sent: two commits of the slowest
/// store.
const CLAIMED_BEFORE: Ms = 15_000;

impl Manners {
    /// A vendor's answer has come to the gateway.
    pub(crate) fn answered(&mut self, route: usize, response: &VendorResponse, now: Ms) {
        let seconds = response.headers("retry-after").next().and_then(|text| text.parse::<Ms>().ok());
        if let Some(seconds) = seconds {
            self.pauses.insert(route, (now, now + seconds * 1_000));
        }
    }

    /// Operators and new processes know better, or nothing, of what a vendor has asked for.
    pub(crate) fn forget_pauses(&mut self) {
        self.pauses.clear();
    }

    pub(crate) fn claimed(&mut self, route: usize, work: &Work) {
        if route == USERCOM {
            let zone = work.claim.payload.iter().any(|assertion| assertion.leaf == Leaf::Zoneinfo);
            self.zones.insert(work.claim.subject.clone(), zone);
        }
    }

    /// A request is begun; what is wrong with that.
    pub(crate) fn begun(&mut self, route: usize, subject: &str, writes: &[Write], now: Ms) -> Vec<Finding> {
        let mut findings = Vec::new();
        let asked = self.pauses.get(&route).filter(|(asked, _)| asked + CLAIMED_BEFORE < now);
        // The requests of one attempt at User.com follow each other whatever others were answered.
        if let Some((_, until)) = asked.filter(|(_, until)| now < *until && route != USERCOM) {
            let text = format!("{}: a request at {now}, before {until}", NAMES[route]);
            findings.push(Finding { rule: "pause", text });
        }
        let sets = |write: &Write| matches!(write, Write::Set(..) | Write::Add(..));
        let zone = |write: &Write| matches!(write, Write::Set(field, _) if field == "timezone");
        if route == USERCOM && writes.iter().any(sets) && self.zones.remove(subject) == Some(true) {
            let text = format!("usercom, {subject}: claimed with a time zone, sent at {now} without");
            findings.extend((!writes.iter().any(zone)).then_some(Finding { rule: "G18", text }));
        }
        findings
    }

    /// A request, with its credential, comes to an address that no route is configured for.
    pub(crate) fn strayed(&mut self, location: &str) {
        self.strays.push(location.to_owned());
    }

    pub(crate) fn strays(&self) -> impl Iterator<Item = Finding> {
        let finding =
            |location: &String| Finding { rule: "G25", text: format!("a request came to {location}") };
        self.strays.iter().map(finding)
    }
}
