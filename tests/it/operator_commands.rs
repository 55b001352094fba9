//! What the commands for a running gateway say to people.

use std::process::Output;

use e2e::{Vendor, World, eventually, run, subject};
use serde_json::{Value, json};
use vendor_sim::{Fault, FaultRule};

fn said(output: &Output) -> String {
    String::from_utf8_lossy(&output.stdout).into_owned()
}

fn complained(output: &Output) -> String {
    String::from_utf8_lossy(&output.stderr).into_owned()
}

#[test]
fn a_command_that_is_refused_says_what_is_missing() {
    let mut world = World::new();
    let made = run(&["key", "new", "--json"], &[]);
    let made: Value = serde_json::from_slice(&made.stdout).expect("JSON");
    world.settings.tables =
        format!("[[keys]]\nname = \"reader\"\nhash = {}\nscopes = [\"read\"]\n", made["hash"]);
    let gateway = world.start();
    // An address as people have it at hand, without a scheme.
    let address = gateway.operator().address().to_string();
    let reader = made["key"].as_str().expect("a key");
    let environment = [("PROFILE_GATEWAY_OPERATOR", address.as_str()), ("PROFILE_GATEWAY_KEY", world.key())];
    let fine = run(&["routes"], &environment);
    assert!(fine.status.success(), "{}", complained(&fine));
    for (arguments, words) in [
        (vec!["lanes", "--key", ""], "set PROFILE_GATEWAY_KEY"),
        (vec!["lanes", "--key", "pgw_bad"], "does not know this key"),
        (vec!["lanes", "--key", reader], "lacks the scope operate"),
        (vec!["lanes", "--limit", "100000"], "1..=100"),
        (vec!["lanes", "--operator", "ftp://127.0.0.1"], "http://127.0.0.1:8081"),
        (vec!["verify"], "--sample"),
    ] {
        let refused = run(&arguments, &environment);
        assert_eq!(refused.status.code(), Some(2), "{arguments:?}: {}", said(&refused));
        assert!(complained(&refused).contains(words), "{arguments:?}: {}", complained(&refused));
    }
    gateway.stop();
}

#[test]
fn commands_show_all_routes_of_a_user_and_say_when_there_is_nothing() {
    let world = World::new();
    let gateway = world.start();
    let jane = &world.people()[0];
    world.introduce(&gateway.api(), jane);
    world.wait_for_rest(&gateway.operator());
    let operator = format!("http://{}", gateway.operator().address());
    let environment = [("PROFILE_GATEWAY_OPERATOR", operator.as_str()), ("PROFILE_GATEWAY_KEY", world.key())];
    let explained = run(&["explain", &jane.id], &environment);
    assert!(explained.status.success(), "{}", complained(&explained));
    for vendor in ["communal", "communifire", "usercom", "village"] {
        assert!(said(&explained).contains(&format!("{} at {vendor}: ", jane.id)), "{}", said(&explained));
    }
    let all: Value =
        serde_json::from_slice(&run(&["explain", &jane.id, "--json"], &environment).stdout).expect("JSON");
    assert_eq!(all["routes"]["village"]["user"], json!(jane.id), "{all}");
    assert_eq!(said(&run(&["lanes"], &environment)), "no lane matches\n");
    assert!(said(&run(&["routes"], &environment)).starts_with("ROUTE "));
    let resync = run(&["routes", "resync", "village"], &environment);
    assert_eq!(said(&resync), "village has everything sent again for 1 user\n");
    // Nobody watches: nothing turns.
    assert_eq!(complained(&resync), "");
    gateway.stop();
}

#[test]
fn a_command_that_resumes_a_route_says_when_its_breaker_is_open() {
    let world = World::new();
    let gateway = world.start();
    let (api, operator) = (gateway.api(), gateway.operator());
    let people = world.people()[..6].to_vec();
    for person in &people {
        world.introduce(&api, person);
    }
    world.vendor(Vendor::Village).add_fault(FaultRule::always(Fault::status(502)));
    for person in &people {
        api.patch(&person.id, &[], &json!({ "given_name": "Ada" })).expect(202);
    }
    eventually("the breaker opens", || {
        let routes = operator.get("/v1/routes").json();
        if routes["routes"]["village"]["state"] == "breaker" { Ok(()) } else { Err(routes.to_string()) }
    });
    let url = format!("http://{}", operator.address());
    let environment = [("PROFILE_GATEWAY_OPERATOR", url.as_str()), ("PROFILE_GATEWAY_KEY", world.key())];
    let resumed = run(&["routes", "resume", "village"], &environment);
    assert!(said(&resumed).contains("its breaker is open"), "{}{}", said(&resumed), complained(&resumed));
    assert!(said(&resumed).contains("`routes probe village`"), "{}", said(&resumed));
    gateway.stop();
}

#[test]
fn where_no_lane_needs_anybody_it_is_said_who_waits_and_times_are_as_they_are_asked_for() {
    let world = World::new();
    let gateway = world.start();
    let (jane, operator) = (&world.people()[0], gateway.operator());
    world.introduce(&gateway.api(), jane);
    world.wait_for_rest(&operator);
    operator.post("/v1/routes/village/pause").expect(200);
    gateway.api().patch(&jane.id, &[], &json!({ "given_name": "Ada" })).expect(202);
    let url = format!("http://{}", operator.address());
    let environment = [("PROFILE_GATEWAY_OPERATOR", url.as_str()), ("PROFILE_GATEWAY_KEY", world.key())];
    eventually("only the paused route owes something", || {
        match said(&run(&["lanes"], &environment)).as_str() {
            "no lane matches; 1 user waits: lanes --state pending\n" => Ok(()),
            told => Err(told.to_owned()),
        }
    });
    let waiting = ["lanes", "--state", "pending"];
    let told = said(&run(&waiting, &environment));
    assert!(told.contains(&jane.id) && told.contains(" ago") && !told.contains("Z "), "{told}");
    let told = said(&run(&[&waiting[..], &["--utc"]].concat(), &environment));
    assert!(told.contains(&jane.id) && !told.contains(" ago") && told.contains("Z"), "{told}");
    let nobody = run(&["lanes", "--state", "pending", "--route", "communal"], &environment);
    assert!(said(&nobody).starts_with("no lane matches"), "{}", said(&nobody));
    gateway.stop();
}

#[test]
fn a_retry_at_a_route_that_is_paused_by_hand_says_what_it_waits_for() {
    let world = World::new();
    let gateway = world.start();
    let (api, operator, communal) = (gateway.api(), gateway.operator(), world.vendor(Vendor::Communal));
    let (jane, tomas) = (&world.people()[0], &world.people()[2]);
    world.introduce(&api, jane);
    let taken = json!({ "email": "taken@example.com" });
    communal.edit_user(&subject(Vendor::Communal, tomas), taken.as_object().cloned().unwrap_or_default());
    let answer = api.patch_through(&jane.id, &taken);
    assert_eq!(answer["routes"]["communal"]["state"], "held", "{answer}");
    operator.post("/v1/routes/communal/pause").expect(200);
    let lanes = operator.get("/v1/lanes?route=communal&state=held").json();
    let id = lanes["lanes"][0]["id"].to_string();
    let url = format!("http://{}", operator.address());
    let environment = [("PROFILE_GATEWAY_OPERATOR", url.as_str()), ("PROFILE_GATEWAY_KEY", world.key())];
    let retried = run(&["lanes", "retry", &id], &environment);
    let told = said(&retried);
    assert!(told.contains("when somebody resumes the route, not before"), "{told}{}", complained(&retried));
    gateway.stop();
}
