//! Whatever a caller writes, and wherever: a vendor gets its documented update call about the person who is named, or nothing.

use std::{
    cell::{Cell, RefCell},
    collections::BTreeSet,
};

use actix_web::rt::System;
use delivery::Preview;
use proptest::{
    prelude::*,
    sample::select,
    test_runner::{Config, TestRunner},
};
use serde_json::{Value, json};

use crate::support::{ALL, World, post};

const ORIGIN: &str = "http://127.0.0.1:9";

/// Texts that have changed the meaning of somebody's request before.
const KNOWN: [&str; 18] = [
    "..",
    ".",
    "%2e%2e",
    "../../admin",
    "..%2f..%2fadmin",
    "a/b@x.org",
    "a?x=1@x.org",
    "a#f@x.org",
    "a+b@x.org",
    "a\\b",
    "89/../90",
    "89?AddUser=true",
    "0089",
    "9223372036854775807",
    "a%0d%0aX: y",
    "\",\"UserID\":\"1",
    "me",
    "\u{ff0f}\u{ff20}",
];

/// What one caller sends.
#[derive(Debug, Clone)]
struct Input {
    user: String,
    email: String,
    communal: String,
    communifire: String,
    usercom: String,
    village: Option<String>,
    text: String,
}

fn anything() -> impl Strategy<Value = String> {
    prop_oneof![
        ".{0,40}",
        "[./%\\\\@?#:;&=+ a2eE\r\n\0\"{}]{0,16}",
        select(&KNOWN[..]).prop_map(str::to_owned),
        address(),
    ]
}

fn address() -> impl Strategy<Value = String> {
    "[a-zA-Z0-9!#$%&'*+/=?^_`{|}~-]{1,12}(\\.[a-zA-Z0-9/%?+-]{1,8})?@[a-zA-Z][a-zA-Z0-9]{0,8}\\.[a-z]{2,3}"
}

fn number() -> impl Strategy<Value = String> {
    prop_oneof![9 => "[0-9]{6,18}".boxed(), 1 => anything().boxed()]
}

/// Mostly what could be accepted: one mistake is enough for a refusal.
fn input() -> impl Strategy<Value = Input> {
    let plain = "\\PC{1,40}";
    (
        prop_oneof![9 => "[A-Za-z0-9][A-Za-z0-9._:-]{7,20}".boxed(), 1 => anything().boxed()],
        prop_oneof![9 => address().boxed(), 1 => anything().boxed()],
        number(),
        number(),
        prop_oneof![6 => plain.boxed(), 4 => anything().boxed()],
        prop::option::of(address()),
        prop_oneof![9 => plain.boxed(), 1 => anything().boxed()],
    )
        .prop_map(|(user, email, communal, communifire, usercom, village, text)| Input {
            user,
            email,
            communal,
            communifire,
            usercom,
            village,
            text,
        })
}

impl Input {
    fn body(&self) -> Value {
        let mut body = json!({
            "given_name": self.text, "family_name": self.text, "nickname": self.text, "title": self.text,
            "organization": self.text, "gender": self.text, "website": self.text, "tags": [self.text],
            "email": self.email, "custom": { "k": self.text },
            "address": { "street_address": self.text, "locality": self.text },
            "identities": {
                "communal_main": self.communal, "communifire": self.communifire, "usercom": self.usercom,
            },
        });
        if let Some(village) = &self.village {
            body["identities"]["village"] = json!(village);
        }
        body
    }

    fn path(&self) -> String {
        let encoded: String = self.user.bytes().map(|byte| format!("%{byte:02X}")).collect();
        format!("/v1/users/{encoded}")
    }

    /// Method, path and query of the only request that a route may make.
    fn expected(&self, route: &str) -> (&'static str, Vec<String>, &'static str) {
        let segments = |segments: &[&str]| segments.iter().map(|text| (*text).to_owned()).collect();
        let village = self.village.as_ref().unwrap_or(&self.email);
        match route {
            "communal_main" => ("PUT", segments(&["api", "users", &digits(&self.communal)]), ""),
            "communifire" => ("POST", segments(&["api", "users", "fields"]), "AddUser=false"),
            "usercom" => ("PUT", segments(&["api", "public", "users-by-id", &self.usercom, ""]), ""),
            _ => ("PATCH", segments(&["networks", "n1", "users", village]), ""),
        }
    }
}

/// An id without leading zeros.
fn digits(text: &str) -> String {
    text.trim_start_matches('0').to_owned()
}

#[test]
fn no_text_makes_another_request_than_the_update_of_the_person_who_is_named() {
    let system = System::new();
    let world = system.block_on(World::new());
    let config = Config { cases: 600, failure_persistence: None, ..Config::default() };
    let users = RefCell::new(BTreeSet::new());
    let requests = Cell::new(0);
    let outcome = TestRunner::new(config).run(&input(), |input| {
        // Somebody who was named before keeps the address of the first time.
        if users.borrow().contains(&input.user) {
            return Ok(());
        }
        system.block_on(async {
            let planned =
                world.call(post(&format!("{}/plan", input.path()), ALL, input.body().to_string())).await;
            match planned.status {
                200 => drop(users.borrow_mut().insert(input.user.clone())),
                400 | 404 | 409 => return nothing_is_sent(&world, &input).await,
                other => return Err(TestCaseError::fail(format!("status {other}: {}", planned.text))),
            }
            for (route, plan) in planned.json()["routes"].as_object().expect("routes") {
                // Who has the address of somebody before is stopped and has none.
                for request in plan["requests"].as_array().into_iter().flatten() {
                    requests.set(requests.get() + 1);
                    let text = |name: &str| request[name].as_str().unwrap_or_default().to_owned();
                    check(&input, route, &text("method"), &text("url"), &text("body_text"))?;
                }
            }
            what_is_sent_is_no_other(&world, &input).await
        })
    });
    outcome.expect("no input does");
    let accepted = users.borrow().len();
    assert!(accepted > 100 && requests.get() > 300, "{accepted} accepted, {} requests", requests.get());
}

async fn nothing_is_sent(world: &World, input: &Input) -> Result<(), TestCaseError> {
    let before = world.requests();
    let answer = world.call(crate::support::patch(&input.path(), ALL, input.body().to_string())).await;
    prop_assert!(matches!(answer.status, 400 | 404 | 409), "{}", answer.text);
    world.rest().await;
    prop_assert_eq!(world.requests(), before);
    Ok(())
}

/// The same change for good: through the store, the lanes and the engine.
async fn what_is_sent_is_no_other(world: &World, input: &Input) -> Result<(), TestCaseError> {
    let vendors = [
        ("communal_main", &world.communal),
        ("communifire", &world.communifire),
        ("usercom", &world.usercom),
        ("village", &world.village),
    ];
    let before = vendors.map(|(_, vendor)| vendor.sent().len());
    let confirmed =
        json!({ "IsError": false, "ResponseMessage": "", "ResponseData": digits(&input.communifire) });
    world.communifire.answer(200, &confirmed.to_string());
    let answer = world.call(crate::support::patch(&input.path(), ALL, input.body().to_string())).await;
    prop_assert!(matches!(answer.status, 200 | 202), "{}", answer.text);
    world.rest().await;
    for ((route, vendor), before) in vendors.into_iter().zip(before) {
        for Preview { method, url, body, .. } in &vendor.sent()[before..] {
            check(input, route, method, url, &String::from_utf8_lossy(body))?;
        }
    }
    Ok(())
}

fn check(input: &Input, route: &str, method: &str, url: &str, body: &str) -> Result<(), TestCaseError> {
    let (expected_method, expected_path, expected_query) = input.expected(route);
    prop_assert_eq!(method, expected_method);
    let target = url.strip_prefix(ORIGIN).and_then(|target| target.strip_prefix('/'));
    let target = target.ok_or_else(|| TestCaseError::fail(format!("another origin: {url}")))?;
    let (path, query) = target.split_once('?').unwrap_or((target, ""));
    prop_assert_eq!(query, expected_query);
    prop_assert!(!target.contains(['#', '\\']) && target.is_ascii(), "{}", url);
    let found: Vec<String> = path.split('/').map(crate::e_mails::decoded).collect();
    prop_assert_eq!(found, expected_path);
    let inner = serde_json::from_str::<String>(body);
    let body = inner.as_deref().unwrap_or(body);
    prop_assert!(canonical::Json::parse(body.as_bytes()).is_ok(), "a member twice");
    let sent: Value = serde_json::from_str(body).expect("JSON");
    let sent = sent.as_object().expect("an object");
    let person = ["id", "user_id", "custom_id", "Username", "AddUser"];
    prop_assert!(!person.iter().any(|name| sent.contains_key(*name)), "{:?}", sent.keys());
    if route == "communifire" {
        prop_assert_eq!(sent.get("UserID"), Some(&json!(digits(&input.communifire))));
        prop_assert_eq!(sent.get("First name"), Some(&json!(input.text)));
    } else {
        prop_assert_eq!(sent.get("first_name"), Some(&json!(input.text)));
    }
    Ok(())
}
