use adapter::{Fate, Means, Rule};
use delivery::{
    drift::Finding,
    gate::{PauseCause, PauseReason},
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
        pub enum $name { $($variant),* }

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
    /// What has become of an update at one route. `applied`: the vendor has confirmed each field of it, or a newer value.
    /// `accepted`: the same, of a vendor that may apply what it took later. `pending`: something of it is on its way. `held`: the
    /// vendor refused a field of it; the others went on. `blocked`: nothing is sent before something changes. `not_delivered`:
    /// nothing is owed any more, and a field of it never arrived: a value that cannot be sent replaced it, or one that goes together
    /// with it cannot be sent (`because_of`). `nothing_to_send`: the route sends nothing of it, or nothing changed. `unknown`: it was
    /// accepted before the gateway kept what each field has become, or the user had another identity then, and nobody knows whether it
    /// arrived. `no_identity`: the route has no subject for the user. `not_matching`: the route does not serve such a user. `erased`: the
    /// user was erased since.
    StateWord of RouteState {
        Applied, Accepted, Pending, Held, Blocked, NotDelivered, NothingToSend, Unknown, NoIdentity, NotMatching, Erased,
    }
    /// What a pending route waits for.
    WaitingWord of WaitingFor { Turn, Rate, Backoff, RoutePaused, Breaker, Isolation }
    /// What becomes of a leaf at one route. `applied`: the vendor has confirmed this value. `accepted`: the same, of a vendor that may
    /// apply what it took later. `replaced`: the vendor has confirmed a newer one. `held`: the vendor refused it; it waits while the
    /// rest goes on. `waiting`: it is to be sent or is being sent, or a newer value of it is. `not_delivered`: a value that cannot be
    /// sent replaced it before the vendor had confirmed it. `nothing_to_send`: nothing had to be sent for it. `unknown`: only an older
    /// database tells of it, and it does not tell of single fields. `not_matching`: the route has ceased to serve the user before it
    /// was sent. `not_clearable`: the vendor has no way to clear it. `too_long`: it is longer than the vendor allows.
    /// `not_representable`: the vendor's field cannot hold such a value. `unsupported`: the vendor has no place for it. `unmapped`:
    /// the route does not map it. `unchanged`: the user had this value already. `missing`: the vendor needs it, and nobody has
    /// given it.
    FateWord of Fate {
        Applied, Accepted, Replaced, Held, Waiting, NotDelivered, NothingToSend, Unknown, NotMatching, NotClearable, TooLong,
        NotRepresentable, Unsupported, Unmapped, Unchanged, Missing,
    }
    /// How a user stands at one route; the first that fits. `blocked`: nothing is sent before something changes. `behind`: something
    /// is on its way. `paused`: the same, and the route is paused. `in_doubt`: everything is confirmed, and sent once more because a
    /// lost request may still overwrite it. `held`: the vendor refused a field; it has everything else. `in_step_except`: everything
    /// that the route sends is confirmed, and the vendor keeps something that is not the person's any more (`keeps`). `assumed`:
    /// everything is confirmed, as far as a database of an older version tells. `in_step`: everything that the route sends is
    /// confirmed, and the vendor has nothing of ours besides. `nothing_sent`: nothing was ever confirmed, and nothing is owed.
    /// `not_matching`: the route does not serve such a user. `no_identity`: the route has no subject for the user.
    StandingWord of StandingState {
        Blocked, Behind, Paused, InDoubt, Held, InStepExcept, Assumed, InStep, NothingSent, NotMatching, NoIdentity,
    }
    /// What is found of a leaf when its vendor is asked. `same`: the vendor shows the value that it confirmed. `spelled_otherwise`: the
    /// same in the vendor's own spelling, such as an address in lower case, which is no drift. `differs`: it shows
    /// another one, which is drift. `kept`: it shows a value that is not the person's any more, as the gateway knows. `kept_no_more`:
    /// such a value is not there any more; the gateway forgets it. `not_shown`: the vendor does not show the leaf. `behind`: the
    /// vendor has yet to confirm it. `held`: the vendor refused it.
    FindingWord of Finding { Same, SpelledOtherwise, Differs, Kept, KeptNoMore, NotShown, Behind, Held }
    /// What an update means to a route.
    VerdictWord of Verdict { Owed, NothingToSend, NotMatching, NoIdentity }
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
    /// What the pause of a throttled route is for. `vendor`: the vendor asked for it. `intermediary`: something else answered in the
    /// vendor's place.
    ThrottleWord of PauseCause { Vendor, Intermediary }
    /// What a vendor's success proves.
    MeansWord of Means { Accepted, Applied }
    /// How a vendor's field is set and cleared.
    RuleWord of Rule { Required, Nullable, SetOnly, AddOnly }
}

/// Where a lane stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum LaneWord {
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
