//! The numbers under which enums are stored. A number is never given to another meaning.

use adapter::Fate;
use delivery::{
    gate::PauseReason,
    lane::{Again, BlockReason, FailureClass, Priority, State, WaitCause},
    store::Verdict,
};

/// An enum with a stored number.
pub(crate) trait Coded: Sized + Copy {
    fn code(self) -> i64;
    fn of(code: i64) -> Option<Self>;
}

macro_rules! codes {
    ($type:ty { $($code:literal => $variant:ident,)* }) => {
        impl Coded for $type {
            fn code(self) -> i64 {
                match self { $(<$type>::$variant => $code,)* }
            }

            fn of(code: i64) -> Option<Self> {
                match code { $($code => Some(<$type>::$variant),)* _ => None }
            }
        }
    };
}

// The schema's index `lane_outage` names 2.
codes!(WaitCause { 1 => Backoff, 2 => Outage, 3 => Verify, 4 => HoldRetry, });

codes!(BlockReason {
    1 => NeedsData, 2 => Rejected, 3 => TooLarge, 4 => Conflict, 5 => Expired, 6 => Unaddressable,
    7 => UnknownAtVendor, 8 => SubjectTaken, 9 => Forbidden, 10 => WrongSubject, 11 => Protocol, 12 => Internal,
});

codes!(Priority { 0 => Interactive, 1 => Bulk, });

codes!(Again { 0 => None, 1 => Retry, 2 => Resync, 3 => Look, });

codes!(FailureClass {
    1 => Invalid, 2 => TooLarge, 3 => Unauthenticated, 4 => Forbidden, 5 => NotFound, 6 => Conflict, 7 => RateLimited,
    8 => Unavailable, 9 => Misdirected, 10 => Unreadable, 11 => WrongSubject, 12 => Tls, 13 => Internal,
});

codes!(Verdict { 1 => Owed, 2 => NothingToSend, 3 => NotMatching, 4 => NoIdentity, });

codes!(PauseReason { 1 => Auth, 2 => Config, 3 => Tls, 4 => Operator, 5 => WrongSubject, });

codes!(Fate {
    1 => Waiting, 2 => Unchanged, 3 => Unsupported, 4 => Unmapped, 5 => NotClearable, 6 => TooLong, 7 => NotRepresentable,
    8 => Held, 9 => Missing, 10 => Applied, 11 => Accepted, 12 => Replaced, 13 => NotDelivered, 14 => NothingToSend,
    15 => Unknown, 16 => NotMatching,
});

pub(crate) const IDLE: i64 = 0;
pub(crate) const READY: i64 = 1;
pub(crate) const IN_FLIGHT: i64 = 2;
pub(crate) const WAIT: i64 = 3;
pub(crate) const BLOCKED: i64 = 4;
pub(crate) const ERASED: i64 = 5;

/// A state and what goes into the column `why`.
pub(crate) fn of_state(state: State) -> (i64, Option<i64>) {
    match state {
        State::Idle => (IDLE, None),
        State::Ready => (READY, None),
        State::InFlight => (IN_FLIGHT, None),
        State::Wait(cause) => (WAIT, Some(cause.code())),
        State::Blocked(reason) => (BLOCKED, Some(reason.code())),
        State::Erased => (ERASED, None),
    }
}

/// The state of two columns.
pub(crate) fn to_state(state: i64, why: Option<i64>) -> Option<State> {
    Some(match state {
        IDLE => State::Idle,
        READY => State::Ready,
        IN_FLIGHT => State::InFlight,
        WAIT => State::Wait(Coded::of(why?)?),
        BLOCKED => State::Blocked(Coded::of(why?)?),
        ERASED => State::Erased,
        _ => return None,
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_state_survives_its_numbers() {
        let waits = (1..=4).map(|code| State::Wait(Coded::of(code).expect("a cause")));
        let blocks = (1..=12).map(|code| State::Blocked(Coded::of(code).expect("a reason")));
        let plain = [State::Idle, State::Ready, State::InFlight, State::Erased];
        for state in waits.chain(blocks).chain(plain) {
            let (code, why) = of_state(state);
            assert_eq!(to_state(code, why), Some(state));
        }
        assert_eq!(
            (to_state(WAIT, None), to_state(BLOCKED, Some(99)), to_state(6, None)),
            (None, None, None)
        );
    }

    #[test]
    fn the_schema_names_the_numbers_that_the_code_uses() {
        assert_eq!((READY, IN_FLIGHT, WAIT, BLOCKED, ERASED), (1, 2, 3, 4, 5));
        assert_eq!(WaitCause::Outage.code(), 2);
    }
}
