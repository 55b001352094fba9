use e2e::{Gateway, Vendor, World, eventually};
use serde_json::{Value, json};
use vendor_sim::{Config, ViolationKind};

#[test]
fn a_refused_credential_pauses_the_route_and_a_new_one_in_its_file_is_used_when_it_is_resumed() {
    let (world, gateway, updates) = refused();
    world.write_secret(Vendor::Communal, &Config::new(Vendor::Communal).credential);
    // The route would try by itself after a minute.
    gateway.operator().post("/v1/routes/communal/resume").expect(200);
    assert_delivered(&gateway, &updates);
    gateway.stop();
}

#[test]
fn a_new_credential_in_its_file_is_found_without_anybody_doing_anything() {
    let (world, gateway, updates) = refused();
    world.write_secret(Vendor::Communal, &Config::new(Vendor::Communal).credential);
    assert_delivered(&gateway, &updates);
    gateway.stop();
}

#[test]
fn a_reload_takes_a_new_credential_over_and_opens_the_route_that_was_paused_for_the_old_one() {
    let (world, gateway, updates) = refused();
    world.write_secret(Vendor::Communal, &Config::new(Vendor::Communal).credential);
    let report = gateway.operator().post("/v1/reload").expect(200).json();
    assert_eq!(report["changes"], json!(["route communal has another credential"]));
    assert_delivered(&gateway, &updates);
    gateway.stop();
}

/// A gateway whose credential for Communal is refused, and the updates that wait for a better one.
fn refused() -> (World, Gateway, Vec<Value>) {
    let mut world = World::new();
    world.allow(ViolationKind::WrongCredential);
    world.write_secret(Vendor::Communal, "an-old-credential");
    let gateway = world.start();
    let api = gateway.api();
    let update = |person: &e2e::Person| {
        api.patch(&person.id, &[], &person.introduction()).expect(202).json()["id"].clone()
    };
    let updates: Vec<Value> = world.people()[..3].iter().map(update).collect();
    eventually("the route is paused", || {
        let route = communal(&gateway);
        if route["state"] == "paused" && route["reason"] == "auth" { Ok(()) } else { Err(route.to_string()) }
    });
    for update in &updates {
        eventually("the update waits for the route", || {
            let waiting = api.update(update)["routes"]["communal"].clone();
            if waiting["waiting_for"] == "route_paused" { Ok(()) } else { Err(waiting.to_string()) }
        });
        api.wait_for_state(update, "usercom", "applied");
    }
    (world, gateway, updates)
}

#[track_caller]
fn assert_delivered(gateway: &Gateway, updates: &[Value]) {
    for update in updates {
        gateway.api().wait_for_state(update, "communal", "applied");
    }
    assert_eq!(communal(gateway)["state"], "open");
}

fn communal(gateway: &Gateway) -> Value {
    gateway.operator().get("/v1/routes").expect(200).json()["routes"]["communal"].clone()
}
