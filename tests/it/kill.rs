use e2e::{
    World,
    crash::{Cycles, Sabotage},
};
use serde_json::json;

/// How often the process is killed or stopped under load.
const CYCLES: u64 = 20;

/// `KILL_CYCLES` and `KILL_SEED` are for longer runs and for another look at a failure.
fn number(name: &str, usual: u64) -> u64 {
    std::env::var(name).map_or(usual, |text| text.parse().expect("a number"))
}

#[test]
fn whatever_was_acknowledged_before_a_kill_arrives_in_order() {
    let (cycles, seed) = (number("KILL_CYCLES", CYCLES), number("KILL_SEED", 1));
    eprintln!("KILL_SEED={seed} KILL_CYCLES={cycles}");
    let figures = Cycles::new(seed).run(cycles, |so_far| eprintln!("{so_far}"));
    assert!(figures.is_good(), "{figures}");
    assert_eq!(figures.kills + figures.stops, cycles);
    assert!(
        figures.acknowledged > 100 && figures.replayed > 0 && !figures.duplicates.is_empty(),
        "{figures}"
    );
}

#[test]
fn a_database_that_forgets_is_found_out() {
    let figures = Cycles { sabotage: Some(Sabotage::Forget), ..Cycles::new(2) }.run(3, |_| {});
    assert!(figures.lost > 0, "{figures}");
}

#[test]
fn a_vendor_that_confirms_and_does_not_apply_is_found_out() {
    let figures = Cycles { sabotage: Some(Sabotage::Lie), ..Cycles::new(3) }.run(3, |_| {});
    assert!(figures.findings.iter().any(|finding| finding.starts_with("G9")), "{figures}");
    assert_eq!(figures.lost, 0, "{figures}");
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
