use std::sync::Arc;

use async_trait::async_trait;
use delivery::{
    LaneId, Millis, RouteId,
    gate::Pause,
    store::{
        Accept, AcceptError, Accepted, Actor, ClaimDue, Claimed, Enrol, Erase, Erased, Lanes, Pass, Passed,
        RearmLanes, RegisteredRoute, Rekeyed, Rekeying, RouteRegistration, Settled, Settlement, StoreError,
    },
};
use rusqlite::Connection;
use tokio::sync::oneshot;

use super::SqliteStore;
use crate::{
    op::{EnrolPage, Op, Other, Page, PauseRoute, RearmPage, RekeyPage, RekeyedPage, StartPage},
    read,
};

#[async_trait]
impl Lanes for SqliteStore {
    async fn register_routes(
        &self,
        routes: Vec<RouteRegistration>,
    ) -> Result<Vec<RegisteredRoute>, StoreError> {
        self.ask(|reply| Op::Other(Other::Register(routes, reply))).await
    }

    async fn start(&self, windows: Vec<(RouteId, Millis)>, now: Millis) -> Result<u64, StoreError> {
        let windows = Arc::new(windows);
        let (mut changed, mut after) = (0, LaneId(0));
        loop {
            let page = StartPage { windows: Arc::clone(&windows), now, after };
            let page: Page = self.ask(|reply| Op::Other(Other::Start(page, reply))).await?;
            changed += page.changed;
            match page.next {
                Some(next) => after = next,
                None => return Ok(changed),
            }
        }
    }

    async fn accept(&self, accept: Accept) -> Result<Accepted, AcceptError> {
        self.failure.check()?;
        let (reply, answer) = oneshot::channel();
        self.queue.try_push(Op::Accept(Box::new(accept), reply))?;
        answer.await.unwrap_or(Err(StoreError::Closed.into()))
    }

    async fn claim(&self, claim: ClaimDue) -> Result<Claimed, StoreError> {
        self.ask(|reply| Op::Claim(claim, reply)).await
    }

    async fn settle(&self, settlement: Settlement) -> Result<Settled, StoreError> {
        self.ask(|reply| Op::Settle(Box::new(settlement), reply)).await
    }

    async fn is_of_another(&self, route: RouteId, lane: LaneId, witness: String) -> Result<bool, StoreError> {
        let of_another = move |connection: &Connection| {
            let lanes = read::with_witness(connection, route, &witness)?;
            Ok(lanes.into_iter().any(|found| found != lane))
        };
        self.read(of_another).await
    }

    async fn rekey(&self, rekeying: Rekeying) -> Result<Rekeyed, StoreError> {
        let (mut rekeyed, mut after) = (Rekeyed::default(), LaneId(0));
        loop {
            let page = RekeyPage { command: rekeying, after };
            let page: RekeyedPage = self.ask(|reply| Op::Other(Other::Rekey(page, reply))).await?;
            rekeyed = rekeyed.and(page.rekeyed);
            match page.next {
                Some(next) => after = next,
                None => return Ok(rekeyed),
            }
        }
    }

    async fn erase(&self, erase: Erase) -> Result<Option<Erased>, StoreError> {
        self.ask(|reply| Op::Other(Other::Erase(erase, reply))).await
    }

    async fn rearm(&self, rearm: RearmLanes) -> Result<u64, StoreError> {
        let command = Arc::new(rearm);
        let (mut changed, mut after) = (0, None);
        loop {
            let page = RearmPage { command: Arc::clone(&command), after };
            let page: Page = self.ask(|reply| Op::Other(Other::Rearm(page, reply))).await?;
            changed += page.changed;
            match page.next {
                Some(next) => after = Some(next),
                None => return Ok(changed),
            }
        }
    }

    async fn pass(&self, pass: Pass) -> Result<Passed, StoreError> {
        self.ask(|reply| Op::Other(Other::Pass(pass, reply))).await
    }

    async fn enrol(&self, enrol: Enrol) -> Result<u64, StoreError> {
        let (mut made, mut after) = (0, None);
        loop {
            let page = EnrolPage { command: enrol.clone(), after };
            let page = self.ask(|reply| Op::Other(Other::Enrol(page, reply))).await?;
            made += page.made;
            match page.next {
                Some(next) => after = Some(next),
                None => return Ok(made),
            }
        }
    }

    async fn set_pause(
        &self,
        route: RouteId,
        pause: Option<Pause>,
        by: Actor,
        now: Millis,
    ) -> Result<(), StoreError> {
        self.ask(|reply| Op::Other(Other::Pause(PauseRoute { route, pause, by, now }, reply))).await
    }
}
