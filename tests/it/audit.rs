use e2e::{World, run};
use rusqlite::Connection;
use serde_json::Value;

/// Runs a command with the key of the world; its exit code and what it prints.
fn command(world: &World, operator: &str, arguments: &[&str]) -> (Option<i32>, String) {
    let environment = [("PROFILE_GATEWAY_OPERATOR", operator), ("PROFILE_GATEWAY_KEY", world.key())];
    let output = run(arguments, &environment);
    let said = [output.stdout, output.stderr].concat();
    (output.status.code(), String::from_utf8_lossy(&said).into_owned())
}

#[test]
fn the_audit_is_listed_and_verified_while_the_gateway_runs_and_afterwards() {
    let world = World::new();
    let mut gateway = world.start();
    world.introduce(&gateway.api(), &world.people()[0]);
    for act in ["pause", "resume"] {
        gateway.operator().post(&format!("/v1/routes/village/{act}")).expect(200);
    }
    std::fs::write(world.path("gateway.toml"), "[nonsense]").expect("written");
    gateway.signal("HUP");
    gateway.wait_for_log("the configuration was not reloaded; the old one stays");
    let operator = format!("http://{}", gateway.operator().address());
    let ask = |arguments: &[&str]| command(&world, &operator, arguments);

    let (code, listed) = ask(&["audit", "--kind", "reload"]);
    assert!(code == Some(0) && listed.contains("signal") && listed.contains("refused:"), "{listed}");
    assert!(listed.contains(" s ago  ") && !listed.contains("Z  "), "{listed}");
    let (_, absolute) = ask(&["audit", "--kind", "reload", "--utc"]);
    assert!(absolute.contains("Z  ") && !absolute.contains(" ago "), "{absolute}");
    let (_, page) = ask(&["audit", "--limit", "2", "--json"]);
    let page: Value = serde_json::from_str(&page).expect("JSON");
    assert_eq!(
        (page["entries"][0]["kind"].as_str(), page["entries"][1]["kind"].as_str()),
        (Some("reload"), Some("resume"))
    );
    let (code, since) = ask(&[
        "audit",
        "--route",
        "village",
        "--since",
        "1h",
        "--after",
        page["next"].as_str().expect("more"),
    ]);
    assert!(code == Some(0) && since.contains("pause") && !since.contains("resume"), "{since}");
    assert_eq!(ask(&["audit", "--kind", "paused"]).0, Some(2));
    assert_eq!(ask(&["audit", "--since", "yesterday"]).0, Some(2));
    let (code, report) = ask(&["audit", "verify", "--json"]);
    let report: Value = serde_json::from_str(&report).expect("JSON");
    assert_eq!((code, &report["intact"]), (Some(0), &Value::Bool(true)));
    let early = report["head"].as_str().expect("a head").to_owned();
    gateway.operator().post("/v1/routes/village/pause").expect(200);
    gateway.signal("TERM");
    assert!(gateway.wait().success());
    let log = gateway.log().join("\n");
    let last = log.lines().find(|line| line.contains("the audit ends here")).expect("the head is in the log");
    let last: Value = serde_json::from_str(last).expect("JSON");
    let last = last["head"].as_str().expect("a head");

    let database = world.path("gateway.db");
    let file = database.to_str().expect("a path in UTF-8");
    let verify = |head: &str| command(&world, "", &["audit", "verify", "--database", file, "--head", head]);
    for head in [&*early, last] {
        let (code, said) = verify(head);
        assert!(code == Some(0) && said.contains(last), "{said}");
    }
    let tamper =
        |sql: &str| Connection::open(&database).and_then(|file| file.execute_batch(sql)).expect("changed");
    tamper("DELETE FROM audit WHERE kind = 'pause' AND seq = (SELECT max(seq) FROM audit)");
    let (code, said) = verify(&early);
    assert!(code == Some(1) && said.contains("the end was cut off"), "{said}");
    tamper("UPDATE audit SET who = 'nobody' WHERE seq = 2");
    let (code, said) = verify(last);
    assert!(code == Some(1) && said.contains("the entry 2 was changed"), "{said}");
}
