use base64::{Engine, prelude::BASE64_STANDARD};
use e2e::{eventually, request};
use serde_json::{Value, json};

use crate::driver::Driver;

/// A browser, by the few commands of WebDriver (W3C) that are needed; they are JSON over HTTP. Closed when it is dropped.
pub(crate) struct Browser {
    driver: Driver,
    session: String,
}

/// An element of the page that is shown.
pub(crate) struct Element(String);

/// A browser that shows itself to nobody and asks nobody but this machine.
const ARGUMENTS: [&str; 10] = [
    "--headless",
    "--window-size=1200,900",
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    "--host-resolver-rules=MAP * ~NOTFOUND , EXCLUDE 127.0.0.1",
];

impl Browser {
    pub(crate) fn open() -> Self {
        let driver = Driver::start();
        let wanted = json!({"capabilities": {"alwaysMatch": {
            "goog:chromeOptions": {"args": ARGUMENTS},
            "goog:loggingPrefs": {"browser": "ALL"},
        }}});
        let mut browser = Self { driver, session: String::new() };
        let answer = browser.send("POST", "/session", &wanted);
        browser.session = answer["sessionId"].as_str().expect("a session").to_owned();
        browser
    }

    pub(crate) fn go(&self, url: &str) {
        self.post("/url", &json!({ "url": url }));
    }

    pub(crate) fn url(&self) -> String {
        text(&self.send("GET", &self.path("/url"), &Value::Null))
    }

    pub(crate) fn title(&self) -> String {
        text(&self.send("GET", &self.path("/title"), &Value::Null))
    }

    /// The text of the page as it can be seen.
    pub(crate) fn page(&self) -> String {
        text(&self.script("return document.body.innerText"))
    }

    /// The one element that a CSS selector finds.
    #[track_caller]
    pub(crate) fn find(&self, selector: &str) -> Element {
        eventually(&format!("there is {selector}"), || {
            let found = self.all(selector);
            match found.len() {
                1 => found.into_iter().next().ok_or_else(String::new),
                many => Err(format!("{many} of it at {}: {}", self.url(), self.page())),
            }
        })
    }

    /// Every element that a CSS selector finds.
    pub(crate) fn all(&self, selector: &str) -> Vec<Element> {
        let found = self.post("/elements", &json!({ "using": "css selector", "value": selector }));
        let ids = found.as_array().cloned().unwrap_or_default();
        ids.iter()
            .filter_map(|id| id.as_object()?.values().next()?.as_str().map(str::to_owned))
            .map(Element)
            .collect()
    }

    /// Clicks with the mouse, and waits until the page that follows has come. An element that is replaced meanwhile, because the
    /// page is live, is looked for again.
    #[track_caller]
    pub(crate) fn click(&self, selector: &str) {
        eventually(&format!("{selector} takes a click"), || {
            let element = self.find(selector);
            self.ask("POST", &self.path(&format!("/element/{}/click", element.0)), &json!({}))
        });
    }

    /// Writes into a field that may hold something already.
    #[track_caller]
    pub(crate) fn write(&self, selector: &str, what: &str) {
        let element = self.find(selector);
        self.post(&format!("/element/{}/clear", element.0), &json!({}));
        self.post(&format!("/element/{}/value", element.0), &json!({ "text": what }));
    }

    /// Presses keys where the focus is.
    pub(crate) fn press(&self, keys: &str) {
        let keys = keys.chars().map(String::from);
        let strokes: Vec<Value> = keys
            .flat_map(|key| ["keyDown", "keyUp"].map(|kind| json!({ "type": kind, "value": key })))
            .collect();
        self.post("/actions", &json!({"actions": [{"type": "key", "id": "keyboard", "actions": strokes}]}));
    }

    /// What a script of the test's own answers.
    pub(crate) fn script(&self, script: &str) -> Value {
        self.post("/execute/sync", &json!({ "script": script, "args": [] }))
    }

    /// A command of Chromium's own (Chrome DevTools Protocol).
    pub(crate) fn tell(&self, command: &str, parameters: &Value) {
        self.post("/goog/cdp/execute", &json!({ "cmd": command, "params": parameters }));
    }

    /// What the console has said since the last question, warnings and errors alone.
    pub(crate) fn console(&self) -> Vec<String> {
        let entries = self.post("/se/log", &json!({ "type": "browser" }));
        let entries = entries.as_array().cloned().unwrap_or_default();
        let bad =
            entries.iter().filter(|entry| matches!(entry["level"].as_str(), Some("SEVERE" | "WARNING")));
        bad.map(|entry| text(&entry["message"])).collect()
    }

    /// The page as a PNG.
    pub(crate) fn screenshot(&self) -> Vec<u8> {
        let shown = text(&self.send("GET", &self.path("/screenshot"), &Value::Null));
        BASE64_STANDARD.decode(shown).expect("a picture")
    }

    #[track_caller]
    fn post(&self, command: &str, body: &Value) -> Value {
        self.send("POST", &self.path(command), body)
    }

    fn path(&self, command: &str) -> String {
        format!("/session/{}{command}", self.session)
    }

    #[track_caller]
    fn send(&self, method: &str, path: &str, body: &Value) -> Value {
        self.ask(method, path, body).unwrap_or_else(|refusal| panic!("{method} {path}: {refusal}"))
    }

    fn ask(&self, method: &str, path: &str, body: &Value) -> Result<Value, String> {
        let body = if body.is_null() { String::new() } else { body.to_string() };
        let headers = [("Content-Type", "application/json")];
        let answer =
            request(self.driver.address, method, path, &headers, body.as_bytes()).expect("an answer");
        let value = answer.json()["value"].take();
        if answer.status == 200 { Ok(value) } else { Err(value["message"].to_string()) }
    }
}

impl Drop for Browser {
    fn drop(&mut self) {
        // The driver may be what has failed.
        let path = self.path("");
        let _ = request(self.driver.address, "DELETE", &path, &[], b"");
    }
}

fn text(value: &Value) -> String {
    value.as_str().unwrap_or_default().to_owned()
}
