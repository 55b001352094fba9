//! What outlives a process: vendors, clients, their agenda, and the record of everything.

use std::{
    fmt,
    future::pending,
    sync::{Arc, Mutex, MutexGuard, PoisonError},
    time::Duration,
};

use delivery::Millis;
use tokio::{sync::Notify, time::Instant};

use super::{
    agenda::Event,
    dice::Dice,
    options::{Clock, Faults, Options},
    routes::Setup,
    script::Act,
    state::State,
};
use crate::history::Ms;

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
