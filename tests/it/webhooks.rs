use e2e::{Receiver, Vendor, World};
use serde_json::json;
use vendor_sim::{Fault, FaultRule};

const SECRET: &str = "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw";
const NEXT: &str = "whsec_AAECAwQFBgcICQoLDA0ODxAREhMUFRYXGBkaGxwdHh8=";

/// A webhook to the receiver, with these lines more.
fn webhook(receiver: &Receiver, lines: &str) -> String {
    format!("[[webhooks]]\nname = \"pager\"\nurl = \"{}\"\nnetwork = \"loopback\"\n{lines}\n", receiver.url())
}

#[test]
fn an_event_that_meets_a_kill_is_told_after_the_next_start_under_the_same_id() {
    let receiver = Receiver::start(503);
    let mut world = World::new();
    world.write_private("pager", SECRET);
    world.settings.tables = webhook(&receiver, "secret = { file = \"pager\" }");
    let gateway = world.start();
    gateway.operator().post("/v1/routes/village/pause").expect(200);
    let first = receiver.wait_for("route.paused", 0);
    gateway.kill();

    receiver.answer(204);
    let before = receiver.messages().len();
    let gateway = world.start();
    let again = receiver.wait_for("route.paused", before);
    assert_eq!((again.header("webhook-id"), &again.body), (first.header("webhook-id"), &first.body));
    assert!(again.header("webhook-signature").starts_with("v1,"), "{again:?}");
    let data = json!({ "route": "village", "vendor": "village", "reason": "operator" });
    assert_eq!(again.body["data"], data);
    gateway.operator().post("/v1/routes/village/resume").expect(200);
    receiver.wait_for("route.resumed", before);
    gateway.kill();

    // What was taken before something later was told is not told again.
    let gateway = world.start();
    gateway.operator().post("/v1/routes/usercom/pause").expect(200);
    e2e::eventually("the next pause is told", || {
        let told = |message: &e2e::Message| message.body["data"]["route"] == "usercom";
        receiver.messages().iter().any(told).then_some(()).ok_or_else(|| format!("{:?}", receiver.messages()))
    });
    let times = receiver.messages().iter().filter(|message| message.body == first.body).count();
    assert_eq!(times, before + 1, "it was taken once");
    gateway.stop();
}

#[test]
fn an_outage_is_told_with_its_cause_and_a_reload_changes_who_is_told() {
    let (old, new) = (Receiver::start(204), Receiver::start(204));
    let mut world = World::new();
    world.write_private("pager", SECRET);
    world.write_private("next", NEXT);
    world.settings.tables = webhook(&old, "secret = { file = \"pager\" }\nevents = [\"breaker.opened\"]");
    let mut gateway = world.start();
    let api = gateway.api();
    let people = world.people()[..6].to_vec();
    for person in &people {
        world.introduce(&api, person);
    }
    world.vendor(Vendor::Village).add_fault(FaultRule::always(Fault::status(502)));
    for person in &people {
        api.patch(&person.id, &[], &json!({ "given_name": "Canary" })).expect(202);
    }
    let opened = old.wait_for("breaker.opened", 0);
    assert_eq!(opened.body["data"]["route"], "village");
    assert_eq!(opened.body["data"]["failures"][0]["class"], "unavailable", "{opened:?}");
    assert!(!format!("{opened:?}").contains("Canary"));

    let lines = "secret = { file = \"next\" }\nprevious_secret = { file = \"pager\" }";
    world.settings.tables = webhook(&new, lines);
    world.write_config();
    gateway.signal("HUP");
    let line = gateway.wait_for_log("the configuration was reloaded");
    assert_eq!(line["changes"], "the webhook pager differs");
    gateway.operator().post("/v1/routes/usercom/pause").expect(200);
    let paused = new.wait_for("route.paused", 0);
    assert_eq!(paused.header("webhook-signature").split(' ').count(), 2, "{paused:?}");
    world.vendor(Vendor::Village).remove_faults(None);
    gateway.operator().post("/v1/routes/village/probe").expect(200);
    new.wait_for("breaker.closed", 0);
    assert_eq!(old.messages().len(), 1);

    let series = "webhook_failed_tries{webhook=\"pager\"} 0";
    let metrics = || gateway.operator().get("/metrics").expect(200).text();
    assert!(metrics().contains(series));
    world.settings.tables = String::new();
    world.write_config();
    gateway.signal("HUP");
    e2e::eventually("a webhook that is removed has no series", || {
        let metrics = metrics();
        if metrics.contains(series) { Err(metrics) } else { Ok(()) }
    });
    for line in gateway.log() {
        assert!(!line.contains("whsec_") && !line.contains("/hooks"), "{line}");
    }
    gateway.stop();
}
