use e2e::{Vendor, eventually, subject};
use serde_json::json;

use crate::{examine::examine, stage::Stage};

/// WebDriver's characters for two keys.
const TAB: &str = "\u{e004}";
const ENTER: &str = "\u{e007}";

pub(crate) fn sign_in(stage: &mut Stage) {
    stage.go("/routes/village");
    assert_eq!(stage.path(), "/sign-in?next=/routes/village");
    examine(stage);
    stage.browser.write("#key", "pgw_nobody");
    stage.browser.click("main button");
    stage.sees("This key is not known");
    stage.console_says(&["401 (Unauthorized)"]);
    stage.browser.write("#key", stage.world.key());
    stage.browser.press(ENTER);
    stage.sees("Route village");
    assert_eq!(stage.path(), "/routes/village", "the sign-in leads on to what was asked for");
    let cookies = stage.browser.script("return document.cookie");
    assert_eq!(cookies, json!(""), "no script can read the session");
    stage.browser.click("nav a[href='/']");
    for vendor in Vendor::ALL {
        stage.sees_in("tbody", vendor.name());
    }
    stage.sees_in("#live", "Live");
    examine(stage);
}

pub(crate) fn live(stage: &mut Stage) {
    stage.browser.script("window.sameDocument = true");
    stage.operator.post("/v1/routes/usercom/pause").expect(200);
    stage.sees_in("[data-live='usercom.state']", "paused");
    let jane = &stage.world.people()[0];
    stage.api.patch(&jane.id, &[], &json!({ "phone_number": "+14165550009" })).expect(202);
    stage.sees_in("[data-live='usercom.behind']", "1");
    let chart = "return document.querySelector(\"[data-live='usercom.behind'] path\").getAttribute('d')";
    assert_ne!(stage.browser.script(chart), json!(""), "the chart has a column");
    stage.operator.post("/v1/routes/usercom/resume").expect(200);
    stage.sees_in("[data-live='usercom.state']", "open");
    stage.sees_in("[data-live='usercom.behind']", "0");
    assert_eq!(stage.browser.script("return window.sameDocument"), json!(true), "the page was loaded again");
    stage.console_says(&[]);
}

pub(crate) fn pause_by_keyboard(stage: &mut Stage) {
    stage.go("/");
    stage.browser.press(TAB);
    assert_eq!(focus(stage), "Skip to the content");
    stage.browser.press(ENTER);
    tab_to(stage, "village");
    stage.picture("focus");
    stage.browser.press(ENTER);
    stage.sees("Route village");
    tab_to(stage, "Pause");
    stage.browser.press(ENTER);
    stage.sees("Route village is paused.");
    stage.sees_in("[data-live='village.state']", "paused");
    let routes = stage.operator.get("/v1/routes").expect(200).json();
    assert_eq!(routes["routes"]["village"]["state"], "paused");
    let audit = stage.operator.get("/v1/audit").expect(200).json();
    let last = audit["entries"].as_array().and_then(|entries| entries.first().cloned()).unwrap_or_default();
    assert_eq!((&last["kind"], &last["who"]), (&json!("pause"), &json!("crm")), "{audit}");
    examine(stage);
}

/// Presses Tab until an element with this text has the focus. Each one on the way must show that it has it.
#[track_caller]
fn tab_to(stage: &Stage, text: &str) {
    for _ in 0..40 {
        stage.browser.press(TAB);
        let outline = stage.browser.script("return getComputedStyle(document.activeElement).outlineStyle");
        assert_eq!(outline, json!("solid"), "the focus on \"{}\" cannot be seen", focus(stage));
        if focus(stage) == text {
            return;
        }
    }
    panic!("the keyboard does not lead to {text}");
}

fn focus(stage: &Stage) -> String {
    let text = stage.browser.script("return document.activeElement.innerText");
    text.as_str().unwrap_or_default().trim().to_owned()
}

pub(crate) fn resume(stage: &mut Stage) {
    stage.browser.click("#resume");
    stage.sees("Route village sends again.");
    stage.sees_in("[data-live='village.state']", "open");
    assert!(stage.browser.all("#resume").is_empty());
}

pub(crate) fn plan(stage: &mut Stage) {
    let jane = &stage.world.people()[0];
    let before = Vendor::ALL.map(|vendor| stage.world.vendor(vendor).requests());
    stage.go(&format!("/users/{}", jane.id));
    stage.browser.click("main a[href^='/plan']");
    stage.browser.write("#change", "{\"phone_number\": \"416 555 0007\", \"title\": null}");
    stage.browser.click("main form button");
    stage.sees(&format!("Plan for {}", jane.id));
    assert_eq!(stage.browser.all("section.card").len(), 4);
    for vendor in Vendor::ALL {
        let selector = format!("section[aria-labelledby='plan-{}']", vendor.name());
        assert!(
            !stage.browser.all(&format!("{selector} pre")).is_empty(),
            "{} would get no request",
            vendor.name()
        );
        stage.sees_in(&selector, "phone_number");
        stage.sees_in(&selector, "416");
    }
    stage.sees_in("section[aria-labelledby='plan-village']", "unsupported");
    assert_eq!(stage.path(), "/plan#result", "the change is in no address");
    let page = stage.browser.page();
    assert!(!page.contains(&vendor_sim::Config::new(Vendor::Communal).credential), "a credential is shown");
    examine(stage);
    stage.picture("plan");
    stage.browser.write("#change", "{\"phone_nr\": 1}");
    stage.browser.click("main form button");
    stage.sees("/phone_nr");
    stage.console_says(&["400 (Bad Request)"]);
    assert_eq!(before, Vendor::ALL.map(|vendor| stage.world.vendor(vendor).requests()), "something was sent");
}

pub(crate) fn retry(stage: &mut Stage) {
    let (jane, tomas) = (&stage.world.people()[0], &stage.world.people()[2]);
    let communal = stage.world.vendor(Vendor::Communal);
    let address = |text: &str| json!({ "email": text }).as_object().cloned().unwrap_or_default();
    communal.edit_user(&subject(Vendor::Communal, tomas), address("taken@example.com"));
    stage.api.patch_through(&jane.id, &json!({ "email": "taken@example.com" }));
    stage.go("/");
    stage.sees_in("[data-live='communal.attention']", "1 held");
    stage.browser.click("[data-live='communal.attention'] a.bad");
    stage.sees_in("tbody", "rejected");
    stage.sees_in("tbody", "email");
    examine(stage);
    stage.picture("attention");
    stage.browser.click("tbody .badge");
    stage.sees("The vendor's words");
    examine(stage);
    stage.picture("lane");
    communal.edit_user(&subject(Vendor::Communal, tomas), address(&tomas.seed.email));
    stage.browser.click("nav a[href='/lanes']");
    stage.browser.click("tbody button");
    stage.sees(&format!("User {} is tried again.", jane.id));
    eventually("the vendor has the value", || {
        let record = communal.user(&subject(Vendor::Communal, jane)).unwrap_or_default();
        if record["email"] == "taken@example.com" { Ok(()) } else { Err(record["email"].to_string()) }
    });
    eventually("nobody needs attention", || {
        stage.go("/lanes");
        let page = stage.browser.page();
        if page.contains("Nobody stands so") { Ok(()) } else { Err(page) }
    });
}

pub(crate) fn hostile(stage: &mut Stage) {
    let person = &stage.world.people()[1];
    let hostile = "</td></script><script>window.hacked = 1</script><img src=x onerror='window.hacked = 1'>";
    stage.api.patch_through(&person.id, &json!({ "nickname": hostile }));
    stage.go(&format!("/users/{}", person.id));
    stage.sees(hostile);
    assert_eq!(stage.browser.script("return window.hacked"), json!(null));
    let title = stage.browser.title();
    assert_eq!(title, "User – profile-gateway", "a title tells nothing of a person");
    examine(stage);
    stage.picture("user");
}

pub(crate) fn without_script(stage: &mut Stage) {
    stage.browser.tell("Emulation.setScriptExecutionDisabled", &json!({ "value": true }));
    stage.go("/routes/communifire");
    stage.browser.click("#pause");
    eventually("the route is paused", || {
        let routes = stage.operator.get("/v1/routes").expect(200).json();
        let state = routes["routes"]["communifire"]["state"].clone();
        if state == "paused" { Ok(()) } else { Err(state.to_string()) }
    });
    stage.browser.click("#resume");
    stage.browser.tell("Emulation.setScriptExecutionDisabled", &json!({ "value": false }));
    stage.sees("Route communifire sends again.");
}

pub(crate) fn policy(stage: &mut Stage) {
    stage.go("/");
    stage.console_says(&[]);
    let inject = "const own = document.createElement('script'); own.textContent = 'window.hacked = 1'; \
                  document.body.append(own); return window.hacked";
    assert_eq!(stage.browser.script(inject), json!(null), "an inline script ran");
    stage.console_says(&["Content Security Policy"]);
}

pub(crate) fn reload(stage: &mut Stage) {
    stage.go("/");
    stage.sees_in("#live", "Live");
    stage.sees_in("tbody", "village");
    stage.world.settings.remove("village");
    stage.world.write_config();
    stage.operator.post("/v1/reload?confirm=true").expect(200);
    eventually("the route has gone from the page", || {
        let rows = stage.browser.script("return document.querySelector('tbody')?.innerText ?? ''");
        let rows = rows.as_str().unwrap_or_default();
        if rows.contains("usercom") && !rows.contains("village") { Ok(()) } else { Err(rows.to_owned()) }
    });
    stage.sees_in("#live", "Live");
    stage.console_says(&[]);
}

pub(crate) fn leave(stage: &mut Stage) {
    stage.go("/");
    stage.browser.click(".who button");
    stage.sees("Paste a key");
    assert_eq!(stage.path(), "/sign-in");
    stage.go("/");
    assert_eq!(stage.path(), "/sign-in");
    stage.browser.write("#key", stage.world.key());
    stage.browser.press(ENTER);
    stage.sees_in("#live", "Live");
    stage.console_says(&[]);
    stage.gateway.take().expect("it runs").stop();
    stage.sees_in("#live", "Not live");
}
