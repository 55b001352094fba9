//! A plan is what would be sent.

use super::*;

#[test]
fn planning_builds_the_request_that_the_claim_sends() {
    let mut world = World::new();
    world.accept(&jane());
    let command = world.command(&json!({"phone_number": "+14165551234", "title": "Coach"}));
    let plan = crate::plan::plan(&command, world.loaded()).expect("planned");
    world.try_accept(&command).expect("accepted");
    let work = world.claim(COMMUNAL, false).expect("due");
    let route = Arc::clone(world.routes.get(COMMUNAL).expect("a route"));
    let (requests, _) = planner::build(&route, &work.profile, &work.claim).expect("built");
    assert_eq!(plan["communal"].requests[0].body, requests[0].body_bytes());
    assert_eq!(plan["communal"].leaves[&Leaf::Title], Fate::Unsupported);
    assert_eq!(plan["communal"].older, [Leaf::Email, Leaf::FamilyName, Leaf::GivenName]);
    assert_eq!(world.user().version, 2);
}

#[test]
fn planning_tells_what_stops_a_route() {
    let mut world = World::new();
    world.accept(&json!({"identities": {"communal": 89}}));
    let command = world.command(&json!({"phone_number": "+14165551234"}));
    let plan = crate::plan::plan(&command, world.loaded()).expect("planned");
    assert_eq!(plan["communal"].stopped, Some(State::Blocked(BlockReason::NeedsData)));
    assert_eq!(plan["communal"].stopped_by, [Leaf::Email, Leaf::FamilyName, Leaf::GivenName]);
}
