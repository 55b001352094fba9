//! What `doctor` says of routes, and that it changes nobody.

use std::process::Output;

use e2e::{Vendor, World, run};
use serde_json::Value;
use vendor_sim::ViolationKind;

fn doctor(world: &World, more: &[&str]) -> (Option<i32>, Value) {
    let config = world.write_config();
    let arguments = ["doctor", "--json", "--config", config.to_str().expect("a path in UTF-8")];
    let Output { status, stdout, stderr } = run(&[&arguments[..], more].concat(), &[]);
    let found =
        serde_json::from_slice(&stdout).unwrap_or_else(|_| Value::from(String::from_utf8_lossy(&stderr)));
    (status.code(), found)
}

/// How a check of a route ended.
fn health<'f>(found: &'f Value, route: &str, check: &str) -> (&'f str, &'f str) {
    let routes = found["routes"].as_array().expect("routes");
    let route = routes.iter().find(|found| found["route"] == route).expect("the route");
    let findings = route["findings"].as_array().expect("findings");
    let finding = findings.iter().find(|finding| finding["check"] == check);
    let text = |name: &str| finding.and_then(|finding| finding[name].as_str()).unwrap_or("not looked at");
    (text("health"), text("says"))
}

#[test]
fn routes_that_work_are_proven_without_changing_anybody() {
    let mut world = World::new();
    // Where nothing but people can be read, any path will do.
    world.allow(ViolationKind::UnknownPath);
    world.allow(ViolationKind::UnknownMethod);
    let (code, found) = doctor(&world, &[]);
    assert_eq!(code, Some(0), "{found}");
    for vendor in Vendor::ALL {
        assert_eq!(health(&found, vendor.name(), "reachable").0, "ok", "{found}");
    }
    for (route, credential) in [("communal", "ok"), ("usercom", "ok"), ("village", "untold")] {
        assert_eq!(health(&found, route, "credential").0, credential, "{route}: {found}");
    }
    assert_eq!(health(&found, "usercom", "fields").0, "ok", "{found}");
    // The whole address, because the path of it may be what is wrong.
    world.settings.set("village", "base_url", "\"http://127.0.0.1:1/wrong\"");
    let config = world.write_config();
    let table = run(&["doctor", "--config", config.to_str().expect("a path in UTF-8")], &[]);
    let table = String::from_utf8_lossy(&table.stdout).into_owned();
    assert!(table.contains("http://127.0.0.1:1/wrong "), "{table}");
    world.settings.set("village", "base_url", &format!("\"{}\"", world.simulators.village.base_url()));
    let (code, one) = doctor(&world, &["--route", "village"]);
    assert_eq!((code, one["routes"].as_array().map(Vec::len)), (Some(0), Some(1)));
}

#[test]
fn what_would_fail_is_said_with_what_to_do() {
    let mut world = World::new();
    world.allow(ViolationKind::UnknownPath);
    world.allow(ViolationKind::UnknownMethod);
    world.allow(ViolationKind::WrongCredential);
    world.write_secret(Vendor::Communal, "another-key");
    world.settings.set("village", "base_url", "\"http://127.0.0.1:1\"");
    world.settings.set("usercom", "fields", "{ title = \"no_such_attribute\" }");
    let (code, found) = doctor(&world, &[]);
    assert_eq!(code, Some(1), "{found}");
    let credential = health(&found, "communal", "credential");
    assert!(credential.0 == "failed" && credential.1.contains("valid one"), "{found}");
    assert_eq!(health(&found, "communal", "reachable").0, "ok");
    let village = health(&found, "village", "reachable");
    assert!(village.0 == "failed" && village.1.contains("nothing answers"), "{found}");
    let fields = health(&found, "usercom", "fields");
    assert!(fields.0 == "warning" && fields.1.contains("no_such_attribute (for title)"), "{found}");
    let (code, refused) = doctor(&world, &["--route", "nowhere"]);
    assert!(code == Some(2) && refused.to_string().contains("communal, communifire"), "{refused}");
}
