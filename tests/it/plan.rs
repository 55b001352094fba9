use std::collections::BTreeMap;

use e2e::{Client, Person, Vendor, World};
use serde_json::{Value, json};
use vendor_sim::Exchange;

/// Headers that belong to the connection and not to the request.
const OF_THE_CONNECTION: [&str; 2] = ["content-length", "host"];
const OF_THE_CREDENTIAL: [&str; 2] = ["authorization", "rest-api-key"];

#[test]
fn a_plan_is_byte_for_byte_what_is_sent() {
    let world = World::new();
    let gateway = world.start();
    // The address has characters that a path must not have, the names some that JSON escapes.
    let (api, niamh) = (gateway.api(), &world.people()[3]);
    world.introduce(&api, niamh);
    let first = json!({
        "given_name": "Niamh \"Ní\" \\ \u{1f984}", "family_name": "O'Neil </script>", "phone_number": "(416) 555-0199",
        "title": "Head/Coach <b>&amp;", "tags": ["a b", "ü&c"], "locale": "ga-IE", "gender": "female",
        "address": { "locality": "Baile Átha Cliath", "country": "IE", "street_address": "1\n2" },
    });
    compare(&world, &api, niamh, &first);
    // A tag that goes takes a request of its own, and nothing to carry takes none.
    compare(
        &world,
        &api,
        niamh,
        &json!({ "tags": ["ü&c"], "birthdate": "1990-02-28", "phone_number": null }),
    );
    gateway.stop();
}

#[track_caller]
fn compare(world: &World, api: &Client, person: &Person, change: &Value) {
    let before: Vec<u64> = Vendor::ALL.iter().map(|vendor| world.vendor(*vendor).requests()).collect();
    let plan = api.plan(&person.id, change);
    api.patch_through(&person.id, change);
    for (vendor, before) in Vendor::ALL.into_iter().zip(before) {
        let planned = plan["routes"][vendor.name()]["requests"].as_array().cloned().unwrap_or_default();
        let sent = world.vendor(vendor).history_after(before);
        assert_eq!(sent.len(), planned.len(), "{}: {plan}", vendor.name());
        let base = world.simulators.get(vendor).base_url();
        for (planned, sent) in planned.iter().zip(&sent) {
            assert_eq!(planned["method"], sent.method);
            assert_eq!(planned["url"], format!("{base}{}", sent.target));
            assert_eq!(
                planned["body_text"].as_str().map(str::as_bytes),
                Some(&*sent.body.0),
                "{}",
                vendor.name()
            );
            compare_headers(vendor, planned, sent);
        }
    }
}

#[track_caller]
fn compare_headers(vendor: Vendor, planned: &Value, sent: &Exchange) {
    let listed = planned["headers"].as_array().cloned().unwrap_or_default();
    let text = |header: &Value, part: &str| header[part].as_str().unwrap_or_default().to_owned();
    let mut planned: BTreeMap<String, String> =
        listed.iter().map(|header| (text(header, "name").to_lowercase(), text(header, "value"))).collect();
    let mut sent: BTreeMap<String, String> = sent.headers.iter().cloned().collect();
    sent.retain(|name, _| !OF_THE_CONNECTION.contains(&name.as_str()));
    for name in OF_THE_CREDENTIAL {
        let shown = planned.remove(name);
        assert_eq!(shown.is_some(), sent.remove(name).is_some(), "{name} at {}", vendor.name());
        assert!(!shown.unwrap_or_default().contains("sim-"), "{} shows its credential", vendor.name());
    }
    assert_eq!(planned, sent, "{}", vendor.name());
}
