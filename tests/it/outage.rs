use e2e::{PATIENCE, Vendor, World, field, fields, subject};

use crate::load::{Counters, change, check};

/// Updates during the outage.
const UPDATES: u64 = 50;

#[test]
fn fifty_updates_during_an_outage_are_one_request_after_it_and_delay_nobody_else() {
    let mut world = World::new();
    let gateway = world.start();
    let (api, jane) = (gateway.api(), world.people()[0].clone());
    world.introduce(&api, &jane);
    let id = subject(Vendor::Communal, &jane);
    let before = world.vendor(Vendor::Communal).requests();
    world.simulators.communal.refuse_connections();
    let mut last = None;
    for number in 1..=UPDATES {
        let update = api.patch(&jane.id, &[], &change(number)).expect(202).json();
        for vendor in [Vendor::Communifire, Vendor::UserCom, Vendor::Village] {
            // One request of the introduction.
            let applied = world.vendor(vendor).wait_for_applications(number + 1, PATIENCE);
            assert!(applied, "update {number} did not reach {} while Communal was down", vendor.name());
        }
        last = Some(update["id"].clone());
    }
    let last = last.expect("there were updates");
    let pending = api.update(&last)["routes"]["communal"].clone();
    assert_eq!(pending["state"], "pending", "{pending}");
    assert_eq!(pending["last_error"]["kind"], "unavailable", "{pending}");
    assert_eq!(world.vendor(Vendor::Communal).requests(), before);

    world.simulators.communal.accept_connections().expect("its port is free");
    api.wait_for_state(&last, "communal", "applied");
    let history = world.vendor(Vendor::Communal).history_after(before);
    assert_eq!(history.len(), 1);
    let newest = change(UPDATES);
    assert_eq!(fields(&history[0])[field(Vendor::Communal, "given_name")], newest["given_name"]);
    // What comes next is the next request: there was none in between.
    api.patch_through(&jane.id, &change(UPDATES + 1));
    assert_eq!(world.vendor(Vendor::Communal).requests(), before + 2);
    let record = world.vendor(Vendor::Communal).user(&id).expect("Jane exists");
    assert_eq!(record["telephone"], change(UPDATES + 1)["phone_number"]);
    let mut counters = Counters::new();
    let counter = counters.entry(jane.id.clone()).or_default();
    (counter.sent, counter.acknowledged) = (UPDATES + 1, UPDATES + 1);
    check(&world, &api, &[jane], &counters);
    gateway.stop();
}
