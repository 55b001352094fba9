use std::{
    io::{Read, Write},
    net::TcpStream,
    thread,
    time::{Duration, Instant},
};

use e2e::{Vendor, World, eventually, fields, subject};
use serde_json::json;
use vendor_sim::{Fault, FaultRule};

use crate::load::{self, Counters, Load};

/// How long a stop may take.
const LIMIT: Duration = Duration::from_secs(20);

#[test]
fn a_stop_under_load_ends_well_in_time_and_loses_nothing() {
    let world = World::new();
    let people = &world.people()[4..16];
    let mut gateway = world.start();
    let api = gateway.api();
    for person in people {
        world.introduce(&api, person);
    }
    for vendor in Vendor::ALL {
        world.vendor(vendor).add_fault(FaultRule::always(Fault::latency(50)));
    }
    let load = Load::start(&api, people, 4, Counters::new());
    load.wait_for_more(100);
    let asked = Instant::now();
    gateway.signal("TERM");
    let status = gateway.wait();
    assert!(status.success(), "{status}");
    assert!(asked.elapsed() < LIMIT, "{:?}", asked.elapsed());
    let (counters, statuses) = load.stop();
    assert!(statuses.iter().all(|status| matches!(status, 200 | 202 | 503)), "{statuses:?}");

    let gateway = world.start();
    world.wait_for_rest(&gateway.operator());
    load::check(&world, &gateway.api(), people, &counters);
    gateway.stop();
}

#[test]
fn a_caller_who_waits_for_a_paused_route_is_answered_when_the_gateway_stops() {
    let world = World::new();
    let mut gateway = world.start();
    let (api, operator, jane) = (gateway.api(), gateway.operator(), world.people()[0].clone());
    world.introduce(&api, &jane);
    operator.post("/v1/routes/village/pause").expect(200);
    let user = jane.id.clone();
    let waiting =
        thread::spawn(move || api.patch(&user, &[("Prefer", "wait=30")], &json!({ "given_name": "Janet" })));
    assert!(world.vendor(Vendor::Communal).wait_for_requests(2, e2e::PATIENCE));
    gateway.signal("TERM");
    let asked = Instant::now();
    let answer = waiting.join().expect("the caller does not fail").expect(202);
    assert_eq!(answer.json()["routes"]["village"]["waiting_for"], "route_paused", "{}", answer.text());
    assert!(gateway.wait().success());
    assert!(asked.elapsed() < LIMIT, "{:?}", asked.elapsed());

    // The pause outlives the process, and so does what is owed.
    let gateway = world.start();
    assert_eq!(gateway.operator().get("/v1/routes").json()["routes"]["village"]["state"], "paused");
    gateway.operator().post("/v1/routes/village/resume").expect(200);
    let village = world.vendor(Vendor::Village);
    eventually("the name has arrived", || match village.history().last().map(fields) {
        Some(sent) if sent.get("first_name") == Some(&json!("Janet")) => Ok(()),
        other => Err(format!("{other:?}")),
    });
    assert_eq!(
        village.user(&subject(Vendor::Village, &jane)).map(|user| user["first_name"].clone()),
        Some(json!("Janet"))
    );
    gateway.stop();
}

#[test]
fn a_stop_that_comes_during_a_reload_is_not_lost() {
    let world = World::new();
    let mut gateway = world.start();
    for _ in 0..20 {
        gateway.signal("HUP");
    }
    gateway.signal("TERM");
    assert!(gateway.wait().success());
}

#[test]
fn a_stop_waits_neither_for_a_vendor_that_hangs_nor_for_a_caller_who_dawdles() {
    let mut world = World::new();
    world.settings.set("communal", "timeout", "\"60s\"");
    let mut gateway = world.start();
    let (api, jane) = (gateway.api(), &world.people()[0]);
    world.introduce(&api, jane);
    let communal = world.vendor(Vendor::Communal);
    communal.add_fault(FaultRule::once(Fault::hang()));
    let update = api.patch(&jane.id, &[], &load::change(1)).expect(202).json();
    assert!(communal.wait_for_requests(2, e2e::PATIENCE), "nothing was sent");
    // One caller keeps a connection, one has sent half a request.
    let mut connections = [(); 2].map(|()| TcpStream::connect(api.address()).expect("a connection"));
    connections[0].write_all(b"GET /v1/nothing HTTP/1.1\r\nHost: here\r\n\r\n").expect("a connection");
    connections[0].read_exact(&mut [0; 12]).expect("an answer");
    let half =
        format!("PATCH /v1/users/x HTTP/1.1\r\nHost: here\r\nAuthorization: Bearer {}\r\n", world.key());
    let half = format!("{half}Content-Type: application/json\r\nContent-Length: 1000\r\n\r\n{{");
    connections[1].write_all(half.as_bytes()).expect("a connection");
    gateway.signal("TERM");
    let asked = Instant::now();
    let status = gateway.wait();
    assert!(status.success(), "{status}");
    assert!(asked.elapsed() < LIMIT, "{:?}", asked.elapsed());
    assert_eq!(communal.user("89").map(|user| user["first_name"].clone()), Some(json!("Jane")));
    drop(connections);

    let gateway = world.start();
    gateway.api().wait_for_state(&update["id"], "communal", "applied");
    assert_eq!(
        communal.user("89").map(|user| user["first_name"].clone()),
        Some(load::change(1)["given_name"].clone())
    );
    gateway.stop();
}
