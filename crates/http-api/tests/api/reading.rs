use delivery::SendErrorKind;
use serde_json::{Value, json};

use crate::support::{ALL, OPERATE, READ, World, get, post};

const KNOWN: &str = r#"{"given_name":"Jo","family_name":"Li","email":"jo@x.org","tags":["a"],"gender":"female","nickname":"J",
    "identities":{"communal_main":"89","usercom":"crm-1","communifire":"12"}}"#;

/// What User.com shows of that person; a text for `city`.
fn shown(city: &str) -> String {
    let user = json!({
        "id": 5, "custom_id": "crm-1", "email": "jo@x.org", "name": "Jo Li", "gender": "female", "city": city, "score": 7,
        "tags": [{"id": 1, "name": "a"}, {"id": 2, "name": "theirs"}],
    });
    user.to_string()
}

async fn world() -> World {
    let world = World::new().await;
    world.communal.answer(200, r#"{"id":89}"#);
    world.usercom.answer(200, r#"{"id":5,"custom_id":"crm-1"}"#);
    world.delivered("u", KNOWN).await;
    world
}

async fn read(world: &World, path: &str) -> (u16, String, Value) {
    let answer = world.call(get(path, READ)).await;
    let kind = answer.problem().unwrap_or_default();
    (answer.status, kind, answer.json())
}

async fn verify(world: &World, query: &str) -> Value {
    let answer = world.operate(post(&format!("/v1/verify?{query}"), OPERATE, "")).await;
    assert_eq!(answer.status, 200, "{}", answer.text);
    answer.json()
}

#[actix_web::test]
async fn what_a_vendor_shows_stands_beside_what_the_gateway_believes() {
    let world = world().await;
    world.usercom.show(200, &shown("Oslo"));
    let (status, _, look) = read(&world, "/v1/users/u/vendors/usercom").await;
    assert_eq!((status, &look["vendor"], &look["state"]), (200, &json!("usercom"), &json!("in_step")));
    let leaf = |finding: &str, field: &str, shown_in: &str, shown: Value| json!({"finding": finding, "field": field, "shown_in": shown_in, "shown": shown});
    assert_eq!(look["leaves"]["given_name"], leaf("same", "first_name", "name", json!("Jo Li")));
    assert_eq!(look["leaves"]["email"], leaf("same", "email", "email", json!("jo@x.org")));
    assert_eq!(look["leaves"]["gender"], leaf("same", "gender", "gender", json!("female")));
    assert_eq!(look["leaves"]["tags"], leaf("same", "tags", "tags", json!(["a", "theirs"])));
    let unknown = json!({"field": "city", "shown_in": "city", "shown": "Oslo"});
    assert_eq!(look["leaves"]["address.locality"], unknown, "the gateway was never told a city");
    assert_eq!(look["leaves"]["nickname"], Value::Null, "not mapped");
    assert_eq!(look["unmapped"], json!(["custom_id", "id", "score"]));
}

#[actix_web::test]
async fn a_users_values_in_custom_fields_are_shown_with_their_labels() {
    let world = world().await;
    world.communal.show(200, r#"{"id":"89","first_name":"Jo","last_name":"Li","email":"other@x.org"}"#);
    let value = json!({"value": "Beginner", "user_id": 89, "custom_profile_field_id": 12, "custom_profile_field": {"name": "Level"}});
    world.communal.show(200, &json!({"data": [value], "current_page": 1, "last_page": 1}).to_string());
    let (status, _, look) = read(&world, "/v1/users/u/vendors/communal_main").await;
    assert_eq!(status, 200, "{look}");
    assert_eq!(look["stored"], json!([{"field": "12", "label": "Level", "value": "Beginner"}]));
    assert_eq!(look["leaves"]["email"]["finding"], "differs");
    assert_eq!(look["leaves"]["nickname"], json!({"finding": "not_shown", "field": "preferred_name"}));
}

#[actix_web::test]
async fn definitions_are_shown_with_their_leaves_and_with_what_is_missing() {
    let world = world().await;
    let field = json!({"id": 12, "name": "Level", "values": [{"user_id": 1}, {"user_id": 2}]});
    let list = json!({"data": [field], "current_page": 1, "last_page": 1}).to_string();
    world.communal.show(200, &list);
    let (status, _, fields) = read(&world, "/v1/routes/communal_main/fields?values=true").await;
    assert_eq!(status, 200, "{fields}");
    assert_eq!(fields["fields"], json!([{"id": "12", "label": "Level", "values": 2}]));
    let attribute = json!({"id": 7, "name": "Tier", "name_std": "tier", "value_type": "string", "content_type": "clientuser"});
    world.usercom.show(200, &json!({"results": [attribute], "next": null}).to_string());
    let (_, _, fields) = read(&world, "/v1/routes/usercom/fields").await;
    assert_eq!(fields["fields"], json!([{"id": "7", "label": "Tier", "field": "tier", "type": "string"}]));
    assert_eq!(fields["missing"], json!([]));
}

#[actix_web::test]
async fn what_cannot_be_shown_is_a_problem_of_its_own_type() {
    let world = world().await;
    for (path, status, kind) in [
        ("/v1/users/nobody/vendors/usercom", 404, "user-not-found"),
        ("/v1/users/u/vendors/nowhere", 404, "not-found"),
        ("/v1/users/u/vendors/village", 404, "not-readable"),
        ("/v1/routes/nowhere/fields", 404, "not-found"),
        ("/v1/routes/village/fields", 404, "not-readable"),
        ("/v1/routes/communifire/fields", 404, "not-readable"),
        ("/v1/routes/usercom/fields?values=perhaps", 400, "invalid-value"),
        ("/v1/users/u/vendors/usercom?x=1", 400, "invalid-value"),
        ("/v1/users/u/vendors/usercom", 502, "vendor-unavailable"),
    ] {
        let (found, problem, body) = read(&world, path).await;
        assert_eq!((found, problem.as_str()), (status, kind), "{path}: {body}");
    }
    let (_, _, body) = read(&world, "/v1/users/u/vendors/nowhere").await;
    assert!(body["detail"].as_str().is_some_and(|detail| detail.contains("communal_main")), "{body}");
    for (status, kind) in [
        (401, (502, "vendor-refused")),
        (403, (502, "vendor-refused")),
        (429, (503, "vendor-busy")),
        (503, (502, "vendor-unavailable")),
        (301, (502, "vendor-unreadable")),
        (200, (502, "vendor-unreadable")),
    ] {
        world.usercom.show(status, r#"{"id":"jane@secret.example"}"#);
        let (found, problem, body) = read(&world, "/v1/users/u/vendors/usercom").await;
        assert_eq!((found, problem.as_str()), kind, "{status}: {body}");
        assert!(!body.to_string().contains("secret"));
    }
    world.usercom.show(404, r#"{"detail":"Not found."}"#);
    assert_eq!(read(&world, "/v1/users/u/vendors/usercom").await.1, "unknown-at-vendor");
    // Nobody knows of what an empty 404 speaks.
    world.usercom.show(404, "");
    assert_eq!(read(&world, "/v1/users/u/vendors/usercom").await.1, "vendor-unreadable");
    world.usercom.show(200, &shown("Oslo").replace("crm-1", "crm-2"));
    assert_eq!(read(&world, "/v1/users/u/vendors/usercom").await.1, "vendor-unreadable");
    for (kind, status, problem) in [
        (SendErrorKind::Timeout, 504, "vendor-timeout"),
        (SendErrorKind::Interrupted, 502, "vendor-unavailable"),
        (SendErrorKind::AnswerTooLarge, 502, "vendor-unreadable"),
    ] {
        world.usercom.keep_silent(kind);
        let (found, told, _) = read(&world, "/v1/users/u/vendors/usercom").await;
        assert_eq!((found, told.as_str()), (status, problem));
    }
    world.usercom.show(404, "{}");
    assert_eq!(read(&world, "/v1/routes/usercom/fields").await.1, "vendor-unreadable");
    world.delivered("w", r#"{"nickname":"x"}"#).await;
    assert_eq!(read(&world, "/v1/users/w/vendors/usercom").await.1, "no-identity");
}

#[actix_web::test]
async fn a_verification_names_the_leaf_that_differs_and_no_value() {
    let world = world().await;
    world.usercom.show(200, &shown("Oslo").replace("jo@x.org", "other@secret.example"));
    let told = verify(&world, "user=u&route=usercom").await;
    assert_eq!((&told["drift"], &told["results"][0]["result"]), (&json!(true), &json!("differs")));
    assert_eq!(told["results"][0]["leaves"]["email"], "differs");
    assert_eq!(told["results"][0]["leaves"]["given_name"], "same");
    for value in ["jo@x.org", "secret", "Oslo", "Jo Li", "crm-1"] {
        assert!(!told.to_string().contains(value), "{told}");
    }
    let audit = world.operate(get("/v1/audit", OPERATE)).await.text;
    assert!(audit.contains("verify") && audit.contains("1 comparisons, 1 with drift"), "{audit}");
}

#[actix_web::test]
async fn a_verification_says_of_each_route_what_became_of_it() {
    let world = world().await;
    world.communal.show(404, r#"{"message":"No query results for model [User]."}"#);
    world.usercom.show(500, "{}");
    world.communifire.show(200, r#"{"IsError":false,"ResponseMessage":"","ResponseData":{"UserID":13}}"#);
    let told = verify(&world, "sample=5").await;
    let mut results: Vec<_> = told["results"]
        .as_array()
        .expect("results")
        .iter()
        .map(|one| {
            [&one["route"], &one["result"], &one["reason"]]
                .map(|word| word.as_str().unwrap_or_default().to_owned())
        })
        .collect();
    results.sort();
    let expected = [
        ["communal_main", "gone", ""],
        ["communifire", "another_person", ""],
        ["usercom", "not_read", "unavailable"],
        ["village", "not_readable", ""],
    ];
    assert_eq!(results, expected.map(|row| row.map(str::to_owned)));
    assert_eq!(told["drift"], true);
}

#[actix_web::test]
async fn a_verification_that_is_not_asked_for_rightly_asks_nobody() {
    let world = world().await;
    for (query, status, kind, names) in [
        ("", 400, "invalid-value", "sample"),
        ("sample=0", 400, "invalid-value", "1 to 100"),
        ("sample=101", 400, "invalid-value", "1 to 100"),
        ("sample=x", 400, "invalid-value", "sample"),
        ("user=u&sample=1", 400, "invalid-value", "one user"),
        ("user=a%20b", 400, "invalid-value", "user"),
        ("users=u", 400, "invalid-value", "user, sample, route"),
        ("user=u&route=nowhere", 400, "unknown-route", "communal_main"),
        ("user=nobody", 404, "user-not-found", ""),
    ] {
        let answer = world.operate(post(&format!("/v1/verify?{query}"), ALL, "")).await;
        assert_eq!((answer.status, answer.problem().as_deref()), (status, Some(kind)), "{query}");
        assert!(answer.text.contains(names), "{query}: {}", answer.text);
    }
    assert_eq!(verify(&world, "user=u&route=village").await["results"][0]["result"], "not_readable");
}

#[actix_web::test]
async fn a_vendors_own_spelling_is_told_and_is_no_drift() {
    let world = world().await;
    let spelled =
        shown("Oslo").replace("jo@x.org", "JO@x.org").replace("\"a\"", "\"A\"").replace("\"female\"", "3");
    world.usercom.show(200, &spelled);
    let found = verify(&world, "user=u&route=usercom").await;
    let one = &found["results"][0];
    assert_eq!((&found["drift"], &one["result"]), (&json!(false), &json!("spelled_otherwise")), "{found}");
    let leaves = ["email", "tags", "gender", "given_name"].map(|leaf| &one["leaves"][leaf]);
    assert_eq!(leaves, ["spelled_otherwise", "spelled_otherwise", "same", "same"], "{found}");
    world.usercom.show(200, &shown("Oslo").replace("jo@x.org", "ann@x.org"));
    assert_eq!(verify(&world, "user=u&route=usercom").await["drift"], true);
}
