//! Events for operators.

use delivery::{
    event::{Condition, Event, EventKind, Facts, KEPT_FOR, MOST_KEPT},
    gate::{Pause, PauseReason},
    store::{Actor, Note, Sweep},
};
use serde_json::json;

use super::bench::Bench;

fn facts() -> Facts {
    json!({ "blocked": 12 }).as_object().cloned().unwrap_or_default()
}

impl Bench {
    async fn note(&self, condition: Condition, lasts: bool, now: i64) -> bool {
        let note = Note { route: self.id("beta"), condition, lasts, facts: facts(), now };
        self.store.note(note).await.expect("noted")
    }

    async fn pause(&self, reason: Option<PauseReason>, now: i64) {
        let pause = reason.map(|reason| Pause { reason, probe_at: None, probes: 0 });
        self.store.set_pause(self.id("alpha"), pause, Actor::gateway(), now).await.expect("stored");
    }

    async fn events(&self) -> Vec<Event> {
        self.store.events(0, 9_999).await.expect("read")
    }
}

/// What lasts is told when it begins and when it ends, and not in between.
pub async fn a_condition_is_told_when_it_begins_and_when_it_ends(bench: Bench) {
    assert!(!bench.note(Condition::Blocked, false, 1).await);
    assert!(bench.note(Condition::Blocked, true, 2).await);
    assert!(!bench.note(Condition::Blocked, true, 3).await);
    assert!(bench.note(Condition::Backlog, true, 4).await);
    let both = bench.store.conditions().await.expect("read");
    assert_eq!((both.len(), both[0].0), (2, bench.id("beta")));
    assert!(bench.note(Condition::Blocked, false, 5).await);
    assert_eq!(
        bench.store.conditions().await.expect("read"),
        [(bench.id("beta"), Condition::Backlog, facts())]
    );
    let events = bench.events().await;
    let told: Vec<_> = events.iter().map(|event| (event.seq, event.at, event.kind)).collect();
    assert_eq!(
        told,
        [(1, 2, EventKind::LanesBlocked), (2, 4, EventKind::BacklogLate), (3, 5, EventKind::LanesUnblocked)]
    );
    assert_eq!((events[0].route.as_str(), &events[0].facts), ("beta", &facts()));
    assert!(events[0].id != events[1].id && events[1].id != events[2].id);
    assert_eq!(bench.store.events(1, 1).await.expect("read"), events[1..2]);
}

/// A vendor's warning is told again when it names another day, and not when it is noted again, by whatever process.
pub async fn a_warning_with_another_date_is_told_anew(bench: Bench) {
    let note = async |says: Option<(&str, &str)>, now| {
        let facts = says.map(|(sunset, says)| json!({ "sunset": sunset, "says": says }));
        let facts = facts.and_then(|facts| facts.as_object().cloned()).unwrap_or_default();
        let (route, condition) = (bench.id("beta"), Condition::Deprecated);
        bench.store.note(Note { route, condition, lasts: says.is_some(), facts, now }).await.expect("noted")
    };
    assert!(note(Some(("2027-12-31T00:00:00Z", "old")), 1).await);
    assert!(!note(Some(("2027-12-31T10:00:00Z", "older")), 2).await);
    assert!(note(Some(("2027-06-30T00:00:00Z", "old")), 3).await);
    assert!(!note(Some(("2027-06-30T00:00:00Z", "old")), 4).await);
    let lasts = bench.store.conditions().await.expect("read");
    assert_eq!((lasts.len(), &lasts[0].2["sunset"]), (1, &json!("2027-06-30T00:00:00Z")));
    assert!(note(None, 5).await && !note(None, 6).await);
    let events = bench.events().await;
    let told: Vec<_> = events.iter().map(|event| (event.at, event.kind.name())).collect();
    assert_eq!(told, [(1, "api.deprecated"), (3, "api.deprecated"), (5, "api.supported")]);
    assert_eq!(bench.store.conditions().await, Ok(Vec::new()));
}

/// A pause is told with its reason, once for each.
pub async fn a_pause_is_told_with_its_reason(bench: Bench) {
    for (now, reason) in [
        (1, Some(PauseReason::Auth)),
        (2, Some(PauseReason::Auth)),
        (3, Some(PauseReason::Tls)),
        (4, None),
        (5, None),
    ] {
        bench.pause(reason, now).await;
    }
    let events = bench.events().await;
    let told: Vec<_> =
        events.iter().map(|event| (event.at, event.kind.name(), event.facts["reason"].as_str())).collect();
    assert_eq!(
        told,
        [
            (1, "route.paused", Some("auth")),
            (3, "route.paused", Some("tls")),
            (4, "route.resumed", Some("tls"))
        ]
    );
    assert_eq!((events[0].route.as_str(), events[0].vendor.is_empty()), ("alpha", false));
}

/// A new webhook begins at the end; what was told stays told.
pub async fn a_webhook_is_told_of_what_happens_from_now_on(bench: Bench) {
    let subscribe = |name: &str| bench.store.subscribe(name.to_owned());
    assert_eq!(subscribe("early").await, Ok(0));
    bench.pause(Some(PauseReason::Operator), 1).await;
    bench.pause(None, 2).await;
    assert_eq!((subscribe("early").await, subscribe("late").await), (Ok(0), Ok(2)));
    bench.store.told("early".to_owned(), 2).await.expect("noted");
    // An older word that comes late takes nothing back.
    bench.store.told("early".to_owned(), 1).await.expect("noted");
    assert_eq!(subscribe("early").await, Ok(2));
}

/// The oldest go first, and what is too old goes whether or not it was told.
pub async fn events_are_kept_in_bounded_number_and_for_a_bounded_time(bench: Bench) {
    let most = usize::try_from(MOST_KEPT).expect("a number");
    for at in 0..MOST_KEPT / 2 + 3 {
        bench.note(Condition::Blocked, true, at).await;
        bench.note(Condition::Blocked, false, at).await;
    }
    let events = bench.events().await;
    assert_eq!((events.len(), events[0].seq), (most, 7));
    let sweep = Sweep { updates_before: 0, attempts_before: 0, now: KEPT_FOR + 400 };
    assert_eq!(bench.store.sweep(sweep).await, Ok(794));
    assert_eq!(bench.events().await[0].at, 400);
    assert_eq!(bench.store.subscribe("new".to_owned()).await, Ok(MOST_KEPT + 6));
}
