//! A subject belongs to one user of a route.

use std::sync::Arc;

use adapter::{Comparison, SubjectKind};
use delivery::{
    Route, RouteSet,
    lane::{BlockReason, State, WaitCause},
    store::{AcceptError, RegisteredRoute, Rekeyed, Rekeying, RouteRegistration},
};

use super::bench::{Bench, not_applied, user};
use crate::routes;

/// A lane exists from the moment the route has a subject, and then owes everything.
pub async fn a_new_identity_owes_the_whole_profile(bench: Bench) {
    bench.accept("crm-1", r#"{"title":"a","nickname":"b"}"#, 0).await;
    assert!(bench.user("crm-1").await.lanes.is_empty());
    bench.accept("crm-1", r#"{"identities":{"alpha":"0089"}}"#, 1).await;
    let work = bench.claim_one("alpha", 2).await;
    assert_eq!(work.claim.subject, "89");
    let leaves: Vec<_> = work.claim.leaves().iter().map(|(leaf, _)| leaf.name().to_owned()).collect();
    assert_eq!(leaves, ["nickname", "title"]);
}

/// Two users cannot claim to be one person.
pub async fn an_identity_of_another_user_is_refused(bench: Bench) {
    bench.accept("crm-1", r#"{"identities":{"alpha":7}}"#, 0).await;
    let taken = bench.command("crm-2", r#"{"title":"a","identities":{"alpha":"07"}}"#, 0);
    assert_eq!(bench.refused(taken).await, AcceptError::IdentityTaken { route: "alpha".to_owned() });
    assert_eq!(bench.store.user(&user("crm-2")).await, Ok(None));
    // At another route the same id names somebody else.
    bench.accept("crm-2", r#"{"identities":{"beta":7}}"#, 0).await;
    let mut free = bench.command("crm-1", r#"{"identities":{"alpha":null}}"#, 1);
    free.may_operate = true;
    bench.store.accept(free).await.expect("removed");
    bench.accept("crm-2", r#"{"identities":{"alpha":7}}"#, 2).await;
}

/// Another subject for a known user is an operator's act.
pub async fn a_set_identity_is_pinned_unless_the_caller_operates(bench: Bench) {
    bench.accept("crm-1", r#"{"identities":{"alpha":7}}"#, 0).await;
    assert!(!bench.accept("crm-1", r#"{"identities":{"alpha":7}}"#, 1).await.update.effective);
    let pinned = AcceptError::IdentityPinned { route: "alpha".to_owned() };
    for json in [r#"{"identities":{"alpha":8}}"#, r#"{"identities":{"alpha":null}}"#] {
        assert_eq!(bench.refused(bench.command("crm-1", json, 2)).await, pinned);
        let mut operated = bench.command("crm-1", json, 3);
        operated.may_operate = true;
        bench.store.accept(operated).await.expect("changed");
    }
    assert_eq!(bench.lane("crm-1", "alpha").await.subject, None);
    let audit = bench.audit(9).await;
    let kinds: Vec<_> = audit.iter().map(|entry| (entry.kind.as_str(), entry.detail.as_str())).collect();
    let said =
        ["user crm-1 removed", "user crm-1 changed", "user crm-1 set"].map(|detail| ("identity", detail));
    assert_eq!(kinds, said);
}

/// An answer about the old person says nothing about the new one.
pub async fn a_changed_identity_fences_the_attempt_under_the_old_one(bench: Bench) {
    bench.accept("crm-1", r#"{"title":"a","identities":{"alpha":7}}"#, 0).await;
    let old = bench.claim_one("alpha", 1).await;
    let mut change = bench.command("crm-1", r#"{"identities":{"alpha":8}}"#, 2);
    change.may_operate = true;
    bench.store.accept(change).await.expect("changed");
    let before = bench.lane("crm-1", "alpha").await;
    bench.succeed(&old, 3).await;
    assert_eq!(bench.lane("crm-1", "alpha").await, before);
    let new = bench.claim_one("alpha", 4).await;
    assert_eq!((new.claim.subject.as_str(), new.claim.payload.len()), ("8", 1));
}

/// G22: of two users with one address the second is not sent, whatever the spelling.
pub async fn two_users_with_one_address_are_never_both_sent(bench: Bench) {
    bench.accept("crm-1", r#"{"title":"a","email":"Jane@x.org"}"#, 0).await;
    bench.accept("crm-2", r#"{"title":"b","email":"jane@X.org"}"#, 1).await;
    let work = bench.claim_one("mail", 2).await;
    assert_eq!((work.user.as_str(), work.claim.subject.as_str()), ("crm-1", "Jane@x.org"));
    assert_eq!(bench.lane("crm-2", "mail").await.state, State::Blocked(BlockReason::SubjectTaken));
    let audit = bench.audit(1).await;
    assert_eq!(audit[0].kind, "block");
    // Another address is another person.
    bench.accept("crm-2", r#"{"email":"joe@x.org"}"#, 3).await;
    assert_eq!(bench.claim_one("mail", 4).await.claim.subject, "joe@x.org");
}

static EXACT: SubjectKind = SubjectKind::text("name", Comparison::Exact);
static FOLDED: SubjectKind = SubjectKind::text("name", Comparison::Folded);

fn named(kind: &'static SubjectKind) -> Route {
    Route { subject_kind: kind, ..routes::plain("names") }
}

async fn register(bench: &Bench, kind: &'static SubjectKind) -> RegisteredRoute {
    let routes = vec![RouteRegistration::of(&named(kind))];
    bench.store.register_routes(routes).await.expect("registered").remove(0)
}

/// The bench with a route `names`, whose people have names that are compared in this way.
async fn with_names(mut bench: Bench, kind: &'static SubjectKind) -> Bench {
    let id = register(&bench, kind).await.id;
    let others = bench.routes.iter().map(|(id, route)| (id, Arc::clone(route)));
    let others = others.filter(|(other, _)| *other != id);
    bench.routes = Arc::new(RouteSet::new(others.chain([(id, Arc::new(named(kind)))])));
    bench
}

fn give(name: &str) -> String {
    serde_json::json!({ "title": "a", "identities": { "names": name } }).to_string()
}

async fn rekey(bench: &Bench, kind: &'static SubjectKind) -> Rekeyed {
    let route = bench.id("names");
    bench.store.rekey(Rekeying { route, kind, now: 50 }).await.expect("made anew")
}

async fn key(bench: &Bench, id: &str) -> Option<String> {
    bench.lane(id, "names").await.subject_key.clone()
}

/// What was one person is two afterwards, and what was two is one: nobody's identity changes with it.
pub async fn identities_that_a_route_compares_otherwise_get_other_keys(bench: Bench) {
    let bench = with_names(bench, &FOLDED).await;
    bench.accept("crm-1", &give("Ab1"), 0).await;
    bench.refused(bench.command("crm-2", &give("aB1"), 1)).await;
    bench.accept("crm-3", r#"{"title":"a","identities":{"alpha":7}}"#, 1).await;
    let known = register(&bench, &FOLDED).await;
    assert!(!known.keys_due, "they are the keys of this comparison");
    assert!(register(&bench, &EXACT).await.keys_due);
    assert!(register(&bench, &EXACT).await.keys_due, "until they are made");
    assert_eq!(rekey(&bench, &EXACT).await, Rekeyed { changed: 1, ..Rekeyed::default() });
    assert_eq!(key(&bench, "crm-1").await.as_deref(), Some("Ab1"));
    assert!(!register(&bench, &EXACT).await.keys_due);
    assert_eq!(rekey(&bench, &EXACT).await, Rekeyed::default());
    let bench = with_names(bench, &EXACT).await;
    bench.accept("crm-2", &give("aB1"), 60).await;
    let lanes = [bench.lane("crm-1", "names").await, bench.lane("crm-2", "names").await];
    assert!(lanes.iter().all(|lane| lane.state == State::Ready));
    assert_eq!(bench.lane("crm-3", "alpha").await.subject_key.as_deref(), Some("7"), "of another route");
}

/// The start does not fail, both keep the identity that they were given, and one of them alone is sent.
pub async fn of_two_users_whose_identities_have_become_one_the_confirmed_one_keeps_it(bench: Bench) {
    let bench = with_names(bench, &EXACT).await;
    for (at, name) in ["É", "é", "e\u{301}", "zoe", "Zoe"].into_iter().enumerate() {
        bench.accept(&format!("crm-{at}"), &give(name), 0).await;
    }
    // The third one is the only one whom the vendor has confirmed.
    for work in bench.claim("names", 1).await.work {
        match work.user.as_str() {
            "crm-2" => bench.succeed(&work, 2).await,
            _ => bench.settle(&work, not_applied(WaitCause::Backoff, 90), 2).await,
        }
    }
    assert!(register(&bench, &FOLDED).await.keys_due);
    let rekeyed = rekey(&bench, &FOLDED).await;
    assert_eq!((rekeyed.taken, rekeyed.unaddressable), (3, 0));
    let keys = [key(&bench, "crm-2").await, key(&bench, "crm-3").await];
    assert_eq!(keys, [Some("é".to_owned()), Some("zoe".to_owned())]);
    for loser in ["crm-0", "crm-1", "crm-4"] {
        let lane = bench.lane(loser, "names").await;
        assert_eq!(lane.state, State::Blocked(BlockReason::SubjectTaken), "{loser}");
        assert_eq!(lane.subject_key, None);
        assert!(lane.subject.is_some(), "it was given, and stays");
    }
    let audit = bench.audit(3).await;
    assert!(audit.iter().all(|entry| entry.kind == "block"));
    let bench = with_names(bench, &FOLDED).await;
    assert_eq!(rekey(&bench, &FOLDED).await, Rekeyed::default());
    // Another try finds it taken still, and a new identity of one of them ends it.
    bench.accept("crm-4", r#"{"title":"b"}"#, 60).await;
    let mut change = bench.command("crm-4", &give("zoe-2"), 61);
    change.may_operate = true;
    bench.store.accept(change).await.expect("changed");
    let sent = bench.claim("names", 100).await.work;
    let sent: Vec<_> = sent.iter().map(|work| work.claim.subject.as_str()).collect();
    assert_eq!(sent, ["zoe-2", "zoe"]);
}

/// A process that ends half way leaves some keys made and others not.
pub async fn a_change_of_keys_that_was_broken_off_is_done_again(bench: Bench) {
    let bench = with_names(bench, &EXACT).await;
    bench.accept("crm-1", &give("Anna"), 0).await;
    rekey(&bench, &FOLDED).await;
    // As one that was not reached.
    bench.accept("crm-2", &give("Berta"), 1).await;
    assert_eq!(key(&bench, "crm-2").await.as_deref(), Some("Berta"));
    assert_eq!(rekey(&bench, &FOLDED).await, Rekeyed { changed: 1, ..Rekeyed::default() });
    let keys = [key(&bench, "crm-1").await, key(&bench, "crm-2").await];
    assert_eq!(keys, [Some("anna".to_owned()), Some("berta".to_owned())]);
}
