use std::{collections::BTreeMap, sync::Arc};

use adapter::{ReadItem, ReadQuery, Seen, StoredValue, Subject, Whom};
use canonical::{Leaf, UserId};

use super::{Engine, read::reader};
use crate::{
    LaneId, Millis, Route, RouteId,
    drift::{self, Belief, Finding, KeptFound},
    lane::Lane,
    millis, planner,
    reading::ReadError,
    store::{StoreError, UserSnapshot},
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

/// What a vendor shows, compared with what is believed.
pub(super) struct Compared {
    /// What is found of each leaf.
    pub(super) findings: BTreeMap<Leaf, Finding>,
    /// What is found of each field in which a value of ours is kept.
    pub(super) kept: BTreeMap<Arc<str>, KeptFound>,
    seen: Seen,
}

/// What is to be asked about one user at one route.
pub(super) struct Question<'a> {
    pub(super) id: RouteId,
    pub(super) route: &'a Arc<Route>,
    pub(super) lane: &'a Lane,
    /// The lane's id.
    pub(super) lane_id: Option<LaneId>,
    subject: Subject,
}

impl<'a> Question<'a> {
    /// The question about a user who has a lane; none where the vendor cannot be asked about the user.
    pub(super) fn new(snapshot: &'a UserSnapshot, id: RouteId, route: &'a Arc<Route>) -> Option<Self> {
        let row = snapshot.lanes.iter().find(|row| row.route == id)?;
        let lane = &*row.lane;
        let subject = planner::subject_of(route, &snapshot.user.profile, Some(lane))?;
        Some(Self { id, route, lane, lane_id: row.id, subject })
    }

    /// Whether a request that was sent may still change what the vendor shows: one that was lost, or one that waits there to be
    /// applied.
    fn may_change(&self, now: Millis) -> bool {
        let is_lost = self.lane.suspect_until.is_some_and(|until| now < until);
        let window = self.route.limits.apply_window.map(millis);
        let queued = window.zip(self.lane.last_send_at).is_some_and(|(window, at)| now < at + window);
        is_lost || queued
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
        let Compared { findings, seen, .. } = self.compare(snapshot, &question, &belief).await?;
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
    ) -> Result<Compared, LookError> {
        let may_change = question.may_change(self.now());
        let seen = self.read(question.id, &ReadQuery::Person(question.whom())).await?;
        let seen = Seen::of(seen);
        let moved = self.has_moved(&snapshot.id, question).await?;
        let reader = reader(question.route)?;
        let mut findings = belief.compare(reader, &seen, moved);
        let kept = belief.kept(reader, &seen, moved || may_change);
        drift::add_kept(&mut findings, &kept);
        Ok(Compared { findings, kept, seen })
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
        ReadItem::Field { .. } | ReadItem::Label { .. } | ReadItem::Definition(_) => None,
    }
}
