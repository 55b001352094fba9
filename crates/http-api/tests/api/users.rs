use serde_json::json;

use crate::support::{ALL, OPERATE, UPDATE, World, get, patch};

#[actix_web::test]
async fn a_user_reads_as_it_is_patched() {
    let world = World::new().await;
    let body = json!({
        "given_name": "Jo", "family_name": "Li", "email": "jo@x.org", "phone_number": "+14165551234", "nickname": "J",
        "birthdate": "1990-02-28", "tags": ["a", "b"], "address": {"locality": "Toronto", "country": "CA"},
        "custom": {"tier": "gold", "age": 7}, "identities": {"communal_main": "89"},
    });
    world.delivered("u", &body.to_string()).await;
    world.delivered("u", r#"{"nickname":null,"title":"Coach"}"#).await;
    let answer = world.call(get("/v1/users/u", ALL)).await;
    assert_eq!((answer.status, answer.header("etag")), (200, Some("\"2\"")));
    assert_eq!(answer.header("cache-control"), Some("no-store"));
    let user = answer.json();
    for member in ["given_name", "email", "phone_number", "birthdate", "tags", "address", "custom"] {
        assert_eq!(user[member], body[member], "{member}");
    }
    assert_eq!((&user["id"], &user["version"], &user["title"]), (&json!("u"), &json!(2), &json!("Coach")));
    assert!(user["nickname"].is_null() && user.get("nickname").is_some() && user.get("gender").is_none());
    assert_eq!(user["identities"]["communal_main"], "89");
    let communal = &user["routes"]["communal_main"];
    assert_eq!((&communal["state"], &communal["confirmed_version"]), (&json!("in_step"), &json!(2)));
    assert_eq!(communal["leaves"]["title"], "unsupported");
    assert_eq!(user["routes"]["usercom"]["state"], "no_identity");
}

#[actix_web::test]
async fn an_identity_is_set_once_and_changed_only_by_an_operator() {
    let world = World::new().await;
    let set = |id: &str| json!({"identities": {"communal_main": id}}).to_string();
    let call = |key: &'static str, user: &str, body: String| {
        let request = patch(&format!("/v1/users/{user}"), key, body);
        world.call(request)
    };
    assert_eq!(call(UPDATE, "a", set("89")).await.status, 202);
    let same = call(UPDATE, "a", set("0089")).await;
    assert_eq!((same.status, &same.json()["changed"]), (200, &json!(false)));
    for body in [set("90"), r#"{"identities":{"communal_main":null}}"#.to_owned()] {
        let answer = call(UPDATE, "a", body).await;
        assert_eq!((answer.status, answer.problem().as_deref()), (409, Some("identity-pinned")));
        assert_eq!(answer.pointers(), ["/identities/communal_main"]);
    }
    let taken = call(UPDATE, "b", set("89")).await;
    assert_eq!((taken.status, taken.problem().as_deref()), (409, Some("identity-taken")));
    assert!(!world.knows("b").await);
    assert_eq!(call(ALL, "a", set("90")).await.status, 202);
    assert_eq!(call(OPERATE, "a", set("91")).await.status, 403);
}

#[actix_web::test]
async fn what_was_never_seen_is_not_found() {
    let world = World::new().await;
    for path in ["/v1/users/nobody", "/v1/users/nobody/updates"] {
        let answer = world.call(get(path, ALL)).await;
        assert_eq!((answer.status, answer.problem().as_deref()), (404, Some("user-not-found")), "{path}");
    }
    for id in ["0193a1b2-7c3d-7e4f-8a5b-6c7d8e9f0a1b", "x", "1"] {
        let answer = world.call(get(&format!("/v1/updates/{id}"), ALL)).await;
        assert_eq!((answer.status, answer.problem().as_deref()), (404, Some("update-expired")), "{id}");
    }
}

#[actix_web::test]
async fn routes_and_vendors_say_what_they_carry() {
    let world = World::new().await;
    let routes = world.call(get("/v1/routes", ALL)).await.json();
    let village = &routes["routes"]["village"];
    assert_eq!((&village["vendor"], &village["state"]), (&json!("village"), &json!("open")));
    assert_eq!(village["leaves"]["phone_number"], json!({"to": "phone_number", "rule": "set_only"}));
    assert_eq!((&village["subject"], &village["enrols_by_email"]), (&json!("email"), &json!(true)));
    assert_eq!(village["plain_http"], true);
    let vendors = world.call(get("/v1/vendors", ALL)).await.json();
    let communal = &vendors["vendors"]["communal"];
    assert_eq!(communal["fields"]["email"], json!({"leaf": "email", "rule": "required", "max_length": 255}));
    assert_eq!(communal["success_means"], "applied");
    assert!(communal["unsupported"].as_array().expect("a list").contains(&json!("title")));
}
