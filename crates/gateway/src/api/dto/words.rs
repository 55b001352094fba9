use adapter::{Fate, Means, Rule};
use delivery::{
    drift::Finding,
    gate::PauseReason,
    lane::{BlockReason, FailureClass, HoldReason, State},
    status::{Reason, RouteState, StandingState, WaitingFor},
    store::Verdict,
};
use serde::Serialize;
use utoipa::ToSchema;

/// Enums of the engine under the names that the API gives them.
macro_rules! words {
    ($($(#[$doc:meta])* $name:ident of $source:ident { $($variant:ident),* $(,)? })*) => {$(
        $(#[$doc])*
        #[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, ToSchema)]
        #[derive(strum::IntoStaticStr, strum::VariantArray)]
        #[serde(rename_all = "snake_case")]
        #[strum(serialize_all = "snake_case")]
        pub(crate) enum $name { $($variant),* }

        impl From<$source> for $name {
            fn from(source: $source) -> Self {
                match source {
                    $($source::$variant => $name::$variant),*
                }
            }
        }

        impl From<$name> for $source {
            fn from(word: $name) -> Self {
                match word {
                    $($name::$variant => $source::$variant),*
                }
            }
        }
    )*};
}

words! {
    /// What has become of an update at one route.
    StateWord of RouteState {
        Erased, NoIdentity, NotMatching, NothingToCarry, Held, Applied, Accepted, Blocked, Pending,
    }
    /// What a pending route waits for.
    WaitingWord of WaitingFor { Turn, Rate, Backoff, RoutePaused, Breaker, Isolation }
    /// What becomes of a leaf at one route.
    FateWord of Fate {
        Sent, Unchanged, Unsupported, Unmapped, NotClearable, TooLong, NotRepresentable, Held, Missing,
    }
    /// How a user stands at one route.
    StandingWord of StandingState { InStep, Behind, Held, Blocked, NotMatching, NoIdentity, Paused }
    /// What is found of a leaf when its vendor is asked.
    FindingWord of Finding { Same, Differs, NotShown, Behind, Held }
    /// What an update means to a route.
    VerdictWord of Verdict { Owed, NothingToCarry, NotMatching, NoIdentity }
    /// Why nothing is sent, or a value was refused.
    ReasonWord of BlockReason {
        NeedsData, Rejected, TooLarge, Conflict, Expired, Unaddressable, UnknownAtVendor, SubjectTaken, Forbidden,
        WrongSubject, Protocol, Internal,
    }
    /// What kind of failure the last one was.
    FailureWord of FailureClass {
        Invalid, TooLarge, Unauthenticated, Forbidden, NotFound, Conflict, RateLimited, Unavailable, Misdirected,
        Unreadable, WrongSubject, Tls, Internal,
    }
    /// How it was found out which leaf the vendor refuses.
    HoldWord of HoldReason { Named, Isolated }
    /// Why a route is paused.
    PauseWord of PauseReason { Auth, Config, Tls, Operator, WrongSubject }
    /// What a vendor's success proves.
    MeansWord of Means { Accepted, Applied }
    /// How a vendor's field is set and cleared.
    RuleWord of Rule { Required, Nullable, SetOnly, AddOnly }
}

/// Where a lane stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub(crate) enum LaneWord {
    /// Nothing is owed that could be sent.
    Idle,
    /// To be sent as soon as the route admits it.
    Ready,
    /// A request is under way.
    InFlight,
    /// To be sent later.
    Waiting,
    /// Nothing is sent before something changes.
    Blocked,
    /// The user was erased.
    Erased,
}

impl From<State> for LaneWord {
    fn from(state: State) -> Self {
        match state {
            State::Idle => LaneWord::Idle,
            State::Ready => LaneWord::Ready,
            State::InFlight => LaneWord::InFlight,
            State::Wait(_) => LaneWord::Waiting,
            State::Blocked(_) => LaneWord::Blocked,
            State::Erased => LaneWord::Erased,
        }
    }
}

impl From<Reason> for ReasonWord {
    fn from(reason: Reason) -> Self {
        match reason {
            Reason::Blocked(reason) => reason.into(),
            // To a caller it is the same whether the vendor named the leaf.
            Reason::Held(_) => ReasonWord::Rejected,
        }
    }
}
