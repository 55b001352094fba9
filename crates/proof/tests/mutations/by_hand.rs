//! Caught by histories by hand: too rare in random ones.

use std::{panic::catch_unwind, sync::Arc, time::Duration};

use delivery::{
    RouteId, RouteSet, decide,
    lane::{Lane, State},
    mutation::Mutation as M,
    store::{Actor, Erase, LaneRow, Observer, UserRow},
};
use testkit::{
    memory_store::MemoryStore,
    routes,
    store_suite::{Bench, Opened, operating, settling},
};

use crate::catches;

/// Somebody is forgotten while a vendor may still apply what it has acknowledged.
fn erased_while_queued() -> Option<String> {
    let lane = Lane { state: State::Idle, last_send_at: Some(90), ..Lane::new(Some("7".to_owned())) };
    let user = UserRow {
        incarnation: 1,
        version: 1,
        profile: Arc::default(),
        erased_at: None,
        updated_at: 0,
        manager: Default::default(),
    };
    let mut route = routes::plain("queued");
    route.limits.timeout = Duration::from_millis(15);
    route.limits.settle = Duration::from_millis(60);
    route.limits.apply_window = Some(Duration::from_millis(600));
    let command = Erase {
        precondition: delivery::store::Precondition::None,
        user: "crm-1".parse().expect("an id"),
        by: Actor("privacy".to_owned()),
        routes: Arc::new(RouteSet::new([(RouteId(1), Arc::new(route))])),
        now: 100,
    };
    let row = LaneRow { id: None, route: RouteId(1), lane: lane.into() };
    let writes = decide::erase(&command, user, vec![row]).expect("no precondition");
    let suspect_until = writes.lanes[0].lane.suspect_until;
    (suspect_until != Some(700)).then(|| format!("by hand: suspect until {suspect_until:?}"))
}

#[test]
fn erase_forgets_the_queue() {
    catches(M::EraseForgetsTheQueue, 1, |_| erased_while_queued());
}

fn open(observer: Arc<dyn Observer>) -> Opened {
    Opened { store: Arc::new(MemoryStore::new(observer)), keep: Box::new(()) }
}

/// The store suite's own test of the pass.
fn looked_through() -> Option<String> {
    let tried = catch_unwind(|| {
        let runtime = tokio::runtime::Builder::new_current_thread().enable_time().build().expect("a runtime");
        runtime.block_on(async {
            let bench = Bench::new(open).await;
            operating::a_changed_route_is_looked_through_in_steps_and_owes_what_it_never_sent(bench).await;
        });
    });
    tried.err().map(|_| "store suite: a_changed_route_is_looked_through_in_steps".to_owned())
}

/// The store suite's own test of a person whom two users share.
fn shared_person() -> Option<String> {
    let tried = catch_unwind(|| {
        let runtime = tokio::runtime::Builder::new_current_thread().enable_time().build().expect("a runtime");
        runtime.block_on(async {
            let bench = Bench::new(open).await;
            settling::of_two_that_name_one_person_at_once_the_second_is_wrong(bench).await;
        });
    });
    tried.err().map(|_| "store suite: of_two_that_name_one_person_at_once".to_owned())
}

#[test]
fn witness_is_nobodys() {
    catches(M::WitnessIsNobodys, 1, |_| shared_person());
}

#[test]
fn pass_skips_page() {
    catches(M::PassSkipsPage, 1, |_| looked_through());
}
