use e2e::{Vendor, World, request, run};
use serde_json::json;

#[test]
fn a_paused_route_waits_while_the_others_go_on() {
    let world = World::new();
    let gateway = world.start();
    let (api, operator, jane) = (gateway.api(), gateway.operator(), &world.people()[0]);
    world.introduce(&api, jane);
    operator.post("/v1/routes/usercom/pause").expect(200);
    let before = world.vendor(Vendor::UserCom).requests();
    let update = api.patch(&jane.id, &[], &json!({ "phone_number": "+14165550002" })).expect(202).json();
    for (route, state) in [("communal", "applied"), ("communifire", "applied"), ("village", "accepted")] {
        api.wait_for_state(&update["id"], route, state);
    }
    let paused = api.update(&update["id"])["routes"]["usercom"].clone();
    assert_eq!(
        (&paused["state"], &paused["waiting_for"]),
        (&json!("pending"), &json!("route_paused")),
        "{paused}"
    );
    assert_eq!(api.user(&jane.id)["routes"]["usercom"]["state"], "paused");
    assert_eq!(world.vendor(Vendor::UserCom).requests(), before);
    let routes = operator.get("/v1/routes").expect(200).json();
    assert_eq!(routes["routes"]["usercom"]["state"], "paused", "{routes}");
    assert_eq!(routes["routes"]["usercom"]["reason"], "operator");
    assert_eq!(routes["routes"]["usercom"]["users"]["pending"], 1);

    operator.post("/v1/routes/usercom/resume").expect(200);
    api.wait_for_state(&update["id"], "usercom", "applied");
    let audit = operator.get("/v1/audit").expect(200).text();
    assert!(audit.contains("pause") && audit.contains("resume"), "{audit}");
    gateway.stop();
}

#[test]
fn health_and_metrics_need_no_key_and_everything_else_does() {
    let world = World::new();
    let gateway = world.start();
    let operator = gateway.operator();
    world.introduce(&gateway.api(), &world.people()[0]);
    let anonymous = |path| request(operator.address(), "GET", path, &[], b"").expect("an answer");
    assert_eq!(anonymous("/live").expect(200).text(), "live\n");
    assert_eq!(anonymous("/ready").expect(200).text(), "ready\n");
    let metrics = anonymous("/metrics").expect(200).text();
    for line in [
        "profile_gateway_updates_accepted_total{caller=\"crm\"} 1",
        "profile_gateway_lanes{route=\"communal\",state=\"all\"} 1",
        "profile_gateway_route_paused{route=\"village\",reason=\"auth\"} 0",
        "# EOF",
    ] {
        assert!(metrics.lines().any(|own| own == line), "{line} is not in\n{metrics}");
    }
    for path in ["/v1/lanes", "/v1/routes", "/v1/audit"] {
        assert_eq!(anonymous(path).expect(401).problem(), "unauthenticated");
    }
    // What operators do is not to be had where callers are.
    assert_eq!(gateway.api().get("/v1/lanes").status, 404);
    let callers = format!("http://{}", gateway.api().address());
    let mistaken = run(&["routes", "--operator", &callers, "--key", world.key()], &[]);
    assert_eq!(mistaken.status.code(), Some(1));
    assert!(String::from_utf8_lossy(&mistaken.stderr).contains("operator listener"));
    gateway.stop();
}
