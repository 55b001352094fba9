//! What proves that something was taken away: the vendor shows the person without it.

use adapter::{
    Agreement, AppliedState, ErrorKind, ReadItem, ReadQuery, Receipt, Seen, Subject, VendorError, Whom,
};

use super::{Engine, refused::Refused, route_runtime::RouteRuntime};
use crate::{
    Millis, Route, SendErrorKind,
    mutation::{self, Mutation},
    reading::{ReadError, Reading},
    store::Work,
    until,
};

/// Whom an attempt is about, and the way to ask for them.
pub(super) struct Person<'a> {
    pub(super) engine: &'a Engine,
    pub(super) route: &'a Route,
    pub(super) runtime: &'a RouteRuntime,
    pub(super) work: &'a Work,
}

/// A failure that is none if the person is shown without what was to go.
pub(super) struct Doubt {
    pub(super) error: VendorError,
    pub(super) status: u16,
    /// When the request was begun.
    pub(super) request_at: Millis,
}

/// Why the vendor has not shown the person, and the status of its answer.
type Unshown = (ReadError, u16);

impl Person<'_> {
    /// Whether the person is shown without everything that is in doubt, by an answer of this attempt or by a reading now.
    ///
    /// # Errors
    /// What the attempt has come to otherwise.
    pub(super) async fn lacks(&self, receipts: &[Receipt], doubts: &[Doubt]) -> Result<(), Refused> {
        if mutation::is_on(Mutation::AbsenceTakenOnTrust) {
            return Ok(());
        }
        let shown: Vec<&Seen> = receipts.iter().filter_map(|receipt| receipt.shown.as_ref()).collect();
        let is_open = |doubt: &&Doubt| !shown.iter().any(|seen| self.is_settled_by(doubt, seen));
        let open: Vec<&Doubt> = doubts.iter().filter(is_open).collect();
        let Some(first) = open.first() else { return Ok(()) };
        let applied = applied(&open);
        let witness = receipts.iter().find_map(|receipt| receipt.witness.as_deref());
        match self.read(witness).await {
            Ok(seen) => match open.iter().find(|doubt| !self.is_settled_by(doubt, &seen)) {
                Some(doubt) => Err(doubt.disproved(applied)),
                None => Ok(()),
            },
            // The vendor has just answered about the person: a 404 does not mean that it knows nobody like that.
            Err(unshown) if !receipts.is_empty() => {
                Err(refusal(unshown, applied).unwrap_or_else(|| first.disproved(applied)))
            }
            Err(unshown) => Err(refusal(unshown, applied).unwrap_or_else(|| first.stands(applied))),
        }
    }

    fn is_settled_by(&self, doubt: &Doubt, seen: &Seen) -> bool {
        let (Some(reader), Some(absence)) = (self.route.adapter.reader(), &doubt.error.unless_absent) else {
            return false;
        };
        let Some(leaf) = self.route.mapping.leaf_of(&absence.field) else { return false };
        let expected = absence.expected(leaf.clone());
        reader.agreement(&expected, std::slice::from_ref(&expected), seen) == Agreement::Same
    }

    /// Reads the person at the route's rate. Unlike whoever only looks, an attempt does not take the turn of those who read:
    /// it has a permit.
    async fn read(&self, witness: Option<&str>) -> Result<Seen, Unshown> {
        let Ok(subject) = Subject::parse(self.route.subject_kind, &self.work.claim.subject) else {
            return Err((ReadError::NotReadable, 0));
        };
        let query =
            ReadQuery::Person(Whom { subject: &subject, witness: self.work.witness.as_deref().or(witness) });
        let items = self.pages(&query).await?;
        Ok(Seen::of(items))
    }

    async fn pages(&self, query: &ReadQuery<'_>) -> Result<Vec<ReadItem>, Unshown> {
        let without_status = |error| (error, 0);
        let mut reading = Reading::of(self.route, query).map_err(without_status)?;
        while let Some(request) = reading.request().map_err(without_status)? {
            while let Err(at) = self.runtime.take_token(self.engine.now()) {
                tokio::time::sleep(until(at, self.engine.now())).await;
            }
            let response = self.route.transport.read(&request).await;
            let response = response.map_err(|error| without_status(ReadError::Unanswered(error)))?;
            reading.take(&request, &response).map_err(|error| (error, response.status))?;
        }
        Ok(reading.into_items())
    }
}

impl Doubt {
    /// The person has what was to go, or is not shown so that it could be told.
    fn disproved(&self, applied: AppliedState) -> Refused {
        let detail = "the person is not shown without what was to be taken away";
        Refused::Answered(VendorError::new(ErrorKind::Conflict, applied, detail), self.status)
    }

    /// Nobody can look: the answer means what its status says.
    fn stands(&self, applied: AppliedState) -> Refused {
        Refused::Answered(VendorError { applied, ..self.error.clone() }, self.status)
    }
}

/// Whether any of these requests may still be applied.
fn applied(doubts: &[&Doubt]) -> AppliedState {
    let mut states = doubts.iter().map(|doubt| doubt.error.applied);
    states.find(|applied| *applied != AppliedState::No).unwrap_or(AppliedState::No)
}

/// What an attempt has come to whose person was not shown; none where reading as such is not possible or not allowed, which
/// says nothing about the person, nor about a route that updates are sent by.
///
/// The question itself changes nothing; what was asked before it may be applied all the same.
fn refusal((error, status): Unshown, applied: AppliedState) -> Option<Refused> {
    match error {
        ReadError::Refused(error) => match error.kind {
            ErrorKind::WrongSubject => Some(Refused::Answered(error, status)),
            ErrorKind::NotFound
            | ErrorKind::MaybeNotFound
            | ErrorKind::RateLimited
            | ErrorKind::Unavailable => Some(Refused::Answered(VendorError { applied, ..error }, status)),
            _ => None,
        },
        ReadError::Unanswered(error) if error.kind != SendErrorKind::Refused => {
            Some(Refused::Unanswered(error, applied != AppliedState::No))
        }
        ReadError::Unanswered(_) | ReadError::NotReadable | ReadError::Busy(_) | ReadError::TooLong => None,
    }
}
