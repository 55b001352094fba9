//! Routes, restarts and operators.

use std::sync::Arc;

use canonical::Leaf;
use delivery::{
    RouteSet,
    audit::{AuditEntry, AuditFilter, AuditHead, AuditKind, AuditRow, ChainCheck},
    gate::{Pause, PauseReason},
    lane::{BlockReason, FailureClass, Outcome, Priority, Rearm, State, WaitCause},
    store::{AcceptError, Actor, Enrol, RearmTarget, RouteRegistration, StoreError},
};

use super::bench::{Bench, WINDOW, rejected, unknown, user};
use crate::routes;

/// A name is one vendor for ever.
pub async fn route_ids_stay_and_a_changed_meaning_is_refused(bench: Bench) {
    let alpha = RouteRegistration::of(&routes::plain("alpha"));
    let register = |route| bench.store.register_routes(vec![route]);
    let again = register(alpha.clone()).await.expect("known");
    assert_eq!((again[0].id, again[0].pass_due), (bench.id("alpha"), false));
    for what in ["vendor", "subject kind", "origin"] {
        let mut changed = alpha.clone();
        *match what {
            "vendor" => &mut changed.vendor,
            "subject kind" => &mut changed.subject_kind,
            _ => &mut changed.origin,
        } = "other".to_owned();
        let both =
            bench.store.register_routes(vec![RouteRegistration::of(&routes::plain("new")), changed]).await;
        assert!(matches!(both, Err(StoreError::RouteChanged { what: told, .. }) if told == what), "{what}");
    }
    let mut moved = alpha.clone();
    (moved.origin, moved.confirm_origin) = ("https://moved.test".to_owned(), true);
    for other in [
        RouteRegistration { vendor: "other".to_owned(), ..moved.clone() },
        RouteRegistration { subject_kind: "other".to_owned(), ..moved.clone() },
    ] {
        assert!(register(other).await.is_err(), "who confirms an origin confirms nothing else");
    }
    let moved_to = register(moved.clone()).await.expect("confirmed");
    assert_eq!((moved_to[0].id, moved_to[0].changes, moved_to[0].pass_due), (bench.id("alpha"), 1, true));
    moved.confirm_origin = false;
    let again = register(moved.clone()).await.expect("the new origin is known");
    assert!(again[0].pass_due, "the pass that it made due is not over");
    assert!(register(alpha).await.is_err(), "and the old one is another now");
    assert!(bench.pass("alpha", 1, 1).await.is_over);
    assert!(!register(moved.clone()).await.expect("known")[0].pass_due);
    moved.mapping_revision += 1;
    let remapped = register(moved.clone()).await.expect("known");
    assert_eq!((remapped[0].changes, remapped[0].pass_due), (2, true));
    assert_eq!(register(moved).await.expect("known")[0].changes, 2);
    // Nothing of a refused registration was stored: the next id is the next number.
    let new = register(RouteRegistration::of(&routes::plain("new"))).await.expect("new");
    assert_eq!(new[0].id.0, 5);
}

/// A changed mapping or place makes a pass due, which goes through the lanes in steps and is gone on with by the next process.
pub async fn a_changed_route_is_looked_through_in_steps_and_owes_what_it_never_sent(bench: Bench) {
    for number in 1..=5 {
        let user = format!("crm-{number}");
        bench.accept(&user, &format!(r#"{{"title":"a","identities":{{"alpha":{number}}}}}"#), 0).await;
        let work = bench.claim_one("alpha", 1).await;
        bench.succeed(&work, 2).await;
    }
    assert!(bench.pass("alpha", 0, 2).await.is_over, "nothing has changed");
    let mut moved = RouteRegistration::of(&routes::plain("alpha"));
    (moved.origin, moved.confirm_origin) = ("https://moved.test".to_owned(), true);
    bench.store.register_routes(vec![moved]).await.expect("confirmed");
    let bench = bench.with(routes::moved("alpha", "https://moved.test"));
    let old = bench.pass("alpha", 0, 2).await;
    assert_eq!((old.woken, old.is_over), (0, false), "it would look under the mapping of before");
    let steps =
        [bench.pass("alpha", 1, 2).await, bench.pass("alpha", 1, 2).await, bench.pass("alpha", 1, 2).await];
    assert_eq!(steps.map(|step| (step.woken, step.is_over)), [(2, false), (2, false), (1, true)]);
    assert!(bench.pass("alpha", 1, 2).await.is_over);
    for number in 1..=5 {
        let lane = bench.lane(&format!("crm-{number}"), "alpha").await;
        assert_eq!((lane.state, lane.priority), (State::Ready, Priority::Bulk), "crm-{number}");
    }
}

/// A paused route is found paused.
pub async fn a_pause_stays_and_is_audited(bench: Bench) {
    let (id, by) = (bench.id("alpha"), Actor("ops".to_owned()));
    let alpha = || vec![RouteRegistration::of(&routes::plain("alpha"))];
    for pause in [
        Pause { reason: PauseReason::Operator, probe_at: None, probes: 0 },
        Pause { reason: PauseReason::Auth, probe_at: Some(77), probes: 3 },
    ] {
        bench.store.set_pause(id, Some(pause), by.clone(), 5).await.expect("paused");
        assert_eq!(bench.store.register_routes(alpha()).await.expect("known")[0].pause, Some(pause));
    }
    bench.store.set_pause(id, None, by, 6).await.expect("resumed");
    assert_eq!(bench.store.register_routes(alpha()).await.expect("known")[0].pause, None);
    let audit = bench.audit(2).await;
    let told: Vec<_> =
        audit.iter().map(|entry| (entry.kind.as_str(), entry.route, entry.who.as_str())).collect();
    assert_eq!(told, [("resume", Some(id), "ops"), ("pause", Some(id), "ops")]);
}

/// A route that is new sends nothing by itself; whoever it could address is enrolled on demand, once.
pub async fn users_whom_a_new_route_can_address_get_a_lane_when_asked_for(bench: Bench) {
    let mail = bench.id("mail");
    let before = Arc::new(RouteSet::new(
        bench.routes.iter().filter(|(id, _)| *id != mail).map(|(id, route)| (id, Arc::clone(route))),
    ));
    for (id, json) in [
        ("crm-1", r#"{"email":"a@x.org","title":"a"}"#),
        ("crm-2", r#"{"title":"nobody knows an address"}"#),
        ("crm-3", r#"{"email":"c@x.org","title":"c"}"#),
    ] {
        let mut command = bench.command(id, json, 1);
        command.routes = Arc::clone(&before);
        bench.store.accept(command).await.expect("accepted");
    }
    let enrol = Enrol { route: mail, routes: Arc::clone(&bench.routes), now: 2 };
    assert_eq!(bench.store.enrol(enrol.clone()).await, Ok(2));
    assert_eq!(bench.store.enrol(enrol).await, Ok(0));
    let lane = bench.lane("crm-1", "mail").await;
    assert_eq!((lane.state, lane.priority), (State::Ready, Priority::Bulk));
    assert_eq!(bench.claim("mail", 3).await.work.len(), 2);
}

/// C5 to C8: whatever was under way may have been applied.
pub async fn a_start_makes_lanes_in_flight_suspect(bench: Bench) {
    bench.accept("crm-1", r#"{"title":"a","identities":{"alpha":7,"beta":7}}"#, 0).await;
    let lost = bench.claim_one("alpha", 1).await;
    assert_eq!(bench.store.start(bench.windows(), 1_000).await, Ok(1));
    let lane = bench.lane("crm-1", "alpha").await;
    assert_eq!(lane.state, State::Wait(WaitCause::Backoff));
    assert_eq!((lane.suspect_until, lane.last_class), (Some(1_000 + WINDOW), Some(FailureClass::Internal)));
    assert_eq!(bench.lane("crm-1", "beta").await.state, State::Ready);
    let again = bench.claim_one("alpha", 3_000).await;
    assert!(again.claim.epoch > lost.claim.epoch);
    bench.succeed(&again, 3_001).await;
    // Until nothing can be applied late the value is not confirmed for good: it is sent once more.
    let lane = bench.lane("crm-1", "alpha").await;
    assert_eq!((lane.state, lane.slots.newest(&Leaf::Title).0), (State::Wait(WaitCause::Verify), 1));
    assert!(lane.slots.iter().all(|slot| slot.in_doubt));
    let verify = bench.claim_one("alpha", 1_000 + WINDOW).await;
    assert_eq!(verify.claim.leaves(), [(Leaf::Title, 1)]);
    bench.succeed(&verify, 1_000 + WINDOW).await;
    assert_eq!(bench.lane("crm-1", "alpha").await.state, State::Idle);
    assert_eq!(bench.store.start(bench.windows(), 200_000).await, Ok(0));
}

/// A lane may be suspect without being in flight: how long the process was away is not known, so that its suspicion begins anew,
/// whether it waits for its next try, waits to assert everything once more, or is ready.
pub async fn a_start_makes_every_suspicion_begin_anew(bench: Bench) {
    for (id, subject) in [("crm-1", 1), ("crm-2", 2), ("crm-3", 3)] {
        let json = format!(r#"{{"title":"a","identities":{{"alpha":{subject}}}}}"#);
        bench.accept(id, &json, 0).await;
        let lost = bench.claim_one("alpha", 1).await;
        bench.settle(&lost, unknown(2_000, WINDOW), 10).await;
    }
    let works = bench.claim("alpha", 2_000).await.work;
    assert_eq!(works.len(), 3);
    bench.settle(&works[0], unknown(4_000, WINDOW), 2_010).await;
    bench.succeed(&works[1], 2_010).await;
    bench.settle(&works[2], unknown(4_000, WINDOW), 2_010).await;
    let third = bench.row("crm-3", "alpha").await.id.expect("stored");
    bench.rearm(Rearm::Retry, RearmTarget::Lanes(vec![third]), 2_020).await;
    let states = [State::Wait(WaitCause::Backoff), State::Wait(WaitCause::Verify), State::Ready];
    let users = ["crm-1", "crm-2", "crm-3"];
    for (id, state) in users.into_iter().zip(states) {
        assert_eq!(bench.lane(id, "alpha").await.state, state, "{id}");
    }
    let now = 70_000;
    assert_eq!(bench.store.start(bench.windows(), now).await, Ok(3));
    for (id, state) in users.into_iter().zip(states) {
        let lane = bench.lane(id, "alpha").await;
        assert_eq!((lane.state, lane.suspect_until), (state, Some(now + WINDOW)), "{id}");
    }
    // Not when the suspicion of before would have ended, but when that of now does.
    assert_eq!(bench.claim("alpha", WINDOW).await.work.len(), 2);
    assert_eq!(bench.claim_one("alpha", now + WINDOW).await.user, user("crm-2"));
}

/// A restart does not forget what a vendor refused.
pub async fn a_start_keeps_what_is_held(bench: Bench) {
    bench.accept("crm-1", r#"{"title":"bad","nickname":"n","identities":{"alpha":7}}"#, 0).await;
    let work = bench.claim_one("alpha", 1).await;
    bench.settle(&work, rejected(&[Leaf::Title]), 2).await;
    bench.claim_one("alpha", 3).await;
    assert_eq!(bench.store.start(bench.windows(), 1_000).await, Ok(1));
    assert!(bench.lane("crm-1", "alpha").await.held.contains_key(&Leaf::Title));
}

/// An event for a route reaches more lanes than fit a page.
pub async fn a_retry_reaches_every_lane_of_a_route(bench: Bench) {
    const LANES: u64 = 1_050;
    let bench = Arc::new(bench);
    let users: Vec<_> = (1..=LANES)
        .map(|number| {
            let bench = Arc::clone(&bench);
            let json = format!(r#"{{"title":"n","identities":{{"alpha":{number}}}}}"#);
            async move { bench.accept(&format!("crm-{number}"), &json, 0).await }
        })
        .collect();
    // Not all at once: a store may refuse more than it can queue.
    for user in users {
        user.await;
    }
    let mut due = bench.due("alpha", 1);
    due.limit = 2_000;
    for work in bench.store.claim(due).await.expect("claimed").work {
        let outcome = Outcome::Blocked {
            reason: BlockReason::Forbidden,
            class: FailureClass::Forbidden,
            status: Some(403),
            release_subject: false,
            suspect_until: None,
        };
        bench.settle(&work, outcome, 1).await;
    }
    let alpha = bench.id("alpha");
    assert_eq!(bench.store.counts(alpha).await.expect("read").blocked, LANES);
    assert_eq!(bench.rearm(Rearm::Retry, RearmTarget::Attention(alpha), 2).await, LANES);
    assert_eq!(bench.store.counts(alpha).await.expect("read").pending, LANES);
    assert_eq!(bench.rearm(Rearm::Retry, RearmTarget::Attention(alpha), 3).await, 0);
    assert_eq!(bench.rearm(Rearm::Resync, RearmTarget::Route(alpha), 4).await, LANES);
}

/// Who did what to which lanes.
pub async fn acts_of_operators_are_audited(bench: Bench) {
    bench.accept("crm-1", r#"{"title":"a","identities":{"alpha":7}}"#, 0).await;
    let id = bench.row("crm-1", "alpha").await.id.expect("stored");
    bench.rearm(Rearm::Resync, RearmTarget::Lanes(vec![id, id]), 5).await;
    bench.rearm(Rearm::RouteWorks, RearmTarget::Route(bench.id("alpha")), 6).await;
    bench.store.audit(row(7, AuditKind::Reload, "3 routes")).await.expect("written");
    let audit = bench.audit(2).await;
    assert_eq!(audit[0], AuditEntry::after(&audit[1].head(), row(7, AuditKind::Reload, "3 routes")));
    assert_eq!((audit[1].kind.as_str(), audit[1].at, audit[1].who.as_str()), ("resync", 5, "ops"));
    assert_eq!(audit[1].detail, format!("lanes {}, {}", id.0, id.0));
}

fn row(at: i64, kind: AuditKind, detail: &str) -> AuditRow {
    AuditRow { at, who: "ops".to_owned(), kind, route: None, detail: detail.to_owned() }
}

/// What the gateway goes on with by itself is no news; whatever an operator does is.
pub async fn a_pause_that_goes_on_is_audited_once(bench: Bench) {
    let id = bench.id("alpha");
    let pause = |probes| Some(Pause { reason: PauseReason::Auth, probe_at: Some(77), probes });
    for probes in 0..3 {
        bench.store.set_pause(id, pause(probes), Actor::gateway(), 5).await.expect("paused");
    }
    assert_eq!(bench.audit(9).await.len(), 1);
    bench.store.set_pause(id, pause(3), Actor("ops".to_owned()), 6).await.expect("paused");
    bench.store.set_pause(id, None, Actor::gateway(), 7).await.expect("resumed");
    let kinds: Vec<_> = bench.audit(9).await.into_iter().map(|entry| entry.kind).collect();
    assert_eq!(kinds, ["resume", "pause", "pause"]);
}

/// Each entry holds the hash of the one before, from the first one on, whatever was written together.
pub async fn the_audit_is_one_chain_and_its_head_is_known(bench: Bench) {
    assert_eq!(bench.store.audit_head().await, Ok(AuditHead::START));
    let bench = Arc::new(bench);
    let writers: Vec<_> = (1..=40)
        .map(|number| {
            let bench = Arc::clone(&bench);
            let json = format!(r#"{{"title":"a","identities":{{"alpha":{number},"beta":{number}}}}}"#);
            tokio::spawn(async move { bench.accept(&format!("crm-{number}"), &json, number).await })
        })
        .collect();
    for writer in writers {
        writer.await.expect("ends");
    }
    // A refused update appends nothing.
    bench.refused(bench.command("crm-41", r#"{"identities":{"alpha":1}}"#, 50)).await;
    let (mut check, mut after) = (ChainCheck::new([]), None);
    loop {
        let page = bench.store.audit_chain(after, 7).await.expect("read");
        let Some(last) = page.last() else { break };
        page.iter().for_each(|entry| check.push(entry));
        after = Some(last.seq);
    }
    let report = check.finish(None);
    assert_eq!((report.fault, report.head.seq), (None, 80));
    assert_eq!(bench.store.audit_head().await, Ok(report.head));
}

/// Filters hold together, and a page begins where the one before ended.
pub async fn the_audit_is_listed_by_kind_route_and_time(bench: Bench) {
    bench.accept("crm-1", r#"{"title":"a","identities":{"alpha":7,"beta":7}}"#, 1).await;
    for at in 2..6 {
        bench.store.audit(row(at, AuditKind::Reload, "")).await.expect("written");
    }
    let list = |filter| bench.store.audit_log(filter);
    let seqs = |entries: Vec<AuditEntry>| entries.iter().map(|entry| entry.seq).collect::<Vec<_>>();
    let all = AuditFilter::newest(9);
    let reloads = AuditFilter { kind: Some(AuditKind::Reload), ..all.clone() };
    assert_eq!(seqs(list(reloads.clone()).await.expect("read")), [6, 5, 4, 3]);
    let alpha = AuditFilter { route: Some(bench.id("alpha")), ..all.clone() };
    assert_eq!(list(alpha).await.expect("read").len(), 1);
    let late = AuditFilter { since: Some(4), ..reloads.clone() };
    assert_eq!(seqs(list(late).await.expect("read")), [6, 5]);
    let page = AuditFilter { before: Some(5), limit: 1, ..reloads };
    assert_eq!(seqs(list(page).await.expect("read")), [4]);
    assert_eq!(seqs(list(all).await.expect("read")), [6, 5, 4, 3, 2, 1]);
}

/// The observer's last word about a lane is what is stored.
pub async fn the_observer_sees_every_change(bench: Bench) {
    bench.accept("crm-1", r#"{"title":"a","nickname":"b","identities":{"alpha":7,"needy":7}}"#, 0).await;
    let work = bench.claim_one("alpha", 1).await;
    bench.settle(&work, rejected(&[Leaf::Title]), 2).await;
    bench.claim("needy", 3).await;
    bench.claim_one("alpha", 4).await;
    bench.store.start(bench.windows(), 5).await.expect("started");
    bench.rearm(Rearm::Retry, RearmTarget::Attention(bench.id("needy")), 6).await;
    // The observer may be told after the caller is answered, but not after the next operation is.
    bench.store.check().await.expect("writable");
    let stored = bench.user("crm-1").await.lanes;
    assert_eq!(stored.len(), 2);
    for row in stored {
        let id = row.id.expect("stored");
        assert_eq!(bench.recorder.last(id), Some(row.lane));
    }
}

/// Nothing is taken that would not be kept.
pub async fn a_closed_store_takes_nothing(bench: Bench) {
    bench.accept("crm-1", r#"{"title":"a"}"#, 0).await;
    bench.store.close().await;
    let refused = bench.refused(bench.command("crm-1", r#"{"title":"b"}"#, 1)).await;
    assert_eq!(refused, AcceptError::Store(StoreError::Closed));
    assert_eq!(bench.store.user(&user("crm-1")).await, Err(StoreError::Closed));
    assert_eq!(bench.store.check().await, Err(StoreError::Closed));
    bench.store.close().await;
}
