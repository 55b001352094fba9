use e2e::Vendor;
use serde_json::json;
use vendor_sim::{Fault, FaultRule};

use crate::{examine::examine, stage::Stage};

/// Every page, in the light and in the dark, on a wide window and on a phone of 360 px.
pub(crate) fn all(stage: &mut Stage) {
    let jane = stage.world.people()[0].id.clone();
    // Something to be seen: a route that waits, one that fails, and somebody who needs attention.
    stage.operator.post("/v1/routes/usercom/pause").expect(200);
    stage.world.vendor(Vendor::Communifire).add_fault(FaultRule::always(Fault::status(503)));
    let refusal = FaultRule::always(Fault::field_error(422, "telephone"));
    stage.world.vendor(Vendor::Communal).add_fault(refusal);
    for person in &stage.world.people()[..4] {
        stage.api.patch(&person.id, &[], &json!({ "phone_number": "+14165550123" })).expect(202);
    }
    stage.go("/");
    stage.sees_in("[data-live='usercom.behind']", "4");
    stage.sees_in("[data-live='communal.attention']", "held");
    let pages = [
        ("routes", "/".to_owned()),
        ("route", "/routes/usercom".to_owned()),
        ("behind", "/lanes?route=&state=pending".to_owned()),
        ("troubled", "/lanes?route=communal&state=".to_owned()),
        ("users", "/users".to_owned()),
        ("person", format!("/users/{jane}")),
        ("form", format!("/plan?user={jane}")),
        ("configuration", "/configuration".to_owned()),
    ];
    let mut grounds = Vec::new();
    for scheme in ["light", "dark"] {
        let features = json!({"features": [{"name": "prefers-color-scheme", "value": scheme}]});
        stage.browser.tell("Emulation.setEmulatedMedia", &features);
        for (size, width, height) in [("wide", 1200, 800), ("phone", 360, 740)] {
            let metrics =
                json!({"width": width, "height": height, "deviceScaleFactor": 1, "mobile": size == "phone"});
            stage.browser.tell("Emulation.setDeviceMetricsOverride", &metrics);
            for (name, path) in &pages {
                stage.go(path);
                examine(stage);
                stage.picture(&format!("{name}-{size}-{scheme}"));
            }
        }
        grounds.push(stage.browser.script("return getComputedStyle(document.body).backgroundColor"));
    }
    assert_ne!(grounds[0], grounds[1], "the dark is as light as the light");
    let [secret, source] = [
        "return document.body.innerText.includes('••••••')",
        "return document.body.innerText.includes('file usercom')",
    ];
    assert_eq!((stage.browser.script(secret), stage.browser.script(source)), (json!(true), json!(true)));
    stage.browser.tell("Emulation.clearDeviceMetricsOverride", &json!({}));
    stage.browser.tell("Emulation.setEmulatedMedia", &json!({ "features": [] }));
    for vendor in [Vendor::Communal, Vendor::Communifire] {
        stage.world.vendor(vendor).remove_faults(None);
    }
    stage.operator.post("/v1/routes/usercom/resume").expect(200);
}
