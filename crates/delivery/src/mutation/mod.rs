//! Seeded bugs: ways in which this gateway could be wrong, for tests of its tests.
//!
//! Each place asks [`is_on`], which is the constant `false` but in a debug build with the feature `mutations`, and there only
//! while a test holds [`seed`]'s guard. No release build can have a bug of these, whatever its features.

#[cfg(all(feature = "mutations", debug_assertions))]
mod switch;

#[cfg(all(feature = "mutations", debug_assertions))]
pub use switch::{Seeded, is_on, seed};

/// One seeded bug.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
#[repr(u8)]
pub enum Mutation {
    /// Callers are answered before the transaction is committed.
    ReplyBeforeCommit = 1,
    /// A commit does not wait for the disk.
    SynchronousNormal,
    /// Those who wait for a change are told of it before it is committed.
    NotifyBeforeCommit,
    /// The answer to an older claim is taken for one to the present claim.
    AcknowledgeWithoutEpoch,
    /// A success forgets what changed while it was under way.
    AcknowledgeForgetsNewer,
    /// An outcome that nobody knows leaves no doubt.
    UnknownIsNotInDoubt,
    /// A suspicion ends with an answer that came late enough, though its request was begun too early.
    SuspicionEndsWithAnswer,
    /// Patches that wait are merged with each other, which forgets that a group was cleared.
    MergedPatches,
    /// An update ends the wait after a failure.
    BackoffResetOnAccept,
    /// One user's failures open the breaker.
    BreakerCountsPoisonedLane,
    /// A request without an answer keeps its permit.
    PermitLeakedOnTimeout,
    /// The idempotency key is written in a transaction of its own.
    KeyInSecondTransaction,
    /// An erase does not fence off the attempt under way.
    EraseWithoutEpoch,
    /// Redirects are followed.
    FollowRedirects,
    /// Communifire may create people.
    AddUserOmitted,
    /// Communifire's failures with status 200 count as successes.
    IsErrorIgnored,
    /// `Retry-After` holds back one user and not the route.
    RetryAfterToLaneOnly,
    /// An address is put into the path as it is.
    EmailFormattedIntoPath,
    /// A reload changes the mapping of an attempt under way.
    ReloadUnderSend,
    /// What was in flight when the process ended counts as never sent.
    StartWithoutSuspicion,
    /// Times that another clock has stored are believed.
    StoredTimesBelieved,
    /// All routes share one pool of connections.
    SharedPool,
    /// An answer that cannot be read is asked for again at once.
    UnreadableRetriedHot,
    /// A leaf is held in the version that it has now, not in the one that was refused.
    HoldIgnoresVersion,
    /// An update is lost while its lane is being rejected.
    AcceptLostWhileRejected,
    /// What a vendor may hold because of us is noted after the send, not in the claim.
    ConfirmedAfterSend,
    /// What was confirmed under another mapping counts as confirmed.
    WayNotCompared,
    /// What was confirmed at another place counts as confirmed.
    PlaceNotCompared,
    /// A refusal counts whatever way the value would go now.
    HoldIgnoresWay,
    /// A set with nothing to add and nothing to remove is a success.
    NothingSentIsASuccess,
    /// An attempt of which a part was applied leaves no doubt.
    HalfIsNone,
    /// A reload owes nothing.
    NoPassAfterReload,
    /// The pass after a reload leaves a page out.
    PassSkipsPage,
    /// What a vendor keeps is told to nobody.
    KeptIsNotTold,
    /// What may be kept is called certain while a lost request may still land.
    KeptForCertainInDoubt,
    /// A row of an older schema is believed.
    MigrationTrustsWatermark,
    /// An erase forgets that the vendor applies what it has acknowledged later.
    EraseForgetsTheQueue,
    /// What was confirmed in doubt is in step.
    InStepInDoubt,
    /// A value that was replaced before it arrived, by one that cannot be carried, counts as replaced.
    SupersededIsReplaced,
    /// A success confirms the version that the user has by then.
    ConfirmAtSettle,
    /// What a vendor says not to be there counts as taken away, whatever the person looks like.
    AbsenceTakenOnTrust,
    /// Of leaves that belong together one goes without the others.
    HalfAGroup,
    /// A manager is sent as the profile has it, although the route knows how the vendor names that person.
    ManagerAsGiven,
    /// Whoever has a manager is not looked at when the vendor's name of the manager changes.
    ManagerRenamedUnheard,
    /// The vendor's own id of a person is compared with that of the user before, and with nobody else's.
    WitnessIsNobodys,
}

/// Whether a seeded bug is in effect.
#[cfg(not(all(feature = "mutations", debug_assertions)))]
pub const fn is_on(_: Mutation) -> bool {
    false
}

#[cfg(not(all(feature = "mutations", debug_assertions)))]
const _: () =
    assert!(!is_on(Mutation::ReplyBeforeCommit), "known to the compiler, so that nothing of it is left");
