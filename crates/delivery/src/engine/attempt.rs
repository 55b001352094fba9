use std::{
    panic::AssertUnwindSafe,
    sync::Arc,
    time::{Duration, SystemTime},
};

use adapter::{
    AppliedState, ErrorKind, Notice, PrivateWords, Receipt, VendorError, VendorRequest, VendorResponse,
};
use canonical::Leaf;
use futures_util::FutureExt;

use super::{
    Engine,
    absence::{Doubt, Person},
    refused::Refused,
    route_runtime::RouteRuntime,
};
use crate::{
    Attempted, Millis, Route, SendError,
    failure::{self, Moment, Sample},
    lane::{Outcome, Sent, Settle},
    mutation::{self, Mutation},
    planner,
    store::{AttemptRow, Settled, Settlement, StoreError, Work},
    until,
};

/// Before a settle that the store could not take is handed to it again.
const SETTLE_PAUSE: Duration = Duration::from_millis(200);

/// Sends one claim and settles it, whatever happens.
pub(super) async fn run(engine: Engine, route: Arc<Route>, runtime: Arc<RouteRuntime>, work: Work) {
    let started_at = engine.now();
    let attempt = Attempt { engine: &engine, route: &route, runtime: &runtime, work: &work };
    let ended = AssertUnwindSafe(attempt.send_all()).catch_unwind().await;
    let ended = ended.unwrap_or_else(|_| attempt.failed_inside(started_at));
    attempt.settle(started_at, ended).await;
    engine.inner.hub.fences.forget(work.lane);
}

struct Attempt<'a> {
    engine: &'a Engine,
    route: &'a Arc<Route>,
    runtime: &'a Arc<RouteRuntime>,
    work: &'a Work,
}

/// How the requests of an attempt ended.
struct Ended {
    sent: Sent,
    outcome: Outcome,
    sample: Sample,
    status: Option<u16>,
    detail: Option<String>,
    /// The lane was taken away meanwhile: the settle finds another epoch and changes nothing, and there is nothing to count.
    is_fenced: bool,
    /// A request was answered as a success, and a later one was not.
    is_partly_applied: bool,
}

impl Attempt<'_> {
    async fn send_all(&self) -> Ended {
        let swapped = mutation::is_on(Mutation::ReloadUnderSend).then(|| self.engine.routes());
        let swapped = swapped.as_ref().and_then(|routes| routes.get(self.work.route));
        let route = swapped.unwrap_or(self.route);
        let (requests, sent) = match planner::build(route, &self.work.profile, &self.work.claim) {
            Ok(built) => built,
            Err(error) => {
                tracing::error!(route = self.route.name, %error, "an update could not be translated");
                return self.failed_inside(self.engine.now());
            }
        };
        let mut receipts = Vec::with_capacity(requests.len());
        let mut doubts = Vec::new();
        for (at, request) in requests.iter().enumerate() {
            if at > 0 {
                self.wait_for_token().await;
            }
            if self.engine.inner.hub.fences.is_fenced(self.work.lane, self.work.claim.epoch) {
                return Ended { is_fenced: true, ..self.ended(sent, self.ok(&receipts), Sample::Nothing) };
            }
            let request_at = self.engine.now();
            match self.send_one(request).await {
                Ok(receipt) => receipts.push(receipt),
                Err(Refused::Answered(error, status)) if error.unless_absent.is_some() => {
                    doubts.push(Doubt { error, status, request_at });
                }
                Err(refusal) => return self.refused(sent, &receipts, refusal, request_at),
            }
        }
        if requests.is_empty() && !mutation::is_on(Mutation::NothingSentIsASuccess) {
            return self.ended(sent, Outcome::NothingToSend, Sample::Nothing);
        }
        // A question changes nothing: whatever becomes of it, the newest request that may still be applied is an older one.
        let newest = doubts.last().map_or(0, |doubt| doubt.request_at);
        let person =
            Person { engine: self.engine, route: self.route, runtime: self.runtime, work: self.work };
        match person.lacks(&receipts, &doubts).await {
            Ok(()) => self.ended(sent, self.ok(&receipts), Sample::Success),
            Err(refusal) => self.refused(sent, &receipts, refusal, newest),
        }
    }

    async fn wait_for_token(&self) {
        while let Err(at) = self.runtime.take_token(self.engine.now()) {
            tokio::time::sleep(until(at, self.engine.now())).await;
        }
    }

    async fn send_one(&self, request: &VendorRequest) -> Result<Receipt, Refused> {
        let unanswered = |error: SendError| {
            let maybe = error.kind.may_have_been_applied();
            Refused::Unanswered(error, maybe)
        };
        let response = self.route.transport.send(request).await.map_err(unanswered)?;
        self.hear(&response);
        let receipt = self.route.adapter.parse_response(request, &response);
        let receipt = receipt.map_err(|error| Refused::Answered(error, response.status))?;
        match receipt.witness.as_deref() {
            Some(named) if self.is_another(named).await => {
                Err(Refused::Answered(VendorError::wrong_subject(), response.status))
            }
            _ => Ok(receipt),
        }
    }

    /// Whether the vendor's own id of the person is not this user's. One that is named for the first time may be another user's;
    /// the settle has the last word, for two may be named so at once.
    async fn is_another(&self, named: &str) -> bool {
        if let Some(known) = &self.work.witness {
            return known != named;
        }
        let Work { route, lane, .. } = *self.work;
        let is_of_another = self.engine.inner.store.is_of_another(route, lane, named.to_owned()).await;
        is_of_another.unwrap_or(false) && !mutation::is_on(Mutation::WitnessIsNobodys)
    }

    /// Hands on what the vendor says of the future of its call. The attempt goes on as if it had said nothing.
    fn hear(&self, response: &VendorResponse) {
        let mut notice = Notice::read(response, self.route.adapter.dialect());
        if let Notice::Deprecated(found) = &mut notice {
            found.says = found.says.take().map(|says| self.without_person(&says));
        }
        self.engine.hear(self.runtime, &notice);
    }

    fn ok(&self, receipts: &[Receipt]) -> Outcome {
        let witness = receipts.iter().find_map(|receipt| receipt.witness.clone());
        let unverified = receipts.iter().flat_map(|receipt| &receipt.unverified);
        Outcome::Ok { witness, unverified: self.leaves(unverified) }
    }

    /// The end of an attempt of which some requests, perhaps, were answered as a success before.
    fn refused(&self, sent: Sent, before: &[Receipt], refused: Refused, request_at: Millis) -> Ended {
        let is_partly_applied = !before.is_empty();
        let moment = self.moment(request_at);
        let history = &self.work.history;
        match refused {
            Refused::Unanswered(error, maybe) => {
                let (outcome, sample) = failure::of_send_error(&error, maybe, history, &moment);
                Ended { detail: Some(error.detail), is_partly_applied, ..self.ended(sent, outcome, sample) }
            }
            Refused::Answered(error, status) => {
                let (mut outcome, sample) = failure::of_vendor_error(&error, status, history, &moment);
                if let Outcome::Rejected { named, .. } = &mut outcome {
                    *named = self.leaves(&error.fields);
                }
                if error.kind == ErrorKind::WrongSubject || error.applied == AppliedState::WrongSubject {
                    self.tell_of_another_person();
                }
                Ended {
                    status: Some(status),
                    detail: Some(error.detail),
                    is_partly_applied,
                    ..self.ended(sent, outcome, sample)
                }
            }
        }
    }

    fn tell_of_another_person(&self) {
        tracing::error!(
            route = self.route.name,
            lane = self.work.lane.0,
            "the vendor answered about another person; the route is paused"
        );
    }

    fn leaves<'a>(&self, fields: impl IntoIterator<Item = &'a String>) -> Vec<Leaf> {
        let mut leaves: Vec<Leaf> =
            fields.into_iter().filter_map(|field| self.route.mapping.leaf_of(field).cloned()).collect();
        leaves.sort();
        leaves.dedup();
        leaves
    }

    fn failed_inside(&self, at: Millis) -> Ended {
        let (outcome, sample) = failure::of_internal_error(&self.work.history, &self.moment(at));
        let claim = &self.work.claim;
        let along = claim.fillers.iter().map(|(assertion, _)| assertion.clone()).collect();
        let (payload, place) = (claim.payload.clone(), Some(claim.place));
        let sent = Sent { payload, along, version: claim.sent, place, ..Sent::default() };
        Ended { detail: Some("the gateway failed".to_owned()), ..self.ended(sent, outcome, sample) }
    }

    fn ended(&self, sent: Sent, outcome: Outcome, sample: Sample) -> Ended {
        Ended {
            sent,
            outcome,
            sample,
            status: None,
            detail: None,
            is_fenced: false,
            is_partly_applied: false,
        }
    }

    fn moment(&self, last_request_at: Millis) -> Moment {
        Moment {
            now: self.engine.now(),
            wall: SystemTime::now(),
            suspect_until: failure::suspect_until(last_request_at, self.route.window()),
            jitter: self.engine.jitter(),
        }
    }

    async fn settle(&self, started_at: Millis, ended: Ended) {
        let now = self.engine.now();
        let attempt = self.attempt_row(&ended, started_at, now);
        tracing::debug!(
            route = self.route.name,
            lane = self.work.lane.0,
            version = self.work.claim.sent,
            status = ended.status,
            took_ms = now - started_at,
            sample = ?ended.sample,
            trace_id = self.work.trace.map(|trace| trace.trace_id()),
            "attempt ended"
        );
        let attempted = Attempted {
            route: &self.route.name,
            lane: self.work.lane.0,
            version: self.work.claim.sent,
            status: ended.status,
            trace: self.work.trace,
            failure: ended.outcome.class(),
            took: until(now, started_at),
            behind: self.work.behind_since.map(|since| until(now, since)),
        };
        if !ended.is_fenced {
            self.engine.inner.telemetry.attempted(&attempted);
        }
        let Ended { sent, outcome, mut sample, is_partly_applied, .. } = ended;
        let epoch = self.work.claim.epoch;
        let settle = Settle { epoch, started_at, sent, is_partly_applied, outcome };
        let settlement =
            Settlement { lane: self.work.lane, route: Arc::clone(self.route), settle, attempt, now };
        match self.store_settlement(settlement).await {
            Ok(Settled::AsAnswered) => {}
            Ok(Settled::AnotherPerson) => {
                self.tell_of_another_person();
                sample = Sample::WrongSubject;
            }
            Err(error) => {
                tracing::error!(route = self.route.name, lane = self.work.lane.0, %error, "a settle failed; the next start finds the lane");
            }
        }
        self.engine.tell_route(self.runtime, self.work, sample).await;
    }

    /// A store that is full or overloaded has done nothing: the settle is handed to it until it is taken, for without it the
    /// lane would stay in flight.
    async fn store_settlement(&self, settlement: Settlement) -> Result<Settled, StoreError> {
        loop {
            match self.engine.inner.store.settle(settlement.clone()).await {
                Err(StoreError::Full | StoreError::Overloaded) => tokio::time::sleep(SETTLE_PAUSE).await,
                outcome => return outcome,
            }
        }
    }

    /// A success at the first try is the lane's row itself; everything else is kept.
    fn attempt_row(&self, ended: &Ended, started_at: Millis, now: Millis) -> Option<AttemptRow> {
        let first_try = self.work.history.last_class.is_none();
        if first_try && matches!(ended.outcome, Outcome::Ok { .. }) {
            return None;
        }
        Some(AttemptRow {
            at: started_at,
            sent: self.work.claim.sent,
            class: ended.outcome.class(),
            status: ended.status,
            took: now - started_at,
            detail: ended.detail.as_deref().map(|detail| self.without_person(detail)),
        })
    }

    /// A vendor knows more of a person than the request said, and may repeat that, too.
    fn without_person(&self, detail: &str) -> String {
        let mut private = PrivateWords::of_profile(&self.work.profile);
        self.work.witness.iter().for_each(|witness| private.add(witness));
        private.taken_out_of(&self.route.transport.without_credential(detail))
    }
}
