//! Access to a running simulator from the same process.

use std::collections::BTreeMap;
use std::sync::{Arc, Condvar, Mutex, MutexGuard, PoisonError};
use std::time::{Duration, Instant, SystemTime};

use crate::call::Call;
use crate::config::{Config, Vendor};
use crate::core::{Core, StateView};
use crate::fault::Fault;
use crate::history::Exchange;
use crate::knobs::Knobs;
use crate::plan::ActiveFault;
use crate::reply::Reply;
use crate::rule::FaultRule;
use crate::seed::SeedUser;
use crate::users::Record;
use crate::violation::Violation;

/// What listener and controls share.
pub(crate) struct Shared {
    pub(crate) vendor: Vendor,
    core: Mutex<Core>,
    changed: Condvar,
    pub(crate) start: Instant,
}

impl Shared {
    pub(crate) fn new(config: &Config) -> Self {
        let core = Mutex::new(Core::new(config));
        Self { vendor: config.vendor, core, changed: Condvar::new(), start: Instant::now() }
    }

    /// The core. A panic while it was held leaves it usable: tests want to see what is in it.
    pub(crate) fn lock(&self) -> Guard<'_> {
        Guard { core: self.core.lock().unwrap_or_else(PoisonError::into_inner), changed: &self.changed }
    }

    pub(crate) fn apply(&self, seq: u64, call: &Call) -> Reply {
        let now = self.now_us();
        self.lock().apply(seq, call, now)
    }

    pub(crate) fn now_us(&self) -> u64 {
        u64::try_from(self.start.elapsed().as_micros()).unwrap_or(u64::MAX)
    }

    /// Seconds since 1970, for dates in `Retry-After`.
    pub(crate) fn now_unix() -> i64 {
        let since = SystemTime::now().duration_since(SystemTime::UNIX_EPOCH).unwrap_or_default();
        i64::try_from(since.as_secs()).unwrap_or(i64::MAX)
    }
}

/// The locked core; those who wait for a change wake when it is released.
pub(crate) struct Guard<'a> {
    core: MutexGuard<'a, Core>,
    changed: &'a Condvar,
}

impl std::ops::Deref for Guard<'_> {
    type Target = Core;

    fn deref(&self) -> &Core {
        &self.core
    }
}

impl std::ops::DerefMut for Guard<'_> {
    fn deref_mut(&mut self) -> &mut Core {
        &mut self.core
    }
}

impl Drop for Guard<'_> {
    fn drop(&mut self) {
        self.changed.notify_all();
    }
}

/// A handle on a simulator: state, history, faults, people. Clones control the same simulator.
#[derive(Clone)]
pub struct Control {
    shared: Arc<Shared>,
}

impl Control {
    pub(crate) const fn new(shared: Arc<Shared>) -> Self {
        Self { shared }
    }

    /// A copy of the state with all records.
    pub fn state(&self) -> StateView {
        self.shared.lock().state()
    }

    /// The moment from which the times of the history count.
    pub fn started(&self) -> Instant {
        self.shared.start
    }

    /// How many requests were received.
    pub fn requests(&self) -> u64 {
        self.shared.lock().history.last()
    }

    /// One record under the vendor's own id.
    pub fn user(&self, subject: &str) -> Option<Record> {
        self.shared.lock().world.users.get(subject).cloned()
    }

    /// Every kept exchange, oldest first.
    pub fn history(&self) -> Vec<Exchange> {
        self.history_after(0)
    }

    /// The exchanges after this sequence number, oldest first.
    pub fn history_after(&self, seq: u64) -> Vec<Exchange> {
        self.shared.lock().history_after(seq)
    }

    /// The violations so far.
    pub fn violations(&self) -> Vec<Violation> {
        self.shared.lock().violations().to_vec()
    }

    /// How often a request came while another one for the same subject was open. Only an exchange with a fault
    /// stays open for any time: give latency to make overlaps visible.
    pub fn overlaps(&self) -> BTreeMap<String, u64> {
        self.shared.lock().overlaps().clone()
    }

    /// Puts a rule in force and gives its id.
    pub fn add_fault(&self, rule: FaultRule) -> u64 {
        self.shared.lock().plan.add(rule)
    }

    /// One step for each coming request, of one subject or of all: a fault, or normal behaviour.
    pub fn add_plan(&self, subject: Option<&str>, steps: impl IntoIterator<Item = Option<Fault>>) {
        let mut core = self.shared.lock();
        for (nth, fault) in (1..).zip(steps) {
            let Some(fault) = fault else { continue };
            let rule = FaultRule::always(fault).on_nth(nth);
            core.plan.add(FaultRule { subject: subject.map(str::to_owned), ..rule });
        }
    }

    /// The rules in force with their counts.
    pub fn faults(&self) -> Vec<ActiveFault> {
        self.shared.lock().plan.active().to_vec()
    }

    /// Ends one rule, or all with `None`. Requests that already have their fault keep it.
    pub fn remove_faults(&self, id: Option<u64>) {
        self.shared.lock().plan.remove(id);
    }

    /// Adds people, or sets existing ones back to what is given.
    pub fn seed_users(&self, users: &[SeedUser]) {
        self.shared.lock().seed_users(users);
    }

    /// Overwrites some fields of a record behind the API's back; `false` for nobody.
    pub fn edit_user(&self, subject: &str, fields: Record) -> bool {
        self.shared.lock().edit_user(subject, fields)
    }

    /// The knobs.
    pub fn knobs(&self) -> Knobs {
        self.shared.lock().world.knobs.clone()
    }

    /// Changes knobs from the next request on.
    pub fn set_knobs(&self, change: impl FnOnce(&mut Knobs)) {
        change(self.shared.lock().knobs_mut());
    }

    /// Applies everything that Village has queued; gives how much that was.
    pub fn tick(&self) -> usize {
        let now = self.shared.now_us();
        self.shared.lock().tick(now)
    }

    /// Down: each request's connection is closed without a byte, and the request is only counted. For refused
    /// connections see [`crate::Simulator::refuse_connections`].
    pub fn pause(&self) {
        self.shared.lock().down = true;
    }

    /// Up again.
    pub fn resume(&self) {
        self.shared.lock().down = false;
    }

    /// Waits until the state satisfies the condition, at most this long; says whether it does. The condition is
    /// asked again after each request, application and end of an answer.
    pub fn wait_until(&self, bound: Duration, mut condition: impl FnMut(&Core) -> bool) -> bool {
        let core = self.shared.core.lock().unwrap_or_else(PoisonError::into_inner);
        let waited = self.shared.changed.wait_timeout_while(core, bound, |core| !condition(core));
        !waited.unwrap_or_else(PoisonError::into_inner).1.timed_out()
    }

    /// Waits until this many requests were received in all.
    pub fn wait_for_requests(&self, count: u64, bound: Duration) -> bool {
        self.wait_until(bound, |core| core.history.last() >= count)
    }

    /// Waits until this many changes were applied in all.
    pub fn wait_for_applications(&self, count: u64, bound: Duration) -> bool {
        self.wait_until(bound, |core| core.applications() >= count)
    }
}
