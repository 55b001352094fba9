//! What outlives a process: vendors, clients, their agenda, and the record of everything.

use std::{
    collections::{BTreeMap, BTreeSet},
    fmt,
    future::pending,
    sync::{Arc, Mutex, MutexGuard, PoisonError},
    time::Duration,
};

use delivery::Millis;
use tokio::{sync::Notify, time::Instant};
use vendor_sim::Call;

use super::{
    clients::Pending,
    dice::Dice,
    manners::Manners,
    options::{Clock, Faults, Options},
    routes::{Setup, Variant},
    script::{Act, StoreFault},
    trace::Trace,
    vendors::VendorState,
};
use crate::history::{Finding, Ms, Nudge, Send};

const MINUTE: Ms = 60_000;

/// The world beside the gateway.
pub(crate) struct Shared {
    state: Mutex<State>,
    pub(crate) options: Options,
    pub(crate) setup: Setup,
    pub(crate) seed: u64,
    /// Something came onto the agenda, or the process has crashed.
    pub(crate) changed: Notify,
    /// One act of operators at a time.
    pub(crate) operating: tokio::sync::Mutex<()>,
    /// What all routes share in a gateway that keeps them not apart.
    pub(crate) pool: tokio::sync::Semaphore,
}

pub(crate) struct State {
    /// Virtual time at the start of the present process, and tokio's instant then.
    origin: Option<(Instant, Ms)>,
    /// The time at which everything stands still between two processes.
    pub(crate) standing: Ms,
    /// What the gateway's clock shows at time 0.
    pub(crate) epoch: Millis,
    agenda: BTreeMap<(Ms, u64), Event>,
    next_event: u64,
    pub(crate) vendors: Vec<VendorState>,
    pub(crate) sends: Vec<SendLog>,
    pub(crate) owners: BTreeMap<(usize, String), usize>,
    pub(crate) clients: Vec<Pending>,
    pub(crate) nudges: Vec<Nudge>,
    pub(crate) stops: Vec<Ms>,
    pub(crate) starts: Vec<Ms>,
    pub(crate) findings: Vec<Finding>,
    pub(crate) manners: Manners,
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
    pub(crate) trace: Trace,
}

/// A request as it was sent, with what the vendor said when it applied it.
pub(crate) struct SendLog {
    pub(crate) send: Send,
    pub(crate) route: usize,
    pub(crate) call: Arc<Call>,
    pub(crate) reply: Option<vendor_sim::Reply>,
}

/// Something on the agenda.
#[derive(Debug, Clone)]
pub(crate) enum Event {
    /// As the script says.
    Act(Act),
    /// A request reaches its vendor.
    Arrives(usize),
    /// A vendor applies a request.
    Applies(usize),
    /// A vendor says what it would do with a request.
    Promises(usize),
    /// A client asks, for the first time or again.
    Ask(usize),
    /// The process ends because its store has failed.
    Exit,
    /// The chaos is over.
    Calm,
    /// Is everything done?
    Look,
}

/// What a process has ears for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Ears {
    /// It runs.
    All,
    /// It stops: callers are answered until the end.
    Callers,
    /// It starts.
    Nobody,
}

impl Ears {
    fn hear(self, event: &Event) -> bool {
        match event {
            // These happen to vendors or to the process, whoever listens.
            Event::Arrives(_) | Event::Applies(_) | Event::Promises(_) | Event::Exit => true,
            Event::Ask(_) => self != Self::Nobody,
            Event::Act(_) | Event::Calm | Event::Look => self == Self::All,
        }
    }
}

impl Shared {
    pub(crate) fn new(seed: u64, options: Options, setup: Setup, state: State) -> Arc<Self> {
        Arc::new(Self {
            state: Mutex::new(state),
            options,
            setup,
            seed,
            changed: Notify::new(),
            operating: tokio::sync::Mutex::default(),
            pool: tokio::sync::Semaphore::new(4),
        })
    }

    pub(crate) fn lock(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }

    pub(crate) fn now(&self) -> Ms {
        self.lock().now()
    }

    /// A new process begins to live, on a runtime of its own.
    pub(crate) fn begin_life(&self) {
        let mut state = self.lock();
        let since = state.standing;
        state.origin = Some((Instant::now(), since));
        state.starts.push(since);
        state.manners.forget_pauses();
        state.dead = false;
        for route in state.resuming.clone() {
            state.later(since, Event::Act(Act::Resume(route)));
        }
    }

    /// The process is gone; `downtime` passes until the next one.
    pub(crate) fn end_life(&self, downtime: Ms) {
        let mut state = self.lock();
        let now = state.now();
        state.dead = true;
        state.origin = None;
        state.standing = now + downtime;
        state.stops.push(now);
        state.note(format_args!("process ended"));
        for log in &mut state.sends {
            log.send.end.get_or_insert(now);
        }
    }

    /// Something that a crash can come before or after: no return, if the process crashes here.
    pub(crate) async fn effect(&self, what: String) {
        let crashed = {
            let mut state = self.lock();
            if !state.dead {
                state.effects += 1;
                state.note(format_args!("{what}"));
                state.dead = state.crash_at.is_some_and(|at| state.effects >= at);
                if state.dead {
                    state.crash_at = None;
                    state.note(format_args!("crash"));
                    self.changed.notify_one();
                }
            }
            state.dead
        };
        if crashed {
            pending::<()>().await;
        }
    }

    /// Whether operators wait for routes to come back by themselves.
    pub(crate) fn is_patient(&self) -> bool {
        self.seed % 8 == 7
    }

    /// How long a calm world may take to come to rest. Patient ones wait for the probes of a refused credential, at most six
    /// hours apart, and for people who were not known, at most a day. A time that a clock from another decade has stored is
    /// brought back to 26 hours from the start.
    pub(crate) fn bound(&self) -> Ms {
        let patient = if self.is_patient() { 30 * 60 * MINUTE } else { 26 * 60 * MINUTE };
        if self.options.clock == Clock::Decades { patient + 27 * 60 * MINUTE } else { patient }
    }

    /// The next process may find another wall clock.
    pub(crate) fn jump(&self, dice: &mut Dice) {
        let (day, year) = (24 * 60 * 60_000, 365 * 24 * 60 * 60_000);
        let by = match dice.below(20) {
            0 if self.options.clock == Clock::Decades => 10 * year,
            1 if self.options.clock == Clock::Decades => -10 * year,
            2 | 3 => day / 24,
            4 | 5 => -day / 24,
            _ => return,
        };
        if self.options.faults == Faults::All {
            self.lock().epoch += by;
        }
    }

    /// Tokio's instant of a time in the present life.
    pub(crate) fn instant(&self, at: Ms) -> Instant {
        let state = self.lock();
        let (origin, since) = state.origin.unwrap_or_else(|| (Instant::now(), at));
        origin + Duration::from_millis(at.saturating_sub(since))
    }
}

impl State {
    pub(crate) fn new(seed: u64, epoch: Millis, vendors: Vec<VendorState>, keep_trace: bool) -> Self {
        Self {
            origin: None,
            standing: 1_000,
            epoch,
            agenda: BTreeMap::new(),
            next_event: 0,
            vendors,
            sends: Vec::new(),
            owners: BTreeMap::new(),
            clients: Vec::new(),
            nudges: Vec::new(),
            stops: Vec::new(),
            starts: Vec::new(),
            findings: Vec::new(),
            manners: Manners::default(),
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
            trace: Trace::new(keep_trace),
        }
    }

    pub(crate) fn now(&self) -> Ms {
        self.origin.map_or(self.standing, |(origin, since)| {
            since + Ms::try_from(origin.elapsed().as_millis()).unwrap_or(Ms::MAX / 2)
        })
    }

    pub(crate) fn later(&mut self, at: Ms, event: Event) {
        self.next_event += 1;
        self.agenda.insert((at, self.next_event), event);
    }

    pub(crate) fn next_at(&self, ears: Ears) -> Option<Ms> {
        self.agenda.iter().find(|(_, event)| ears.hear(event)).map(|((at, _), _)| *at)
    }

    /// The next event that is heard, if its time has come.
    pub(crate) fn take_due(&mut self, ears: Ears) -> Option<(Ms, Event)> {
        let now = self.now();
        let due = self.agenda.range(..=(now, u64::MAX)).find(|(_, event)| ears.hear(event));
        let key = *due?.0;
        self.agenda.remove(&key).map(|event| (key.0, event))
    }

    pub(crate) fn note(&mut self, event: fmt::Arguments<'_>) {
        let now = self.now();
        self.trace.note(now, event);
    }

    pub(crate) fn find(&mut self, rule: &'static str, text: String) {
        self.findings.push(Finding { rule, text });
    }

    pub(crate) fn has_requests_to_come(&self) -> bool {
        self.agenda.values().any(|event| {
            matches!(event, Event::Applies(_) | Event::Arrives(_) | Event::Ask(_) | Event::Act(_))
        })
    }
}

/// The gateway's clock: virtual time, and an epoch that may jump between two processes.
pub(crate) struct WorldClock(pub(crate) Arc<Shared>);

impl delivery::Clock for WorldClock {
    fn now(&self) -> Millis {
        let state = self.0.lock();
        state.epoch + Millis::try_from(state.now()).unwrap_or(Millis::MAX / 4)
    }
}

impl fmt::Debug for WorldClock {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("WorldClock")
    }
}
