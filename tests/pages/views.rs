use serde_json::json;

use crate::{examine::examine, stage::Stage};

/// Every page, in the light and in the dark, on a wide window and on a phone of 360 px.
pub(crate) fn all(stage: &mut Stage) {
    let jane = stage.world.people()[0].id.clone();
    // Something to be seen: a route that waits, and a backlog.
    stage.operator.post("/v1/routes/usercom/pause").expect(200);
    stage.api.patch(&jane, &[], &json!({ "nickname": "Janey" })).expect(202);
    let pages = [
        ("routes", "/".to_owned()),
        ("route", "/routes/usercom".to_owned()),
        ("behind", "/lanes?route=&state=pending".to_owned()),
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
    stage.operator.post("/v1/routes/usercom/resume").expect(200);
}
