use std::{collections::BTreeMap, sync::Arc};

use adapter::{ReadItem, ReadQuery, Seen, StoredValue, Subject, Whom};
use canonical::{Leaf, UserId};

use super::{Engine, read::reader};
use crate::{
    Route,
    drift::{Belief, Finding},
    lane::Lane,
    planner,
    reading::ReadError,
    store::{RouteId, StoreError, UserSnapshot},
};

/// What a vendor shows of a user.
#[derive(Debug, Clone, PartialEq)]
pub struct Look {
    /// What is found of each leaf that the route carries.
    pub findings: BTreeMap<Leaf, Finding>,
    /// The fields of the vendor's record.
    pub seen: Seen,
    /// The values in fields that the vendor's customer has defined, where these are no part of the record.
    pub stored: Vec<StoredValue>,
}

/// Why a vendor shows nothing of a user.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum LookError {
    /// The route has no subject for the user.
    #[error("the route has no identity for the user")]
    NoIdentity,
    /// Nothing was read.
    #[error(transparent)]
    Read(#[from] ReadError),
    /// The store failed.
    #[error(transparent)]
    Store(#[from] StoreError),
}

/// What is to be asked about one user at one route.
pub(super) struct Question<'a> {
    pub(super) id: RouteId,
    pub(super) route: &'a Arc<Route>,
    pub(super) lane: &'a Lane,
    subject: Subject,
}

impl<'a> Question<'a> {
    /// The question about a user who has a lane; none where the vendor cannot be asked about the user.
    pub(super) fn new(snapshot: &'a UserSnapshot, id: RouteId, route: &'a Arc<Route>) -> Option<Self> {
        let lane = &*snapshot.lanes.iter().find(|row| row.route == id)?.lane;
        let subject = planner::subject_of(route, &snapshot.user.profile, Some(lane))?;
        Some(Self { id, route, lane, subject })
    }

    fn whom(&self) -> Whom<'_> {
        Whom { subject: &self.subject, witness: self.lane.witness.as_deref() }
    }
}

impl Engine {
    /// Shows what a vendor holds of a user, beside what the gateway believes. The vendor is asked now.
    ///
    /// # Errors
    /// Why there is nothing to be shown.
    pub async fn look(&self, snapshot: &UserSnapshot, route: RouteId) -> Result<Look, LookError> {
        let routes = self.routes();
        let known = routes.get(route).ok_or(ReadError::NotReadable)?;
        reader(known)?;
        let question = Question::new(snapshot, route, known).ok_or(LookError::NoIdentity)?;
        let belief = Belief::of(known, &snapshot.user, question.lane);
        let (findings, seen) = self.compare(snapshot, &question, &belief).await?;
        let stored = match self.read(route, &ReadQuery::Stored(question.whom())).await {
            Ok(items) => items.into_iter().filter_map(into_stored).collect(),
            Err(ReadError::NotReadable) => Vec::new(),
            Err(error) => return Err(error.into()),
        };
        Ok(Look { findings, seen, stored })
    }

    /// Asks the vendor about the person, and compares.
    pub(super) async fn compare(
        &self,
        snapshot: &UserSnapshot,
        question: &Question<'_>,
        belief: &Belief,
    ) -> Result<(BTreeMap<Leaf, Finding>, Seen), LookError> {
        let seen = self.read(question.id, &ReadQuery::Person(question.whom())).await?;
        let seen = Seen::of(seen);
        let moved = self.has_moved(&snapshot.id, question).await?;
        Ok((belief.compare(reader(question.route)?, &seen, moved), seen))
    }

    /// Whether anything was sent since the snapshot was taken.
    async fn has_moved(&self, user: &UserId, question: &Question<'_>) -> Result<bool, StoreError> {
        let snapshot = self.store().user(user).await?;
        let lane =
            snapshot.and_then(|snapshot| snapshot.lanes.into_iter().find(|row| row.route == question.id));
        // Each claim has an epoch of its own, and so has an erase.
        Ok(lane.is_none_or(|row| row.lane.epoch != question.lane.epoch))
    }
}

fn into_stored(item: ReadItem) -> Option<StoredValue> {
    match item {
        ReadItem::Stored(value) => Some(value),
        ReadItem::Field { .. } | ReadItem::Definition(_) => None,
    }
}
