//! Whether a route admits another request: everything that is decided before a lane is claimed, so that a refused lane
//! costs no write. Pure: the time comes as an argument.

mod breaker;
mod bucket;
mod budget;
mod concurrency;
mod condition;
mod pause;
mod streaks;
mod throttle;

#[cfg(test)]
mod tests;

pub use bucket::Bucket;
pub use condition::RouteCondition;
pub use pause::{Pause, PauseReason};

use crate::{
    Limits, Millis,
    failure::Sample,
    millis,
    mutation::{self, Mutation},
};
use breaker::Breaker;
use budget::RetryBudget;
use concurrency::Concurrency;
use streaks::Streaks;
pub use throttle::PauseCause;
use throttle::Throttle;

/// One route's admission.
#[derive(Debug)]
pub struct Gate {
    pause: Option<Pause>,
    throttle: Throttle,
    probing: bool,
    concurrency: Concurrency,
    breaker: Breaker,
    budget: RetryBudget,
    streaks: Streaks,
    fresh: bool,
}

/// Why a request is not admitted now, and when to ask again where that is known.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Refusal {
    /// The route is paused.
    Paused(Option<Millis>),
    /// The vendor asked for a pause.
    Throttled(Millis),
    /// Too many failures; one probe at a time.
    Breaker(Millis),
    /// As many requests as allowed are under way.
    Concurrency,
}

/// What becomes of an operator's wish to have one request tried.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Probe {
    /// One goes out.
    Begun,
    /// The route sends anyway.
    NothingToFindOut,
    /// The route is paused until an operator resumes it.
    Stopped,
}

/// An attempt that has ended.
#[derive(Debug, Clone, Copy)]
pub struct Ended {
    /// The lane.
    pub lane: i64,
    /// Failures in a row before it that are charged to the lane.
    pub attempt: u32,
    /// What it says about the route.
    pub sample: Sample,
    /// When it ended.
    pub now: Millis,
    /// A fraction in `[0, 1)` that spreads what follows.
    pub jitter: f64,
}

/// What the engine has to do because of a sample.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Action {
    /// Store that the route is paused.
    Pause,
    /// Store that the route is open again.
    Resume,
    /// Lanes that wait because of the route are due.
    Release,
    /// Read the credential again: it may have been replaced.
    RereadCredential,
    /// Refusals in a row, which count against their lanes, turned out to be the route's fault: put their lanes back.
    PutBackRejected {
        /// Holds written since then are dropped.
        since: Millis,
    },
    /// Lanes that were forbidden may be tried again.
    RouteWorks,
}

impl Gate {
    /// A gate of an open route, as of `now`.
    pub fn new(limits: &Limits, now: Millis) -> Self {
        Self {
            pause: None,
            throttle: Throttle::default(),
            probing: false,
            concurrency: Concurrency::new(limits.concurrency, millis(limits.timeout)),
            breaker: Breaker::default(),
            budget: RetryBudget::default(),
            streaks: Streaks::new(now),
            fresh: true,
        }
    }

    /// Takes a permit.
    ///
    /// # Errors
    /// Why there is none now.
    pub fn admit(&mut self, now: Millis) -> Result<(), Refusal> {
        let busy = self.concurrency.in_flight() > 0;
        if let Some(pause) = self.pause {
            let probe_is_due = pause.probe_at.is_some_and(|probe_at| probe_at <= now);
            if !probe_is_due || busy {
                // While the probe is out, its settle says how to go on.
                return Err(Refusal::Paused(pause.probe_at.filter(|_| !busy)));
            }
        }
        self.throttle.admit(now, busy).map_err(Refusal::Throttled)?;
        self.breaker.admit(now, busy).map_err(Refusal::Breaker)?;
        if !self.concurrency.acquire() {
            return Err(Refusal::Concurrency);
        }
        self.throttle.admitted();
        self.breaker.admitted();
        // Nothing else is under way then, so that the next settle is the probe's.
        self.probing = self.pause.is_some();
        Ok(())
    }

    /// Whether the permit that was taken last is to find out whether the route works.
    pub fn is_probing(&self) -> bool {
        self.probing || self.throttle.is_probing() || self.breaker.is_probing()
    }

    /// Gives back a permit that was not used.
    pub fn give_back(&mut self) {
        self.concurrency.give_back();
        self.throttle.give_back();
        self.breaker.give_back();
        self.probing = false;
    }

    /// How many retries the budget allows now.
    pub fn retries_allowed(&mut self, now: Millis) -> u32 {
        self.budget.allowed(now)
    }

    /// Notes that lanes were claimed, so many of them not for the first time.
    pub fn claimed(&mut self, first: u32, retries: u32, now: Millis) {
        self.budget.note(first, retries, now);
    }

    /// Ends an attempt: gives back its permit and learns from it.
    pub fn settle(&mut self, ended: Ended) -> Vec<Action> {
        let Ended { lane, attempt, sample, now, .. } = ended;
        let mut actions = Vec::new();
        let probe = std::mem::take(&mut self.probing);
        let success = sample == Sample::Success;
        let congested = matches!(sample, Sample::Failure | Sample::Throttled(_));
        if !(mutation::is_on(Mutation::PermitLeakedOnTimeout) && sample == Sample::Failure) {
            self.concurrency.release(congested, success, now);
        }
        if success && attempt > 0 {
            self.budget.refund();
        }
        self.learn(ended, &mut actions);
        match self.pause {
            // Whatever the route was paused for, this is for somebody to see.
            Some(pause) if sample == Sample::WrongSubject && pause.reason != PauseReason::WrongSubject => {
                self.pause_for(PauseReason::WrongSubject, sample, 0, now, &mut actions);
            }
            Some(pause) if probe => self.probed(pause, sample, now, &mut actions),
            // What was under way when the route was paused says nothing about it.
            Some(_) => {}
            None => {
                if let Some(reason) = self.streaks.note(sample, lane, now) {
                    self.pause_for(reason, sample, 0, now, &mut actions);
                }
            }
        }
        actions
    }

    /// What an attempt says about how fast the route may go on.
    fn learn(&mut self, ended: Ended, actions: &mut Vec<Action>) {
        let Ended { lane, attempt, sample, now, jitter } = ended;
        if sample == Sample::Success {
            self.streaks.succeeded(now);
            // Under a new credential or configuration, who was forbidden before may be allowed now.
            if std::mem::take(&mut self.fresh) {
                actions.push(Action::RouteWorks);
            }
        }
        self.throttle.ended(sample);
        match sample {
            Sample::Throttled(delay) => self.throttle.asked_for(delay, now, jitter),
            Sample::Misdirected => self.throttle.wall(now),
            Sample::Unauthenticated => actions.push(Action::RereadCredential),
            _ => {}
        }
        if sample.is_an_answer() {
            if self.breaker.answered(now) {
                actions.push(Action::Release);
            }
        } else if self.breaker.failed(sample == Sample::Failure, lane, attempt, now, jitter) {
            self.concurrency.restart();
        }
    }

    /// The probe of a paused route has ended.
    fn probed(&mut self, pause: Pause, sample: Sample, now: Millis, actions: &mut Vec<Action>) {
        if !pause.reason.is_over(sample) {
            return self.pause_for(pause.reason, sample, pause.probes + 1, now, actions);
        }
        self.pause = None;
        self.concurrency.restart();
        actions.extend([Action::Resume, Action::RouteWorks, Action::Release]);
    }

    fn pause_for(
        &mut self,
        reason: PauseReason,
        sample: Sample,
        probes: u32,
        now: Millis,
        actions: &mut Vec<Action>,
    ) {
        match (self.pause, sample) {
            (None, sample) if sample.blames_the_lane() => {
                actions.push(Action::PutBackRejected { since: self.streaks.last_success() });
            }
            (None, Sample::Forbidden) => actions.push(Action::RouteWorks),
            _ => {}
        }
        self.pause = Some(Pause::after(reason, sample, probes, now));
        actions.push(Action::Pause);
    }

    /// Pauses the route, by an operator or as it was stored.
    pub fn set_pause(&mut self, pause: Option<Pause>) {
        if pause.is_none() {
            // Whoever resumes a route knows better than what the vendor asked for.
            self.throttle = Throttle::default();
        }
        if pause.is_none() && self.pause.is_some() {
            self.concurrency.restart();
            self.streaks.forget();
            self.breaker = Breaker::default();
        }
        self.pause = pause;
    }

    /// What a probe would come to.
    pub fn would_probe(&self, now: Millis) -> Probe {
        match self.pause {
            Some(Pause { probe_at: None, .. }) => Probe::Stopped,
            None if self.throttle.until(now).is_none() && self.breaker.open_until().is_none() => {
                Probe::NothingToFindOut
            }
            _ => Probe::Begun,
        }
    }

    /// Has one request tried as soon as none is under way, whatever the route waits for; the others go on waiting.
    pub fn probe(&mut self, now: Millis) -> Probe {
        let probe = self.would_probe(now);
        if probe == Probe::Begun {
            if let Some(pause) = &mut self.pause {
                pause.probe_at = Some(now);
            }
            self.throttle.probe();
            self.breaker.probe(now);
        }
        probe
    }

    /// Why the route does not send, if it is paused.
    pub fn pause(&self) -> Option<Pause> {
        self.pause
    }

    /// A new credential or configuration: what was learnt under the old one says nothing any more, and a paused route is
    /// probed at once.
    pub fn reconfigured(&mut self, limits: &Limits, now: Millis) {
        self.concurrency.resize(limits.concurrency, millis(limits.timeout));
        self.streaks.forget();
        self.fresh = true;
        if let Some(pause) = &mut self.pause
            && pause.probe_at.is_some()
        {
            pause.probe_at = Some(now);
        }
    }

    /// Until when the breaker is open, if it is.
    pub fn breaker_open_until(&self) -> Option<Millis> {
        self.breaker.open_until()
    }

    /// Whether the breaker is open; none before anything was heard of the vendor since the process began or the route was resumed.
    pub fn is_breaker_open(&self) -> Option<bool> {
        self.breaker.is_open()
    }

    /// Until when the route makes a pause, for its vendor or because of something before it, if that is later than `now`.
    pub fn throttled_until(&self, now: Millis) -> Option<Millis> {
        self.throttle.until(now)
    }

    /// Requests under way, and the most that are allowed now.
    pub fn concurrency(&self) -> (u32, u32) {
        (self.concurrency.in_flight(), self.concurrency.limit())
    }
}
