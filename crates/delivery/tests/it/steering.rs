use std::time::Duration;

use delivery::{
    LaneId, RouteId,
    audit::{AuditFilter, AuditKind},
    gate::{PauseReason, Probe},
    lane::Rearm,
    store::{Actor, Audit, Reads, RearmTarget},
};

use crate::{
    vendor::{Act, QUICK},
    world::{World, seconds},
};

fn by() -> Actor {
    Actor("operator".to_owned())
}

impl World {
    fn route(&self) -> RouteId {
        self.engine.routes().by_name("a").expect("configured").0
    }

    async fn lane_id(&self, number: u32) -> LaneId {
        self.lane(number).await.id.expect("stored")
    }

    /// Why route `a` is paused here, and in the store.
    fn paused(&self) -> (Option<PauseReason>, Option<PauseReason>) {
        let here = self.engine.conditions()[&self.route()].pause;
        [here, self.store.pause_of(self.route())].map(|pause| pause.map(|pause| pause.reason)).into()
    }
}

#[tokio::test(start_paused = true)]
async fn a_pause_that_meets_the_end_of_another_one_holds_here_and_in_the_store() {
    let world = World::new().await;
    world.vendor().always(Act::Status(401));
    world.title(1, "Coach").await;
    world.title(2, "Coach").await;
    world.pass(seconds(30)).await;
    assert_eq!(world.paused(), (Some(PauseReason::Auth), Some(PauseReason::Auth)));
    // The probe is answered while the operator's pause is in the store and its commit not yet known.
    world.vendor().always(QUICK);
    world.engine.probe(world.route(), by()).await.expect("stored");
    world.pass(Duration::from_millis(10)).await;
    world.store.answer_late(50);
    world.engine.pause(world.route(), by()).await.expect("stored");
    world.pass(seconds(1)).await;
    assert!(world.vendor().count() > 2, "the probe");
    assert_eq!(world.paused(), (Some(PauseReason::Operator), Some(PauseReason::Operator)));
}

#[tokio::test(start_paused = true)]
async fn a_probe_of_a_throttled_route_is_one_request() {
    let world = World::new().await;
    world.vendor().always(Act::With(429, "Retry-After", "3600"));
    world.title(1, "Coach").await;
    world.pass(seconds(1)).await;
    for number in 2..21 {
        world.title(number, "Coach").await;
    }
    assert_eq!(world.vendor().count(), 1);
    assert_eq!(world.engine.probe(world.route(), by()).await.expect("stored"), Probe::Begun);
    world.pass(seconds(60)).await;
    assert_eq!(world.vendor().count(), 2, "the others wait as long as the vendor has asked for");
    world.vendor().always(QUICK);
    world.engine.probe(world.route(), by()).await.expect("stored");
    world.pass(seconds(60)).await;
    assert_eq!(world.vendor().count(), 22, "a vendor that answers is sent the rest");
}

#[tokio::test(start_paused = true)]
async fn a_probe_that_finds_nothing_to_find_out_changes_nothing() {
    let world = World::new().await;
    // One user alone says nothing about the route, and waits for a time of its own.
    world.vendor().next([Act::Status(502), Act::Status(502), Act::Status(502)]);
    world.title(1, "Coach").await;
    world.pass(seconds(10)).await;
    let (count, lane) = (world.vendor().count(), world.lane(1).await);
    assert_eq!(world.engine.probe(world.route(), by()).await.expect("stored"), Probe::NothingToFindOut);
    world.pass(Duration::from_millis(100)).await;
    assert_eq!((world.vendor().count(), world.lane(1).await), (count, lane));
    world.engine.pause(world.route(), by()).await.expect("stored");
    assert_eq!(world.engine.probe(world.route(), by()).await.expect("stored"), Probe::Stopped);
    let probes = AuditFilter { kind: Some(AuditKind::Probe), limit: 10, ..AuditFilter::default() };
    assert!(world.store.audit_log(probes).await.expect("readable").is_empty());
}

#[tokio::test(start_paused = true)]
async fn what_is_confirmed_and_in_doubt_is_not_pending_before_it_cannot_be_put_beyond_doubt() {
    let world = World::new().await;
    world.vendor().next([Act::Silence]);
    let accepted = world.title(1, "Coach").await;
    let pending = async || world.store.counts(world.route()).await.expect("readable").pending;
    world.pass(seconds(5)).await;
    assert_eq!(pending().await, 1, "no answer yet");
    world.applied(&accepted, seconds(60)).await;
    assert!(world.lane(1).await.lane.is_suspect(), "the lost request may still land");
    assert_eq!((pending().await, world.lane(1).await.lane.out_of_step_since()), (0, None));
    world.vendor().always(Act::Down);
    world.pass(seconds(120)).await;
    assert_eq!(pending().await, 1, "it may have landed, and the vendor cannot be told again");
    world.vendor().always(QUICK);
    world.pass(seconds(600)).await;
    assert!(!world.lane(1).await.lane.is_suspect());
    assert_eq!(pending().await, 0);
}

#[tokio::test(start_paused = true)]
async fn a_lane_that_is_in_step_has_nothing_to_be_tried_again() {
    let world = World::new().await;
    world.title(1, "Coach").await;
    world.vendor().only_for(&["2"], &Act::Status(403));
    world.title(2, "Coach").await;
    world.pass(seconds(5)).await;
    let lanes = vec![world.lane_id(1).await, world.lane_id(2).await];
    let retried = world.engine.rearm(Rearm::Retry, RearmTarget::Lanes(lanes), by()).await.expect("stored");
    assert_eq!(retried, 1, "the one that is blocked");
}
