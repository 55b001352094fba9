use e2e::{Client, World, request};
use serde_json::{Value, json};

use super::planted::{assert_nothing_of, everything, person, secrets, values, world};

/// The user's id stands in answers by design.
pub(super) const USER: &str = "zqxuserid";

#[test]
fn no_problem_and_no_answer_to_an_operator_repeats_a_value() {
    let world = world();
    let gateway = world.start();
    let (api, operator, person) = (gateway.api(), gateway.operator(), person());
    world.introduce(&api, &person);
    let update = api.patch_through(&person.id, &everything());
    let planted = [values(), secrets(&world)].concat();
    let user = api.get(&format!("/v1/users/{USER}")).expect(200).text();
    assert!(user.contains("Zqxtitle"), "the search finds what is there: {user}");
    for (what, text) in problems(&world, &api, &operator) {
        assert_nothing_of(&planted, &what, &text);
    }
    let lanes = operator.get("/v1/lanes").expect(200).json();
    let lanes: Vec<_> =
        lanes["lanes"].as_array().into_iter().flatten().map(|lane| lane["id"].to_string()).collect();
    assert_eq!(lanes.len(), 4, "a lane for each vendor");
    let paths = ["/v1/lanes", "/v1/routes", "/v1/audit"].map(str::to_owned);
    for path in paths.into_iter().chain(lanes.iter().map(|id| format!("/v1/lanes/{id}"))) {
        assert_nothing_of(&planted, &path, &operator.get(&path).expect(200).text().replace(USER, ""));
    }
    let update = format!("/v1/updates/{}", update["id"].as_str().unwrap_or_default());
    for path in [update.as_str(), "/v1/updates", "/v1/routes", "/v1/vendors"] {
        assert_nothing_of(&planted, path, &api.get(path).expect(200).text().replace(USER, ""));
    }
    gateway.stop();
}

/// Every refusal that a caller can bring about, as text with its header lines.
fn problems(world: &World, api: &Client, operator: &Client) -> Vec<(String, String)> {
    let mut found = Vec::new();
    let mut ask = |client: &Client, method: &str, path: &str, headers: &[(&str, &str)], body: &str| {
        let answer = request(client.address(), method, path, headers, body.as_bytes()).expect("an answer");
        assert!(answer.status >= 400, "{method} {path} {headers:?} {body}: {}", answer.text());
        let name = format!("the answer to {method} {path} {headers:?} {:.99}", body);
        found.push((name, format!("{}\n{:?}", answer.text(), answer.headers)));
    };
    let bearer = format!("Bearer {}", world.key());
    let key = ("Authorization", bearer.as_str());
    let json = ("Content-Type", "application/merge-patch+json");
    let user = &*format!("/v1/users/{USER}");
    for body in wrong_bodies() {
        ask(api, "PATCH", user, &[key, json], &body);
        ask(api, "POST", &format!("{user}/plan"), &[key, json], &body);
    }
    let good = r#"{"title":"Zqxtitle"}"#;
    for header in [
        ("If-Match", "\"7654321\""),
        ("If-Match", "Zqxtag"),
        ("If-None-Match", "Zqx"),
        ("Idempotency-Key", "zqx \u{e9}"),
        ("Content-Encoding", "zqx"),
        ("Content-Type", "text/zqx"),
    ] {
        let kind = if header.0 == "Content-Type" { header } else { json };
        ask(api, "PATCH", user, &[key, kind, header], good);
    }
    let once = api.patch(USER, &[("Idempotency-Key", "zqxkey")], &json!({ "title": "Zqxfirst title" }));
    assert!(once.status < 300, "{}", once.text());
    ask(api, "PATCH", user, &[key, json, ("Idempotency-Key", "zqxkey")], r#"{"title":"Zqxsecond"}"#);
    // What belongs to somebody else already.
    for identity in ["\"communal\":7654321", "\"village\":\"zqxmail+news@example.com\""] {
        let body = format!("{{\"title\":\"Zqx\",\"identities\":{{{identity}}}}}");
        ask(api, "PATCH", "/v1/users/crm-2", &[key, json], &body);
    }
    for path in [
        "/v1/users/zqxunknown",
        "/v1/updates/zqx",
        "/v1/updates?state=zqx",
        "/v1/updates?after=zqx",
        "/zqx",
        "/v1/users/zqx%00",
        "/v1/users/%ff7654321",
        &format!("{user}?zqx=Zqx"),
    ] {
        ask(api, "GET", path, &[key], "");
        ask(api, "GET", path, &[("Authorization", "Bearer pgw_zqxkey")], "");
    }
    ask(api, "ZQX", user, &[key], "zqx");
    for path in [
        "/v1/lanes?route=zqx",
        "/v1/lanes?state=zqx",
        "/v1/lanes/7654321",
        "/v1/lanes/zqx",
        "/v1/audit?limit=zqx",
    ] {
        ask(operator, "GET", path, &[key], "");
    }
    for path in ["/v1/routes/zqx/pause", "/v1/routes/zqx/resync", "/v1/reload?confirm=zqx"] {
        ask(operator, "POST", path, &[key], "");
    }
    found
}

/// Bodies with a value that is wrong, one for each leaf and each kind of mistake.
pub(super) fn wrong_bodies() -> Vec<String> {
    let of_leaf = |name: &str, value: &Value| match name.split_once('.') {
        Some((group, member)) => json!({ group: { member: value } }).to_string(),
        None => json!({ name: value }).to_string(),
    };
    let leaves = canonical::Leaf::STANDARD.iter().map(canonical::Leaf::name).chain(["custom.tier"]);
    let wrong = [
        json!("Zqx\u{0}value"),
        json!({ "a": "Zqxvalue" }),
        json!(["Zqx\u{1}"]),
        json!("Zqx".repeat(70_000)),
    ];
    let mut bodies: Vec<String> =
        leaves.flat_map(|leaf| wrong.iter().map(move |value| of_leaf(leaf, value))).collect();
    let more = [
        ("birthdate", json!("1987-03-09Zqx")),
        ("email", json!("zqx no address")),
        ("phone_number", json!("4165550177 416 555 0177 zqx")),
        ("locale", json!("is-IS-Zqx-")),
        ("zoneinfo", json!("Atlantic/Reykjavikk")),
        ("address.country", json!("Zqx")),
        ("given_name", json!(7_654_321)),
        ("tags", json!("zqxtag")),
        ("tags", json!([7_654_321])),
        ("address", json!("Zqxstreet")),
        ("custom", json!("Zqxcustom")),
        ("version", json!("Zqx")),
        ("nowhere", json!("Zqxtitle")),
        ("identities", json!("Zqx")),
        ("identities", json!({ "communal": "Zqx" })),
        ("identities", json!({ "village": "zqx no address" })),
        ("identities", json!({ "nowhere": "zqxmail@example.com" })),
    ];
    bodies.extend(more.iter().map(|(name, value)| of_leaf(name, value)));
    for text in [
        "{\"title\":\"Zqx",
        "{\"title\":Zqx}",
        "{\"title\":\"Zqx\",\"title\":\"Zqxother\"}",
        "{\"title\":\"\\ud800Zqx\"}",
        "{\"custom\":{\"points\":7654321e999}}",
        "{\"title\":\"a\"} Zqx",
        "Zqx",
    ] {
        bodies.push(text.to_owned());
    }
    bodies
}
