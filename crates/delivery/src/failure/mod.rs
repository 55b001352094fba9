//! What follows from a failed attempt: for the lane an [`Outcome`], for the route a [`Sample`].

use std::time::{Duration, SystemTime};

use adapter::{AppliedState, ErrorKind, VendorError};

use crate::{
    Millis, SendError, SendErrorKind,
    backoff::{self, lane_backoff},
    lane::{BlockReason, Failure, FailureClass, Outcome, Version, WaitCause},
    millis,
    mutation::{self, Mutation},
};

/// What a route learns from one attempt.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Sample {
    /// The vendor confirmed.
    Success,
    /// The vendor, or the way to it, is out of order.
    Failure,
    /// The vendor asks for a pause; none when it does not say how long.
    Throttled(Option<Duration>),
    /// The credential was not accepted.
    Unauthenticated,
    /// The credential may not change this user.
    Forbidden,
    /// The vendor does not know this user, and never did.
    NotFound,
    /// The vendor knew this user, and now answers that something is not there.
    Vanished,
    /// Something is not there, this user or the path that the route leads to.
    MaybeNotFound,
    /// Something else than the vendor's update call answered.
    Misdirected,
    /// The vendor says that the route is configured wrongly.
    Misconfigured,
    /// The vendor refused the content as too large.
    TooLarge,
    /// A success that cannot be read.
    Unreadable,
    /// The other side could not prove who it is.
    Tls,
    /// The vendor refused the content without naming a field.
    RejectedUnnamed,
    /// The answer was about another person.
    WrongSubject,
    /// Another definite answer about the person.
    Answered,
    /// Says nothing about the route.
    Nothing,
}

impl Sample {
    /// Whether the lane itself is held or blocked because of it.
    pub fn blames_the_lane(self) -> bool {
        matches!(self, Self::RejectedUnnamed | Self::TooLarge)
    }

    /// Whether the vendor itself has answered, whatever it said.
    pub fn is_an_answer(self) -> bool {
        match self {
            Sample::Success
            | Sample::Unauthenticated
            | Sample::Forbidden
            | Sample::NotFound
            | Sample::Vanished
            | Sample::Misconfigured
            | Sample::TooLarge
            | Sample::RejectedUnnamed
            | Sample::WrongSubject
            | Sample::Answered => true,
            Sample::Failure
            | Sample::Throttled(_)
            | Sample::MaybeNotFound
            | Sample::Misdirected
            | Sample::Unreadable
            | Sample::Tls
            | Sample::Nothing => false,
        }
    }
}

/// What a lane was like when its attempt began.
#[derive(Debug, Clone, Copy, Default)]
pub struct History {
    /// Failures in a row that are charged to the lane.
    pub attempt: u32,
    /// Why the attempt before failed.
    pub last_class: Option<FailureClass>,
    /// When the present row of failures began.
    pub first_fail_at: Option<Millis>,
    /// Whether the vendor has ever confirmed an update under the subject.
    pub pinned: bool,
    /// The user version that the attempt carries.
    pub sent: Version,
}

/// The moment of a failure.
#[derive(Debug, Clone, Copy)]
pub struct Moment {
    /// The time now.
    pub now: Millis,
    /// The time now by the calendar, for a `Retry-After` date whose answer shows no clock.
    pub wall: SystemTime,
    /// When the last request of the attempt may no longer be applied.
    pub suspect_until: Millis,
    /// A fraction in `[0, 1)`.
    pub jitter: f64,
}

/// Reads an attempt that ended with a request that has no answer; `maybe`: whether the attempt may have been applied, as
/// [`SendErrorKind::may_have_been_applied`] says of an update.
pub fn of_send_error(
    error: &SendError,
    maybe: bool,
    history: &History,
    moment: &Moment,
) -> (Outcome, Sample) {
    let case = Case { class: FailureClass::Unavailable, status: None, history, moment };
    let again = |failure: Failure| if maybe { case.unknown(failure) } else { case.not_applied(failure) };
    match error.kind {
        SendErrorKind::Tls => {
            let case = Case { class: FailureClass::Tls, ..case };
            (again(case.fault_of_route()), Sample::Tls)
        }
        // The name leads to an address that the route may not reach: nobody was asked, and every lane would meet it.
        SendErrorKind::AddressRefused => (again(case.fault_of_route()), Sample::Misdirected),
        // The built URL was not what the route is configured for: nothing that another try would mend.
        SendErrorKind::Refused => {
            (case.blocked(BlockReason::Internal, FailureClass::Internal), Sample::Nothing)
        }
        _ => (again(case.outage()), Sample::Failure),
    }
}

/// Reads a vendor's answer that is no success; `named` tells whether it names fields.
pub fn of_vendor_error(
    error: &VendorError,
    status: u16,
    history: &History,
    moment: &Moment,
) -> (Outcome, Sample) {
    let class = class_of(error.kind);
    let case = Case { class, status: Some(status), history, moment };
    let maybe = error.applied != AppliedState::No;
    let again = |failure: Failure| if maybe { case.unknown(failure) } else { case.not_applied(failure) };
    match error.kind {
        ErrorKind::Invalid => {
            let sample = if error.fields.is_empty() { Sample::RejectedUnnamed } else { Sample::Answered };
            (Outcome::Rejected { named: Vec::new(), status: Some(status) }, sample)
        }
        ErrorKind::TooLarge => (case.blocked(BlockReason::TooLarge, class), Sample::TooLarge),
        ErrorKind::Forbidden => (case.blocked(BlockReason::Forbidden, class), Sample::Forbidden),
        ErrorKind::WrongSubject => (case.blocked(BlockReason::WrongSubject, class), Sample::WrongSubject),
        ErrorKind::Unauthenticated => (again(case.fault_of_route()), Sample::Unauthenticated),
        ErrorKind::Misdirected => (again(case.fault_of_route()), Sample::Misdirected),
        ErrorKind::Misconfigured => (again(case.fault_of_route()), Sample::Misconfigured),
        ErrorKind::RateLimited => {
            let delay = error.retry_after.and_then(|after| after.delay(moment.wall));
            (again(case.fault_of_route()), Sample::Throttled(delay))
        }
        ErrorKind::Unavailable => match error.retry_after.and_then(|after| after.delay(moment.wall)) {
            Some(delay) => (again(case.fault_of_route()), Sample::Throttled(Some(delay))),
            None => (again(case.outage()), Sample::Failure),
        },
        ErrorKind::NotFound => case.not_found(),
        ErrorKind::MaybeNotFound => case.vanished(Sample::MaybeNotFound),
        ErrorKind::Conflict => case.tries(&backoff::CONFLICT, BlockReason::Conflict, maybe, Sample::Answered),
        ErrorKind::Unreadable if mutation::is_on(Mutation::UnreadableRetriedHot) => {
            (again(case.failure(false, WaitCause::Backoff, 0)), Sample::Unreadable)
        }
        ErrorKind::Unreadable => case.tries(&[10_000; 4], BlockReason::Protocol, maybe, Sample::Unreadable),
    }
}

/// An attempt that ended inside the gateway: its outcome is unknown, and after three the lane counts as the cause.
pub fn of_internal_error(history: &History, moment: &Moment) -> (Outcome, Sample) {
    let case = Case { class: FailureClass::Internal, status: None, history, moment };
    case.tries(&[2_000; 2], BlockReason::Internal, true, Sample::Nothing)
}

struct Case<'a> {
    class: FailureClass,
    status: Option<u16>,
    history: &'a History,
    moment: &'a Moment,
}

impl Case<'_> {
    /// Failures of this class in a row before this one.
    fn before(&self) -> u32 {
        if self.history.last_class == Some(self.class) { self.history.attempt } else { 0 }
    }

    fn failure(&self, counted: bool, cause: WaitCause, delay: Millis) -> Failure {
        let next_at = self.moment.now + delay;
        Failure { class: self.class, status: self.status, counted, cause, next_at, release_subject: false }
    }

    fn outage(&self) -> Failure {
        let age = self.history.first_fail_at.map_or(0, |since| self.moment.now - since);
        self.failure(true, WaitCause::Outage, lane_backoff(self.before() + 1, age, self.moment.jitter))
    }

    /// Not charged to the lane; the route itself waits, so the lane need not.
    fn fault_of_route(&self) -> Failure {
        self.failure(false, WaitCause::Outage, lane_backoff(1, 0, self.moment.jitter))
    }

    fn not_applied(&self, failure: Failure) -> Outcome {
        if failure.counted && self.expired() {
            self.blocked(BlockReason::Expired, self.class)
        } else {
            Outcome::NotApplied { failure }
        }
    }

    fn unknown(&self, failure: Failure) -> Outcome {
        let suspect_until = self.moment.suspect_until;
        match failure.counted && self.expired() {
            true => self.blocked_in_doubt(BlockReason::Expired),
            false => Outcome::Unknown { failure, suspect_until },
        }
    }

    fn expired(&self) -> bool {
        let since = self.history.first_fail_at.unwrap_or(self.moment.now);
        self.moment.now - since >= backoff::EXPIRES_AFTER
    }

    fn blocked(&self, reason: BlockReason, class: FailureClass) -> Outcome {
        Outcome::Blocked { reason, class, status: self.status, release_subject: false, suspect_until: None }
    }

    fn blocked_in_doubt(&self, reason: BlockReason) -> Outcome {
        let suspect_until = Some(self.moment.suspect_until);
        Outcome::Blocked {
            reason,
            class: self.class,
            status: self.status,
            release_subject: false,
            suspect_until,
        }
    }

    fn tries(
        &self,
        schedule: &[Millis],
        reason: BlockReason,
        maybe: bool,
        sample: Sample,
    ) -> (Outcome, Sample) {
        let before = self.before();
        if usize::try_from(before).unwrap_or(usize::MAX) >= schedule.len() {
            return (
                if maybe { self.blocked_in_doubt(reason) } else { self.blocked(reason, self.class) },
                sample,
            );
        }
        let delay = backoff::step(schedule, before, self.moment.jitter);
        let failure = self.failure(true, WaitCause::Backoff, delay);
        (if maybe { self.unknown(failure) } else { self.not_applied(failure) }, sample)
    }

    /// Nobody can say that the person does not exist: the identity stays the user's.
    fn vanished(&self, unless_known: Sample) -> (Outcome, Sample) {
        let sample = if self.history.pinned { Sample::Vanished } else { unless_known };
        let (mut outcome, sample) =
            self.tries(&backoff::NOT_FOUND, BlockReason::Unaddressable, false, sample);
        if let Outcome::NotApplied { failure } = &mut outcome {
            // Perhaps it is the route: once that works again, nobody waits for the day.
            failure.cause = WaitCause::Outage;
        }
        (outcome, sample)
    }

    /// A person whom the vendor has known may come back; one whom it never knew is asked for once more and then set free
    /// for others.
    fn not_found(&self) -> (Outcome, Sample) {
        if self.history.pinned {
            return self.vanished(Sample::Vanished);
        }
        if self.before() > 0 {
            let (reason, class, status) = (BlockReason::UnknownAtVendor, self.class, self.status);
            let blocked =
                Outcome::Blocked { reason, class, status, release_subject: true, suspect_until: None };
            return (blocked, Sample::NotFound);
        }
        let failure =
            Failure { release_subject: true, ..self.failure(true, WaitCause::Backoff, backoff::NEVER_KNOWN) };
        (Outcome::NotApplied { failure }, Sample::NotFound)
    }
}

fn class_of(kind: ErrorKind) -> FailureClass {
    match kind {
        ErrorKind::Invalid => FailureClass::Invalid,
        ErrorKind::TooLarge => FailureClass::TooLarge,
        ErrorKind::Unauthenticated => FailureClass::Unauthenticated,
        ErrorKind::Forbidden => FailureClass::Forbidden,
        ErrorKind::NotFound | ErrorKind::MaybeNotFound => FailureClass::NotFound,
        ErrorKind::Conflict => FailureClass::Conflict,
        ErrorKind::RateLimited => FailureClass::RateLimited,
        ErrorKind::Unavailable => FailureClass::Unavailable,
        ErrorKind::Misdirected | ErrorKind::Misconfigured => FailureClass::Misdirected,
        ErrorKind::Unreadable => FailureClass::Unreadable,
        ErrorKind::WrongSubject => FailureClass::WrongSubject,
    }
}

/// Until when a request started at `last_request_at` may still be applied.
pub fn suspect_until(last_request_at: Millis, window: Duration) -> Millis {
    last_request_at + millis(window)
}

#[cfg(test)]
mod tests;
