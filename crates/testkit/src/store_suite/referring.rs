//! A vendor that names a manager as it names people is told so.

use std::sync::Arc;

use canonical::{Leaf, Value};
use delivery::{
    lane::{HoldReason, State},
    planner::RouteView,
    status::{self, StandingState},
    store::Work,
};

use super::bench::{Bench, ok, rejected};
use crate::routes;

/// The manager whom an attempt at the work would tell.
fn manager(work: &Work) -> &str {
    match work.profile.value(&Leaf::Manager) {
        Some(Value::Text(text)) => text,
        other => panic!("{other:?}"),
    }
}

fn leaves(work: &Work) -> Vec<String> {
    work.claim.leaves().iter().map(|(leaf, _)| leaf.name().to_owned()).collect()
}

/// Sends what is due of the user at the route, which is told this manager.
async fn told(bench: &Bench, user: &str, expected: &str, now: i64) {
    let work = bench.claim_one("alpha", now).await;
    assert_eq!((work.user.as_str(), manager(&work)), (user, expected));
    bench.succeed(&work, now).await;
    let snapshot = bench.user(user).await;
    let route = bench.route(work.route);
    let row = snapshot.lanes.iter().find(|row| row.route == work.route).expect("a lane");
    let standing = status::of_user(&route, &snapshot.user, Some(&row.lane), &Default::default());
    assert_eq!((row.lane.state, standing.state), (State::Idle, StandingState::InStep));
    assert!(RouteView::of(&route, &snapshot.user).carries(&Leaf::Manager));
}

/// What callers read of the user stays the id that they gave.
pub async fn a_manager_is_sent_as_the_vendor_names_that_person(bench: Bench) {
    let bench = bench.with(routes::staff("alpha"));
    bench.accept("boss", r#"{"identities":{"alpha":7}}"#, 0).await;
    bench.accept("head", r#"{"identities":{"alpha":9}}"#, 0).await;
    bench.accept("crm-1", r#"{"manager":"boss","title":"a","identities":{"alpha":8}}"#, 1).await;
    told(&bench, "crm-1", "7", 2).await;
    bench.accept("crm-1", r#"{"manager":"head"}"#, 3).await;
    told(&bench, "crm-1", "9", 4).await;
    let stored = bench.user("crm-1").await;
    assert_eq!(stored.user.profile.value(&Leaf::Manager), Some(&Value::Text("head".to_owned())));
    // A text that is no user's id, and a user without an identity at the route.
    bench.accept("crm-1", r#"{"manager":"Rose Roe"}"#, 5).await;
    told(&bench, "crm-1", "Rose Roe", 6).await;
    bench.accept("elsewhere", r#"{"identities":{"beta":5}}"#, 7).await;
    bench.accept("crm-1", r#"{"manager":"elsewhere"}"#, 7).await;
    told(&bench, "crm-1", "elsewhere", 8).await;
    bench.accept("crm-1", r#"{"manager":null}"#, 9).await;
    let work = bench.claim_one("alpha", 10).await;
    assert_eq!((work.profile.value(&Leaf::Manager), leaves(&work)), (None, vec!["manager".to_owned()]));
    // In one commit with the identity that it needs.
    bench.succeed(&work, 11).await;
    let (boss, report) = (r#"{"identities":{"alpha":70}}"#, r#"{"manager":"boss-2"}"#);
    tokio::join!(bench.accept("boss-2", boss, 12), bench.accept("crm-1", report, 12));
    told(&bench, "crm-1", "70", 13).await;
}

/// Nobody has to send the people again, and nobody else is.
pub async fn a_manager_with_another_name_is_sent_again_to_everybody_who_has_that_manager(bench: Bench) {
    let bench = bench.with(routes::staff("alpha"));
    for (user, id) in [("crm-1", 1), ("crm-2", 2), ("crm-3", 3)] {
        let boss = if user == "crm-3" { "other" } else { "boss" };
        let body = format!(r#"{{"manager":"{boss}","title":"a","identities":{{"alpha":{id},"beta":{id}}}}}"#);
        bench.accept(user, &body, 0).await;
        told(&bench, user, boss, 1).await;
    }
    while let Some(work) = bench.claim("beta", 1).await.work.pop() {
        bench.succeed(&work, 1).await;
    }
    bench.accept("boss", r#"{"identities":{"alpha":7}}"#, 10).await;
    let mut work = bench.claim("alpha", 11).await.work;
    work.sort_by_key(|work| work.user.clone());
    assert_eq!(work.iter().map(|work| work.user.as_str()).collect::<Vec<_>>(), ["crm-1", "crm-2"]);
    assert!(work.iter().all(|work| manager(work) == "7" && leaves(work) == ["manager"]));
    assert!(bench.claim("beta", 11).await.work.is_empty());
    bench.succeed(&work[1], 12).await;
    // Another name while the first is under way.
    let mut renamed = bench.command("boss", r#"{"identities":{"alpha":9}}"#, 13);
    renamed.may_operate = true;
    bench.store.accept(renamed).await.expect("an operator may");
    told(&bench, "crm-2", "9", 14).await;
    bench.succeed(&work[0], 15).await;
    told(&bench, "crm-1", "9", 16).await;
    // The same name is no news.
    bench.accept("boss", r#"{"identities":{"alpha":9},"title":"b"}"#, 17).await;
    let work = bench.claim("alpha", 18).await.work;
    assert_eq!(work.iter().map(|work| work.user.as_str()).collect::<Vec<_>>(), ["boss"]);
}

/// A permit in hand claims in the commit of the accept, which may hold the manager's new name, too.
pub async fn a_manager_who_is_renamed_in_the_commit_of_a_claim_ends_with_the_new_name(bench: Bench) {
    let bench = bench.with(routes::staff("alpha"));
    bench.accept("boss", r#"{"identities":{"alpha":100}}"#, 0).await;
    bench.accept("crm-1", r#"{"manager":"boss","identities":{"alpha":1}}"#, 0).await;
    told(&bench, "crm-1", "100", 1).await;
    for turn in 1..40 {
        let now = 10 * turn;
        let mut update = bench.command("crm-1", &format!(r#"{{"title":"{turn}"}}"#), now);
        update.grants = vec![bench.id("alpha")];
        let name = (100 + turn).to_string();
        let mut renamed = bench.command("boss", &format!(r#"{{"identities":{{"alpha":{name}}}}}"#), now);
        renamed.may_operate = true;
        let (updated, renamed) = tokio::join!(bench.store.accept(update), bench.store.accept(renamed));
        renamed.expect("an operator may");
        for work in updated.expect("accepted").work {
            bench.succeed(&work, now + 1).await;
        }
        while let Some(work) = bench.claim("alpha", now + 2).await.work.pop() {
            bench.succeed(&work, now + 3).await;
        }
        let snapshot = bench.user("crm-1").await;
        let row = snapshot.lanes.iter().find(|row| row.route == bench.id("alpha")).expect("a lane");
        let standing =
            status::of_user(&bench.route(row.route), &snapshot.user, Some(&row.lane), &Default::default());
        assert_eq!((standing.state, turn), (StandingState::InStep, turn));
    }
}

/// What the vendor refused was another name.
pub async fn a_refused_manager_is_tried_again_under_another_name(bench: Bench) {
    let bench = bench.with(routes::staff("alpha"));
    bench.accept("crm-1", r#"{"manager":"boss","title":"a","identities":{"alpha":1}}"#, 0).await;
    let work = bench.claim_one("alpha", 1).await;
    bench.settle(&work, rejected(&[Leaf::Manager]), 2).await;
    let rest = bench.claim_one("alpha", 3).await;
    assert_eq!(leaves(&rest), ["title"]);
    bench.settle(&rest, ok(), 4).await;
    let held = Arc::clone(&bench.lane("crm-1", "alpha").await);
    assert_eq!(held.held[&Leaf::Manager].reason, HoldReason::Named);
    bench.accept("boss", r#"{"identities":{"alpha":7}}"#, 5).await;
    told(&bench, "crm-1", "7", 6).await;
    assert!(bench.lane("crm-1", "alpha").await.held.is_empty());
}

/// Of the one who is erased nothing is kept, least of all in the place of somebody else's manager.
pub async fn a_manager_who_is_erased_is_named_as_given(bench: Bench) {
    let bench = bench.with(routes::staff("alpha"));
    bench.accept("boss", r#"{"identities":{"alpha":7}}"#, 0).await;
    bench.accept("crm-1", r#"{"manager":"boss","identities":{"alpha":1}}"#, 1).await;
    told(&bench, "crm-1", "7", 2).await;
    bench.erase("boss", 3).await.expect("known");
    told(&bench, "crm-1", "boss", 4).await;
}

/// As some directories have the head of a company.
pub async fn whoever_is_their_own_manager_is_named_as_the_vendor_names_them(bench: Bench) {
    let bench = bench.with(routes::staff("alpha"));
    bench.accept("boss", r#"{"manager":"boss","identities":{"alpha":7}}"#, 0).await;
    told(&bench, "boss", "7", 1).await;
    let mut renamed = bench.command("boss", r#"{"identities":{"alpha":9}}"#, 2);
    renamed.may_operate = true;
    bench.store.accept(renamed).await.expect("an operator may");
    told(&bench, "boss", "9", 3).await;
    assert!(bench.erase("boss", 4).await.is_some());
    assert!(bench.claim("alpha", 5).await.work.is_empty());
}
