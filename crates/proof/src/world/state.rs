use std::{
    collections::{BTreeMap, BTreeSet},
    fmt,
    sync::Arc,
};

use delivery::Millis;
use tokio::time::Instant;
use vendor_sim::Call;

use super::{
    agenda::{Agenda, Ears, Event},
    clients::Pending,
    dice::Dice,
    manners::Manners,
    routes::Variant,
    script::StoreFault,
    trace::Trace,
    vendors::VendorState,
    words::Record,
};
use crate::history::{Finding, Ms, Nudge, Send};

/// What happens in the world, and what has happened.
pub(crate) struct State {
    /// Virtual time at the start of the present process, and tokio's instant then.
    pub(super) origin: Option<(Instant, Ms)>,
    /// The time at which everything stands still between two processes.
    pub(crate) standing: Ms,
    /// What the gateway's clock shows at time 0.
    pub(crate) epoch: Millis,
    pub(crate) agenda: Agenda,
    pub(crate) vendors: Vec<VendorState>,
    pub(crate) sends: Vec<SendLog>,
    pub(crate) owners: BTreeMap<(usize, String), usize>,
    pub(crate) clients: Vec<Pending>,
    pub(crate) nudges: Vec<Nudge>,
    pub(crate) stops: Vec<Ms>,
    pub(crate) starts: Vec<Ms>,
    pub(crate) findings: Vec<Finding>,
    pub(crate) manners: Manners,
    /// What was claimed and applied.
    pub(crate) record: Record,
    pub(crate) effects: u64,
    pub(crate) crash_at: Option<u64>,
    pub(crate) dead: bool,
    pub(crate) store_fault: Option<StoreFault>,
    pub(crate) store_delay: Ms,
    pub(crate) variant: Variant,
    pub(crate) variants: Vec<Variant>,
    pub(crate) returned: BTreeSet<usize>,
    /// The routes of which operators want that they go on, and were not told that they do.
    pub(crate) resuming: BTreeSet<usize>,
    pub(crate) calm_since: Option<Ms>,
    /// When operators had everything tried again that stood still.
    pub(crate) tried_again: Option<Ms>,
    /// How long after the chaos everything stood still.
    pub(crate) quiet_after: Option<Ms>,
    pub(crate) dice: Dice,
    /// Whom to look at.
    pub(crate) curiosity: Dice,
    pub(crate) trace: Trace,
}

/// A request as it was sent, with what the vendor said when it applied it.
pub(crate) struct SendLog {
    pub(crate) send: Send,
    pub(crate) route: usize,
    pub(crate) host: usize,
    pub(crate) call: Arc<Call>,
    pub(crate) reply: Option<vendor_sim::Reply>,
}

impl State {
    pub(crate) fn new(seed: u64, epoch: Millis, vendors: Vec<VendorState>, keep_trace: bool) -> Self {
        Self {
            origin: None,
            standing: 1_000,
            epoch,
            agenda: Agenda::default(),
            vendors,
            sends: Vec::new(),
            owners: BTreeMap::new(),
            clients: Vec::new(),
            nudges: Vec::new(),
            stops: Vec::new(),
            starts: Vec::new(),
            findings: Vec::new(),
            manners: Manners::default(),
            record: Record::default(),
            effects: 0,
            crash_at: None,
            dead: false,
            store_fault: None,
            store_delay: 0,
            variant: Variant::Usual,
            variants: Vec::new(),
            returned: BTreeSet::new(),
            resuming: BTreeSet::new(),
            calm_since: None,
            tried_again: None,
            quiet_after: None,
            dice: Dice::of(&[seed, 2]),
            curiosity: Dice::of(&[seed, 5]),
            trace: Trace::new(keep_trace),
        }
    }

    pub(crate) fn now(&self) -> Ms {
        self.origin.map_or(self.standing, |(origin, since)| {
            since + Ms::try_from(origin.elapsed().as_millis()).unwrap_or(Ms::MAX / 2)
        })
    }

    pub(crate) fn later(&mut self, at: Ms, event: Event) {
        self.agenda.add(at, event);
    }

    /// The next event that is heard, if its time has come.
    pub(crate) fn take_due(&mut self, ears: Ears) -> Option<(Ms, Event)> {
        self.agenda.take_due(self.now(), ears)
    }

    pub(crate) fn note(&mut self, event: fmt::Arguments<'_>) {
        let now = self.now();
        self.trace.note(now, event);
    }

    pub(crate) fn find(&mut self, rule: &'static str, text: String) {
        self.findings.push(Finding { rule, text });
    }
}
