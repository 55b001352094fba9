//! Whether a route admits another request: everything that is decided before a lane is claimed, so that a refused lane
//! costs no write. Pure: the time comes as an argument.

mod breaker;
mod bucket;
mod budget;
mod concurrency;
mod streaks;

#[cfg(test)]
mod tests;

use std::time::Duration;

pub use bucket::Bucket;

use crate::{
    Limits, Millis, backoff,
    failure::Sample,
    millis,
    mutation::{self, Mutation},
};
use breaker::Breaker;
use budget::RetryBudget;
use concurrency::Concurrency;
use streaks::Streaks;

/// One route's admission.
#[derive(Debug)]
pub struct Gate {
    pause: Option<Pause>,
    throttled_until: Millis,
    throttles: u32,
    walls: u32,
    probing: bool,
    concurrency: Concurrency,
    breaker: Breaker,
    budget: RetryBudget,
    streaks: Streaks,
    fresh: bool,
}

/// A route that does not send.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Pause {
    /// Why.
    pub reason: PauseReason,
    /// When one lane is tried; none: not before somebody resumes the route.
    pub probe_at: Option<Millis>,
    /// How many probes failed.
    pub probes: u32,
}

/// Why a route does not send.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum PauseReason {
    /// The credential is not accepted.
    Auth,
    /// The route answers as if it were wrongly configured.
    Config,
    /// The other side cannot prove who it is.
    Tls,
    /// An operator paused it.
    Operator,
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
    /// Refusals in a row turned out to be the route's fault: put their lanes back.
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
            throttled_until: 0,
            throttles: 0,
            walls: 0,
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
        if now < self.throttled_until {
            return Err(Refusal::Throttled(self.throttled_until));
        }
        self.breaker.admit(now, self.concurrency.in_flight()).map_err(Refusal::Breaker)?;
        if !self.concurrency.acquire() {
            return Err(Refusal::Concurrency);
        }
        // Nothing else is under way then, so that the next settle is the probe's.
        self.probing = self.pause.is_some();
        Ok(())
    }

    /// Whether the permit that was taken last is to find out whether the route works.
    pub fn is_probing(&self) -> bool {
        self.probing || self.breaker.is_probing()
    }

    /// Gives back a permit that was not used.
    pub fn give_back(&mut self) {
        self.concurrency.give_back();
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
    pub fn settle(
        &mut self,
        lane: i64,
        attempt: u32,
        sample: Sample,
        now: Millis,
        jitter: f64,
    ) -> Vec<Action> {
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
        self.learn(lane, attempt, sample, now, jitter, &mut actions);
        match self.pause {
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
    fn learn(
        &mut self,
        lane: i64,
        attempt: u32,
        sample: Sample,
        now: Millis,
        jitter: f64,
        actions: &mut Vec<Action>,
    ) {
        if sample == Sample::Success {
            (self.throttles, self.walls) = (0, 0);
            self.streaks.succeeded(now);
            // Under a new credential or configuration, who was forbidden before may be allowed now.
            if std::mem::take(&mut self.fresh) {
                actions.push(Action::RouteWorks);
            }
        }
        match sample {
            Sample::Throttled(delay) => self.throttle(delay, now, jitter),
            Sample::Misdirected => self.wall(now),
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
        let works = match pause.reason {
            PauseReason::Operator => false,
            PauseReason::Config => sample == Sample::Success,
            // Any answer about the person shows that the credential, or the way, is in order.
            PauseReason::Auth => {
                sample.is_an_answer() && !matches!(sample, Sample::Unauthenticated | Sample::Forbidden)
            }
            PauseReason::Tls => sample.is_an_answer(),
        };
        if !works {
            return self.pause_for(pause.reason, sample, pause.probes + 1, now, actions);
        }
        self.pause = None;
        self.concurrency.restart();
        actions.extend([Action::Resume, Action::RouteWorks, Action::Release]);
    }

    fn throttle(&mut self, delay: Option<Duration>, now: Millis, jitter: f64) {
        if mutation::is_on(Mutation::RetryAfterToLaneOnly) {
            return;
        }
        let delay = match delay {
            Some(delay) => millis(delay),
            // Several answers to requests that were under way together are one word of the vendor.
            None if now < self.throttled_until => return,
            None => {
                self.throttles += 1;
                (1_000 << (self.throttles - 1).min(6)).min(60_000)
            }
        };
        #[expect(clippy::cast_possible_truncation, clippy::cast_precision_loss, reason = "at most a day")]
        let spread = (delay as f64 * 0.1 * jitter) as Millis;
        self.throttled_until = self.throttled_until.max(now + delay + spread);
    }

    /// Something stands before the vendor: asked less and less often until it lets a request through.
    fn wall(&mut self, now: Millis) {
        if now < self.throttled_until {
            return;
        }
        self.throttled_until = now + (60_000 << self.walls.min(4)).min(900_000);
        self.walls += 1;
    }

    fn pause_for(
        &mut self,
        reason: PauseReason,
        sample: Sample,
        probes: u32,
        now: Millis,
        actions: &mut Vec<Action>,
    ) {
        let probe_at = match (reason, sample) {
            (PauseReason::Operator, _) | (_, Sample::WrongSubject) => None,
            (PauseReason::Auth, _) => Some(now + backoff::AUTH_PROBES[(probes as usize).min(4)]),
            (PauseReason::Tls, _) => Some(now + backoff::TLS_PROBE),
            (PauseReason::Config, _) => Some(now + backoff::CONFIG_PROBE),
        };
        let pause = Pause { reason, probe_at, probes };
        match (self.pause, sample) {
            (None, Sample::RejectedUnnamed) => {
                actions.push(Action::PutBackRejected { since: self.streaks.last_success() });
            }
            (None, Sample::Forbidden) => actions.push(Action::RouteWorks),
            _ => {}
        }
        self.pause = Some(pause);
        actions.push(Action::Pause);
    }

    /// Pauses the route, by an operator or as it was stored.
    pub fn set_pause(&mut self, pause: Option<Pause>) {
        if pause.is_none() {
            // Whoever resumes a route knows better than what the vendor asked for.
            (self.throttled_until, self.throttles, self.walls) = (0, 0, 0);
        }
        if pause.is_none() && self.pause.is_some() {
            self.concurrency.restart();
            self.streaks.forget();
            self.breaker = Breaker::default();
        }
        self.pause = pause;
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

    /// Until when the vendor asked for a pause, if that is later than `now`.
    pub fn throttled_until(&self, now: Millis) -> Option<Millis> {
        (self.throttled_until > now).then_some(self.throttled_until)
    }

    /// Requests under way, and the most that are allowed now.
    pub fn concurrency(&self) -> (u32, u32) {
        (self.concurrency.in_flight(), self.concurrency.limit())
    }
}
