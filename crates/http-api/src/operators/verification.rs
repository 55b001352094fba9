use std::collections::BTreeMap;

use adapter::ErrorKind;
use api_types::FindingWord;
use delivery::{
    RouteSet, SendErrorKind,
    drift::{Finding, Verification, Verified, VerifyOutcome},
    reading::ReadError,
};
use serde::Serialize;
use utoipa::ToSchema;

/// What a comparison of users with their vendors came to: names of leaves, never values.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = Verification)]
pub(super) struct VerificationBody {
    /// Whether any vendor holds something else than it confirmed.
    drift: bool,
    /// One for each user and route.
    results: Vec<VerifiedBody>,
    /// Users for whom there was no time.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    unreached: Vec<String>,
}

/// What became of comparing one user at one route.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = Verified)]
pub(super) struct VerifiedBody {
    /// The user.
    user: String,
    /// The route.
    route: String,
    /// In one word.
    result: ResultWord,
    /// Why nothing was read.
    #[serde(skip_serializing_if = "Option::is_none")]
    reason: Option<UnreadWord>,
    /// What was found of each leaf.
    #[serde(skip_serializing_if = "BTreeMap::is_empty")]
    leaves: BTreeMap<String, FindingWord>,
    /// What was found in each field in which the vendor kept, or might keep, a value that is not the person's any more, by the field's
    /// name at the vendor.
    #[serde(skip_serializing_if = "BTreeMap::is_empty")]
    kept: BTreeMap<String, KeptFoundBody>,
}

/// What was found in a field in which the vendor kept, or might keep, a value that is not the person's any more.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = KeptFound)]
struct KeptFoundBody {
    /// The leaf that was written there last.
    leaf: String,
    /// `kept`, `kept_no_more`, `same` where it shows the current value, `not_shown`, or `behind` where it may still change.
    finding: FindingWord,
}

/// What became of comparing one user at one route, in one word.
#[derive(Debug, Clone, Copy, Serialize, ToSchema)]
#[serde(rename_all = "snake_case")]
enum ResultWord {
    /// Whatever the vendor has confirmed and shows is there.
    Same,
    /// The same, and some of it in the vendor's own spelling, which is no drift.
    SpelledOtherwise,
    /// The vendor holds another value than the one that it confirmed.
    Differs,
    /// The vendor shows what it has confirmed, and keeps a value that is not the person's any more, as is known.
    Kept,
    /// Of what the vendor kept nothing is there any more, and nothing else could be compared.
    KeptNoMore,
    /// The vendor does not know the person any more.
    Gone,
    /// The vendor answers about another person.
    AnotherPerson,
    /// The vendor has yet to confirm, or has refused, whatever it could show.
    Behind,
    /// The vendor shows nothing of what it has confirmed.
    NotShown,
    /// The route has no identity for the user, or does not serve such a user.
    NotServed,
    /// The vendor has no call that shows a user.
    NotReadable,
    /// The vendor did not answer what was asked.
    NotRead,
}

/// Why nothing was read.
#[derive(Debug, Clone, Copy, Serialize, ToSchema)]
#[serde(rename_all = "snake_case")]
enum UnreadWord {
    /// The rate is used up, or the vendor asked for a pause.
    Busy,
    /// There was no connection, it broke, or the vendor is out of order.
    Unavailable,
    /// There was no answer in time.
    Timeout,
    /// The credential may not read this.
    Refused,
    /// The vendor does not accept the credential, or not for reading.
    CredentialRefused,
    /// The answer cannot be used.
    Unreadable,
}

impl VerificationBody {
    pub(super) fn new(verification: Verification, routes: &RouteSet) -> Self {
        Self {
            drift: verification.results.iter().any(|verified| verified.outcome.is_drift()),
            results: verification
                .results
                .into_iter()
                .filter_map(|verified| VerifiedBody::new(verified, routes))
                .collect(),
            unreached: verification.unreached.iter().map(ToString::to_string).collect(),
        }
    }
}

impl VerifiedBody {
    fn new(verified: Verified, routes: &RouteSet) -> Option<Self> {
        let route = routes.get(verified.route)?.name.clone();
        let (result, reason) = words(&verified.outcome);
        let leaves = match verified.outcome {
            VerifyOutcome::Compared(findings) => {
                findings.into_iter().map(|(leaf, finding)| (leaf.name().to_owned(), finding.into())).collect()
            }
            _ => BTreeMap::new(),
        };
        let kept = verified.kept.into_iter().map(|(slot, found)| {
            let body = KeptFoundBody { leaf: found.leaf.name().to_owned(), finding: found.finding.into() };
            (slot.to_string(), body)
        });
        Some(Self { user: verified.user.to_string(), route, result, reason, leaves, kept: kept.collect() })
    }
}

fn words(outcome: &VerifyOutcome) -> (ResultWord, Option<UnreadWord>) {
    let result = match outcome {
        VerifyOutcome::Compared(findings) => {
            let has = |wanted| findings.values().any(|finding| *finding == wanted);
            match () {
                () if has(Finding::Differs) => ResultWord::Differs,
                () if has(Finding::Kept) => ResultWord::Kept,
                () if has(Finding::SpelledOtherwise) => ResultWord::SpelledOtherwise,
                () if has(Finding::Same) => ResultWord::Same,
                () if has(Finding::KeptNoMore) => ResultWord::KeptNoMore,
                () if has(Finding::NotShown) || findings.is_empty() => ResultWord::NotShown,
                () => ResultWord::Behind,
            }
        }
        VerifyOutcome::Gone => ResultWord::Gone,
        VerifyOutcome::AnotherPerson => ResultWord::AnotherPerson,
        VerifyOutcome::NotServed => ResultWord::NotServed,
        VerifyOutcome::Unread(ReadError::NotReadable) => ResultWord::NotReadable,
        VerifyOutcome::Unread(error) => return (ResultWord::NotRead, Some(unread(error))),
    };
    (result, None)
}

fn unread(error: &ReadError) -> UnreadWord {
    match error {
        ReadError::Busy(_) => UnreadWord::Busy,
        ReadError::Unanswered(error) => match error.kind {
            SendErrorKind::Timeout => UnreadWord::Timeout,
            SendErrorKind::AnswerTooLarge => UnreadWord::Unreadable,
            _ => UnreadWord::Unavailable,
        },
        ReadError::Refused(error) => match error.kind {
            ErrorKind::RateLimited => UnreadWord::Busy,
            ErrorKind::Unavailable => UnreadWord::Unavailable,
            ErrorKind::Unauthenticated | ErrorKind::Forbidden => UnreadWord::CredentialRefused,
            ErrorKind::Invalid => UnreadWord::Refused,
            _ => UnreadWord::Unreadable,
        },
        ReadError::NotReadable | ReadError::TooLong => UnreadWord::Unreadable,
    }
}
