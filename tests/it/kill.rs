use e2e::{Vendor, World, eventually};
use serde_json::json;
use vendor_sim::{Apply, Fault, FaultRule};

use crate::load::{self, Counters, Load};

/// How often the gateway is killed.
const ROUNDS: u64 = 5;
const CALLERS: usize = 4;
const USERS: usize = 20;

#[test]
fn whatever_was_acknowledged_before_a_kill_arrives_in_order() {
    let world = World::new();
    let people = &world.people()[4..4 + USERS];
    let gateway = world.start();
    for person in people {
        world.introduce(&gateway.api(), person);
    }
    gateway.stop();
    for vendor in Vendor::ALL {
        misbehave(&world, vendor);
    }
    let mut counters = Counters::new();
    for round in 0..ROUNDS {
        let gateway = world.start();
        let load = Load::start(&gateway.api(), people, CALLERS, counters);
        load.wait_for_more(150 + 61 * round);
        gateway.kill();
        eventually(
            "a caller has noticed",
            || if load.lost() > 0 { Ok(()) } else { Err("none has".to_owned()) },
        );
        let (reached, statuses) = load.stop();
        assert!(statuses.iter().all(|status| matches!(status, 200 | 202)), "{statuses:?}");
        counters = reached;
    }
    for vendor in Vendor::ALL {
        let history = world.vendor(vendor).history();
        let unanswered = history.iter().filter(|exchange| exchange.status.is_none()).count();
        let refused = history.iter().filter(|exchange| exchange.status == Some(503)).count();
        assert!(unanswered > 0 && refused > 0, "{} has behaved: {unanswered}, {refused}", vendor.name());
        world.vendor(vendor).remove_faults(None);
    }
    let gateway = world.start();
    world.wait_for_rest(&gateway.operator());
    load::check(&world, &gateway.api(), people, &counters);
    gateway.stop();
}

/// A vendor that is slow, fails before and after applying, and loses connections before and after applying.
fn misbehave(world: &World, vendor: Vendor) {
    let faults = [
        (Fault::status(503), 0.03),
        (Fault::status(503).applying(Apply::Once), 0.03),
        (Fault::reset(), 0.02),
        (Fault::close_after_applying(), 0.02),
        (Fault::close_then_apply_later(300), 0.02),
        (Fault { jitter_ms: 60, ..Fault::latency(10) }, 0.5),
    ];
    for (fault, probability) in faults {
        world.vendor(vendor).add_fault(FaultRule::always(fault).with_probability(probability));
    }
}

#[test]
fn a_key_that_is_sent_again_after_a_kill_finds_its_update() {
    let world = World::new();
    let gateway = world.start();
    let jane = &world.people()[0];
    world.introduce(&gateway.api(), jane);
    let (key, change) = (("Idempotency-Key", "7f9c1d"), json!({ "nickname": "Janey" }));
    let first = gateway.api().patch(&jane.id, &[key], &change).expect(202).json();
    gateway.kill();

    let gateway = world.start();
    let api = gateway.api();
    let again = api.patch(&jane.id, &[key], &change);
    assert!(matches!(again.status, 200 | 202), "{}", again.text());
    assert_eq!(again.header("idempotency-replayed"), Some("true"));
    let again = again.json();
    assert_eq!((&again["id"], &again["version"]), (&first["id"], &json!(2)));
    assert_eq!(api.user(&jane.id)["version"], 2);
    let other = api.patch(&jane.id, &[key], &json!({ "nickname": "J" })).expect(422);
    assert_eq!(other.problem(), "idempotency-mismatch");
    api.wait_for_state(&first["id"], "communal", "applied");
    gateway.stop();
}
