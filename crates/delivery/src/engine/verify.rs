use std::{
    collections::{BTreeMap, BTreeSet},
    time::Duration,
};

use adapter::ErrorKind;
use canonical::{Leaf, UserId};
use futures_util::future::join_all;
use tokio::time::Instant;

use super::{
    Engine, ReadError,
    look::{LookError, Question},
    read::reader,
};
use crate::{
    drift::{Belief, Finding},
    lane::State,
    store::{LaneFilter, LaneId, RouteId, StoreError, UserSnapshot},
};

/// What a comparison of users with their vendors came to.
#[derive(Debug, Default, PartialEq)]
pub struct Verification {
    /// One for each user and route that was looked at.
    pub results: Vec<Verified>,
    /// The users for whom there was no time.
    pub unreached: Vec<UserId>,
}

/// What became of comparing one user at one route.
#[derive(Debug, Clone, PartialEq)]
pub struct Verified {
    /// The user.
    pub user: UserId,
    /// The route.
    pub route: RouteId,
    /// What was found.
    pub outcome: VerifyOutcome,
}

/// What was found of one user at one route.
#[derive(Debug, Clone, PartialEq)]
pub enum VerifyOutcome {
    /// What was found of each leaf. Where nothing was confirmed, the vendor was not asked.
    Compared(BTreeMap<Leaf, Finding>),
    /// The vendor does not know the person any more whom it had confirmed.
    Gone,
    /// The vendor answered about another person.
    AnotherPerson,
    /// The route has no subject for the user, or does not serve such a user.
    NotServed,
    /// Nothing was read.
    Unread(ReadError),
}

impl VerifyOutcome {
    /// Whether the vendor holds something else than it confirmed.
    pub fn is_drift(&self) -> bool {
        match self {
            Self::Compared(findings) => findings.values().any(|finding| *finding == Finding::Differs),
            Self::Gone | Self::AnotherPerson => true,
            Self::NotServed | Self::Unread(_) => false,
        }
    }
}

/// How many lanes are read at once in search of the next user of a sample.
const PAGE: u32 = 50;

impl Engine {
    /// Compares users, at one route or at all, with what the gateway believes of them; begins with no further user when `limit` has
    /// passed. A route that cannot be read for a reason of its own is not asked again.
    ///
    /// # Errors
    /// When the store fails.
    pub async fn verify(
        &self,
        users: Vec<UserId>,
        route: Option<RouteId>,
        limit: Duration,
    ) -> Result<Verification, StoreError> {
        let end = Instant::now() + limit;
        let mut verification = Verification::default();
        let mut failed: BTreeMap<RouteId, ReadError> = BTreeMap::new();
        for user in users {
            if Instant::now() >= end {
                verification.unreached.push(user);
                continue;
            }
            let Some(snapshot) = self.store().user(&user).await? else { continue };
            if snapshot.user.erased_at.is_some() {
                continue;
            }
            for verified in self.verify_user(&snapshot, route, &failed).await? {
                if let VerifyOutcome::Unread(error) = &verified.outcome
                    && error.is_about_the_route()
                {
                    failed.insert(verified.route, error.clone());
                }
                verification.results.push(verified);
            }
        }
        Ok(verification)
    }

    /// Compares one user at all routes at once: each has its own rate.
    async fn verify_user(
        &self,
        snapshot: &UserSnapshot,
        route: Option<RouteId>,
        failed: &BTreeMap<RouteId, ReadError>,
    ) -> Result<Vec<Verified>, StoreError> {
        let routes = self.routes();
        let wanted = routes.iter().map(|(id, _)| id).filter(|id| route.is_none_or(|route| route == *id));
        let each = wanted.map(async |id| {
            let outcome = match failed.get(&id) {
                Some(error) => VerifyOutcome::Unread(error.clone()),
                None => self.verify_at(snapshot, id).await?,
            };
            Ok(Verified { user: snapshot.id.clone(), route: id, outcome })
        });
        join_all(each).await.into_iter().collect()
    }

    async fn verify_at(&self, snapshot: &UserSnapshot, id: RouteId) -> Result<VerifyOutcome, StoreError> {
        let routes = self.routes();
        let Some(route) = routes.get(id) else { return Ok(VerifyOutcome::NotServed) };
        let Some(question) =
            Question::new(snapshot, id, route).filter(|_| route.serves(&snapshot.user.profile))
        else {
            return Ok(VerifyOutcome::NotServed);
        };
        if let Err(error) = reader(route) {
            return Ok(VerifyOutcome::Unread(error));
        }
        let belief = Belief::of(route, &snapshot.user, question.lane);
        if belief.is_empty() {
            return Ok(VerifyOutcome::Compared(belief.open()));
        }
        match self.compare(snapshot, &question, &belief).await {
            Ok((findings, _)) => Ok(VerifyOutcome::Compared(findings)),
            Err(LookError::NoIdentity) => Ok(VerifyOutcome::NotServed),
            Err(LookError::Store(error)) => Err(error),
            Err(LookError::Read(ReadError::Refused(error))) if error.kind == ErrorKind::NotFound => {
                Ok(VerifyOutcome::Gone)
            }
            Err(LookError::Read(ReadError::Refused(error))) if error.kind == ErrorKind::WrongSubject => {
                Ok(VerifyOutcome::AnotherPerson)
            }
            Err(LookError::Read(error)) => Ok(VerifyOutcome::Unread(error)),
        }
    }

    /// Users who have a lane, at a route or at any, picked at random: from each of `count` random places among the lanes the next
    /// user who was not picked before.
    ///
    /// # Errors
    /// When the store fails.
    pub async fn sample(&self, route: Option<RouteId>, count: usize) -> Result<Vec<UserId>, StoreError> {
        let Some(LaneId(last)) = self.store().last_lane().await? else { return Ok(Vec::new()) };
        let mut picked = BTreeSet::new();
        let mut users = Vec::new();
        while users.len() < count {
            #[expect(
                clippy::cast_precision_loss,
                clippy::cast_possible_truncation,
                reason = "a place, roughly"
            )]
            let start = (self.jitter() * last as f64) as i64;
            let Some(user) = self.next_user(route, start, &picked).await? else { break };
            picked.insert(user.to_string());
            users.push(user);
        }
        Ok(users)
    }

    /// The user of the first lane after `start` who was not picked, beginning again at the first lane behind the last one.
    async fn next_user(
        &self,
        route: Option<RouteId>,
        start: i64,
        picked: &BTreeSet<String>,
    ) -> Result<Option<UserId>, StoreError> {
        let (mut after, mut wrapped) = (start, false);
        loop {
            let filter =
                LaneFilter { route, after: Some(LaneId(after)), limit: PAGE, ..LaneFilter::default() };
            let lanes = self.store().lanes(filter).await?;
            let is_new = |user: &UserId| !picked.contains(user.as_str());
            let new = lanes.iter().find(|lane| lane.row.lane.state != State::Erased && is_new(&lane.user));
            if let Some(lane) = new {
                return Ok(Some(lane.user.clone()));
            }
            let end = lanes.last().and_then(|lane| lane.row.id).filter(|_| lanes.len() == PAGE as usize);
            match end {
                Some(LaneId(end)) if wrapped && end >= start => return Ok(None),
                Some(LaneId(end)) => after = end,
                None if wrapped => return Ok(None),
                None => (after, wrapped) = (0, true),
            }
        }
    }
}
