/// Where a lane stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum State {
    /// Nothing is owed that could be sent.
    #[default]
    Idle,
    /// To be claimed as soon as the route admits it.
    Ready,
    /// An attempt is under way.
    InFlight,
    /// To be claimed from `next_at` on.
    Wait(WaitCause),
    /// Not to be claimed before something changes.
    Blocked(BlockReason),
    /// The user was erased.
    Erased,
}

/// What a lane waits for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum WaitCause {
    /// The next attempt after a failure of this lane.
    Backoff,
    /// The next attempt after a failure that other lanes of the route meet too; due at once when the route recovers.
    Outage,
    /// The time when no lost request can change the vendor any more.
    Verify,
    /// The next attempt at a held leaf.
    HoldRetry,
}

/// Why a lane is not claimed.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, strum::IntoStaticStr)]
#[strum(serialize_all = "snake_case")]
pub enum BlockReason {
    /// A field that the vendor needs with every request has no value.
    NeedsData,
    /// The vendor refuses the content, and no single leaf can be held for it.
    Rejected,
    /// The vendor finds the request too large.
    TooLarge,
    /// The vendor keeps seeing a conflict.
    Conflict,
    /// Failed for 28 days.
    Expired,
    /// There is no subject, or the vendor does not know it any more.
    Unaddressable,
    /// The vendor has never known the subject.
    UnknownAtVendor,
    /// Another user has this subject at the route.
    SubjectTaken,
    /// The credential may not change this user.
    Forbidden,
    /// The vendor answered about another person.
    WrongSubject,
    /// The vendor's answers cannot be read.
    Protocol,
    /// The gateway itself failed.
    Internal,
}

/// Why an attempt failed, as coarse as it matters for the next one.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, strum::IntoStaticStr)]
#[strum(serialize_all = "snake_case")]
pub enum FailureClass {
    /// The content was refused.
    Invalid,
    /// The request was too large.
    TooLarge,
    /// The credential was not accepted.
    Unauthenticated,
    /// The credential may not do this.
    Forbidden,
    /// The person is not known.
    NotFound,
    /// A conflict.
    Conflict,
    /// Too many requests.
    RateLimited,
    /// The vendor, or the way to it, was out of order.
    Unavailable,
    /// Something else than the vendor's update call answered.
    Misdirected,
    /// A success that could not be read.
    Unreadable,
    /// The answer was about another person.
    WrongSubject,
    /// The other side could not prove who it is.
    Tls,
    /// The gateway failed or stopped during the attempt.
    Internal,
}
