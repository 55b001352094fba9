//! Whom a claim sends to, and how much.

use super::*;

#[test]
fn an_address_is_reserved_at_the_claim_and_pinned_by_success() {
    let mut world = World::new();
    world.accept(&jane());
    assert_eq!(world.lane(VILLAGE).lane.subject_key, None);
    let work = world.claim(VILLAGE, false).expect("due");
    assert_eq!(work.claim.subject, "Jane@x.org", "sent as received");
    assert_eq!(world.lane(VILLAGE).lane.subject_key.as_deref(), Some("jane@x.org"));
    world.settle(&work, ok());
    assert!(world.lane(VILLAGE).lane.pinned);
    world.accept(&json!({"email": "new@x.org", "given_name": "Janet"}));
    assert_eq!(
        world.claim(VILLAGE, false).expect("due").claim.subject,
        "Jane@x.org",
        "an address is no data"
    );
}

#[test]
fn two_users_never_write_to_one_address() {
    let mut world = World::new();
    world.accept(&jane());
    assert!(world.claim(VILLAGE, true).is_none());
    assert_eq!(world.lane(VILLAGE).lane.state, State::Blocked(BlockReason::SubjectTaken));
    world.accept(&json!({"email": "other@x.org"}));
    assert_eq!(world.claim(VILLAGE, false).expect("due").claim.subject, "other@x.org");
}

#[test]
fn what_a_process_before_has_sent_may_have_been_sent_just_before_it_ended() {
    let queueing = |began| {
        let village = adapter_village::Adapter::new(adapter_village::Options { network_id: "n1".to_owned() });
        let mut route =
            Arc::into_inner(route("village", Arc::new(village), Enrol::Email)).expect("only here");
        route.limits.apply_window = Some(Duration::from_millis(600));
        Arc::new(RouteSet::new([(VILLAGE, Arc::new(route))]).of_process(began))
    };
    for (began, suspect) in [(0, None), (1_500, Some(2_600))] {
        let mut world = World { routes: queueing(began), ..World::new() };
        world.accept(&json!({"email": "jane@x.org", "given_name": "Jane"}));
        let work = world.claim(VILLAGE, false).expect("due");
        world.settle(&work, ok());
        world.accept(&json!({"given_name": "Janet"}));
        // Confirmed long ago, if the clock was not set since.
        let lane = world.lanes[0].lane_mut();
        lane.last_send_at = Some(100);
        let slots = lane.slots.iter().map(|slot| crate::lane::Slot { at: 100, ..slot.clone() }).collect();
        lane.slots = crate::lane::Slots::of(slots, std::collections::BTreeMap::new()).expect("in order");
        world.claim(VILLAGE, false).expect("due");
        assert_eq!(world.lane(VILLAGE).lane.suspect_until, suspect);
    }
}

#[test]
fn more_than_twenty_requests_are_spread_over_several_attempts() {
    let usercom = adapter_usercom::Adapter::new(adapter_usercom::Options);
    let route = route("usercom", Arc::new(usercom), Enrol::Identity);
    let mut world =
        World { routes: Arc::new(RouteSet::new([(COMMUNAL, Arc::clone(&route))])), ..World::new() };
    let tags: Vec<String> = (0..50).map(|at| format!("t{at:02}")).collect();
    world.accept(&json!({"tags": tags, "identities": {"usercom": 7}}));
    let work = world.claim(COMMUNAL, false).expect("due");
    let (requests, sent) = planner::build(&route, &work.profile, &work.claim).expect("built");
    assert_eq!(requests.len(), 1);
    assert!(world.settle_sent(&work, sent, ok()));
    world.accept(&json!({"tags": ["t00"]}));
    let mut removed = 0;
    while world.lane(COMMUNAL).lane.state == State::Ready {
        let work = world.claim(COMMUNAL, false).expect("due");
        let (requests, sent) = planner::build(&route, &work.profile, &work.claim).expect("built");
        assert!(requests.len() <= planner::MOST_REQUESTS);
        removed += requests.len() - 1;
        assert!(world.settle_sent(&work, sent, ok()));
    }
    assert_eq!(removed, 49);
    assert_eq!(world.lane(COMMUNAL).lane.state, State::Idle);
}
