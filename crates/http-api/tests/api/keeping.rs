//! What a vendor keeps although it is not the person's any more, wherever it is told, and how it is forgotten.

use adapter::{FieldOption, FieldOptions, MappingOptions};
use canonical::Leaf;
use serde_json::{Value, json};

use crate::{
    pages::Visitor,
    support::{ALL, OPERATE, World, get, post},
};

/// A person of whom User.com keeps a telephone number that was cleared since.
async fn keeping() -> World {
    let world = World::new().await;
    known(
        &world,
        r#"{"address":{"region":"ON"},"phone_number":"+14165551234","identities":{"usercom":"crm-1"}}"#,
    )
    .await;
    world.delivered("u", r#"{"phone_number":null}"#).await;
    world
}

async fn known(world: &World, body: &str) {
    world.usercom.answer(200, r#"{"id":5,"custom_id":"crm-1"}"#);
    world.delivered("u", body).await;
}

async fn at_usercom(world: &World) -> Value {
    world.call(get("/v1/users/u", ALL)).await.json()["routes"]["usercom"].clone()
}

async fn verify(world: &World, shown: Value) -> Value {
    let mut user = json!({ "id": 5, "custom_id": "crm-1", "region": "ON" });
    user.as_object_mut().expect("an object").extend(shown.as_object().cloned().unwrap_or_default());
    world.usercom.show(200, &user.to_string());
    let answer = world.operate(post("/v1/verify?user=u&route=usercom", OPERATE, "")).await.json();
    assert_eq!(answer["drift"], false, "{answer}");
    answer["results"][0].clone()
}

async fn operate(world: &World, path: &str) -> Value {
    let answer = world.operate(get(path, OPERATE)).await;
    assert_eq!(answer.status, 200, "{}", answer.text);
    answer.json()
}

#[actix_web::test]
async fn a_value_that_cannot_be_cleared_is_told_with_its_reason_and_what_helps() {
    let world = keeping().await;
    let route = at_usercom(&world).await;
    assert_eq!(
        (&route["state"], &route["confirmed_version"]),
        (&json!("in_step_except"), &json!(2)),
        "{route}"
    );
    let mut kept = route["keeps"]["phone_number"].clone();
    let since = kept.as_object_mut().and_then(|kept| kept.remove("since")).expect("since when");
    assert!(since.as_str().is_some_and(|at| at.parse::<jiff::Timestamp>().is_ok()), "{since}");
    let told = json!({"certain": true, "version": 1, "because": "not_clearable", "under": "phone_number"});
    assert_eq!(kept, told);
    let hint =
        "usercom has no way to clear these; correct them there, or set clear = \"empty_string\" for them";
    assert_eq!(route["hint"], hint);
    assert_eq!(route["leaves"], json!({"phone_number": "not_clearable"}));
}

#[actix_web::test]
async fn whose_values_are_kept_is_listed_counted_and_explained() {
    let world = keeping().await;
    let lanes = operate(&world, "/v1/lanes?state=keeps").await;
    assert_eq!(lanes["lanes"].as_array().map(Vec::len), Some(1), "{lanes}");
    let lane = &lanes["lanes"][0];
    assert_eq!(
        (&lane["user"], &lane["keeps"], &lane["standing"]),
        (&json!("u"), &json!(true), &json!("in_step_except"))
    );
    let attention = world.call(get("/v1/updates?state=keeps&route=usercom", ALL)).await.json();
    assert_eq!(attention["updates"][0]["keeps"], true, "{attention}");
    let routes = operate(&world, "/v1/routes").await;
    assert_eq!(routes["routes"]["usercom"]["users"]["keeping"], 1);
    assert_eq!(routes["routes"]["village"]["users"]["keeping"], 0);
    let metrics = world.operate(actix_web::test::TestRequest::get().uri("/metrics")).await.text;
    assert!(metrics.contains("profile_gateway_users_keeping{route=\"usercom\"} 1\n"), "{metrics}");

    let story = operate(&world, &format!("/v1/lanes/{}", lane["id"])).await;
    assert_eq!(
        (&story["confirmed_version"], &story["keeps"]["phone_number"]["version"]),
        (&json!(2), &json!(1))
    );
    let explained = operate(&world, "/v1/users/u/routes/usercom").await;
    assert_eq!(explained["keeps"], story["keeps"]);
    let next = explained["next"].as_str().expect("a sentence");
    assert!(next.contains("keeps what is not the person's any more: phone_number"), "{next}");
    assert!(next.contains("routes forget-kept usercom --user ID"), "{next}");
    world.delivered("u", r#"{"phone_number":"+14165559876"}"#).await;
    let explained = operate(&world, "/v1/users/u/routes/usercom").await;
    assert_eq!(explained["next"], "nothing: the vendor has confirmed everything that the route sends");
    assert_eq!((&explained["state"], explained.get("keeps")), (&json!("in_step"), None));
    assert_eq!(operate(&world, "/v1/lanes?state=keeps").await["lanes"], json!([]));
}

#[actix_web::test]
async fn the_pages_show_what_is_kept_and_forget_it_when_it_was_put_right() {
    let world = keeping().await;
    let visitor = Visitor::new(&world, ALL).await;
    let overview = visitor.get("/").await.text;
    assert!(
        overview.contains("/lanes?route=usercom&amp;state=keeps") && overview.contains("1 kept there"),
        "{overview}"
    );
    let list = visitor.get("/lanes?route=usercom&state=keeps").await.text;
    assert!(list.contains("/users/u") && list.contains("badge in step except"), "{list}");
    let user = visitor.get("/users/u").await.text;
    assert!(
        user.contains("badge in step except") && user.contains("kept there: phone_number in phone_number"),
        "{user}"
    );
    let id = operate(&world, "/v1/lanes?state=keeps").await["lanes"][0]["id"].clone();
    let lane = visitor.get(&format!("/lanes/{id}")).await.text;
    assert!(
        lane.contains("phone_number in phone_number, version 1 since") && lane.contains("not clearable"),
        "{lane}"
    );
    assert!(visitor.get("/routes/usercom").await.text.contains("put right for all 1"));
    visitor.post(&format!("/lanes/{id}/forget-kept"), &[("back", "/users/u")]).await;
    let user = visitor.get("/users/u").await.text;
    assert!(
        user.contains("What the vendor kept of user u is forgotten.") && user.contains("badge in step\""),
        "{user}"
    );
    visitor.post("/routes/usercom/forget-kept", &[]).await;
    assert!(
        visitor.get("/routes/usercom").await.text.contains("What the vendor kept is forgotten for 0 users.")
    );
}

#[actix_web::test]
async fn an_operator_says_that_it_was_put_right_and_the_audit_names_who() {
    let world = keeping().await;
    let before = world.requests();
    let path = "/v1/routes/usercom/forget-kept";
    for (path, status) in [
        (format!("{path}?user=nobody"), 404),
        (format!("{path}?user=a%20b"), 400),
        (format!("{path}?all=true"), 400),
        ("/v1/routes/nowhere/forget-kept".to_owned(), 404),
        ("/v1/routes/communal_main/forget-kept?user=u".to_owned(), 409),
    ] {
        let answer = world.operate(post(&path, OPERATE, "")).await;
        assert_eq!(answer.status, status, "{path}: {}", answer.text);
    }
    assert_eq!(at_usercom(&world).await["state"], "in_step_except");
    let forgotten = world.operate(post(&format!("{path}?user=u"), OPERATE, "")).await;
    assert_eq!((forgotten.status, &forgotten.json()["lanes"]), (200, &json!(1)));
    let route = at_usercom(&world).await;
    assert_eq!((&route["state"], route.get("keeps")), (&json!("in_step"), None), "{route}");
    assert_eq!(world.operate(post(path, OPERATE, "")).await.json()["lanes"], 0);
    let entries = operate(&world, "/v1/audit?kind=forget_kept").await;
    assert_eq!(entries["entries"].as_array().map(Vec::len), Some(2), "{entries}");
    assert_eq!(entries["entries"][0]["who"], "operate");
    assert_eq!(world.requests(), before, "nothing is sent");
}

#[actix_web::test]
async fn a_value_that_is_known_to_be_kept_is_no_drift_and_is_forgotten_when_it_is_gone() {
    let world = keeping().await;
    let found = verify(&world, json!({ "phone_number": "+14165551234" })).await;
    assert_eq!(
        (&found["result"], &found["leaves"]["phone_number"]),
        (&json!("kept"), &json!("kept")),
        "{found}"
    );
    assert_eq!(found["leaves"]["address.region"], "same");
    assert_eq!(found["kept"], json!({"phone_number": {"leaf": "phone_number", "finding": "kept"}}));
    assert_eq!(at_usercom(&world).await["state"], "in_step_except");
    let look = json!({ "id": 5, "custom_id": "crm-1", "name": "Jo", "phone_number": "+14165551234" });
    world.usercom.show(200, &look.to_string());
    let look = world.call(get("/v1/users/u/vendors/usercom", ALL)).await.json();
    assert_eq!(
        (&look["leaves"]["phone_number"]["finding"], &look["state"]),
        (&json!("kept"), &json!("in_step_except"))
    );

    let found = verify(&world, json!({ "phone_number": "" })).await;
    assert_eq!(
        (&found["result"], &found["leaves"]["phone_number"]),
        (&json!("same"), &json!("kept_no_more"))
    );
    let route = at_usercom(&world).await;
    assert_eq!((&route["state"], route.get("keeps")), (&json!("in_step"), None), "{route}");
    let entries = operate(&world, "/v1/audit?kind=forget_kept").await;
    assert_eq!(entries["entries"], json!([]), "nobody says so: it was seen");
}

#[actix_web::test]
async fn what_the_vendor_does_not_show_stays_kept() {
    let world = keeping().await;
    let found = verify(&world, json!({})).await;
    assert_eq!(found["leaves"]["phone_number"], "not_shown");
    assert_eq!(at_usercom(&world).await["state"], "in_step_except");
}

#[actix_web::test]
async fn a_value_that_somebody_has_put_right_by_hand_is_kept_no_more() {
    let world = World::new().await;
    known(&world, r#"{"given_name":"Jo","address":{"locality":"Oslo"},"identities":{"usercom":"crm-1"}}"#)
        .await;
    let long = "Llanfair".repeat(9);
    world.delivered("u", &json!({"address": {"locality": long}}).to_string()).await;
    let route = at_usercom(&world).await;
    assert_eq!(route["keeps"]["address.locality"]["because"], "too_long", "{route}");
    assert!(route["hint"].as_str().is_some_and(|hint| hint.contains("overlong = \"truncate\"")), "{route}");
    let found = verify(&world, json!({ "city": "Oslo" })).await;
    assert_eq!(found["leaves"]["address.locality"], "kept");
    let found = verify(&world, json!({ "city": long })).await;
    assert_eq!(found["leaves"]["address.locality"], "kept_no_more");
    assert_eq!(at_usercom(&world).await.get("keeps"), None);
}

#[actix_web::test]
async fn a_plan_says_what_would_be_kept() {
    let world = World::new().await;
    known(&world, r#"{"given_name":"Jo","phone_number":"+14165551234","identities":{"usercom":"crm-1"}}"#)
        .await;
    let plan = world.call(post("/v1/users/u/plan", ALL, r#"{"phone_number":null}"#)).await.json();
    let usercom = &plan["routes"]["usercom"];
    assert_eq!(usercom["leaves"]["phone_number"], "not_clearable");
    assert_eq!(usercom["will_be_kept"]["phone_number"]["because"], "not_clearable", "{usercom}");
    assert_eq!(usercom["will_be_kept"]["phone_number"]["certain"], true);
    assert!(usercom["hint"].as_str().is_some_and(|hint| hint.contains("empty_string")), "{usercom}");
    assert_eq!(plan["routes"]["village"].get("will_be_kept"), None);
    let visitor = Visitor::new(&world, ALL).await;
    let page = visitor.post("/plan", &[("user", "u"), ("change", r#"{"phone_number":null}"#)]).await.text;
    assert!(page.contains("The vendor will keep") && page.contains("phone_number in phone_number"), "{page}");
    assert_eq!(at_usercom(&world).await["state"], "in_step", "a plan changes nothing");
}

#[actix_web::test]
async fn a_leaf_that_goes_to_another_field_is_kept_in_the_old_one() {
    let world = World::new().await;
    known(&world, r#"{"given_name":"Jo","picture":"https://x.org/1","identities":{"usercom":"crm-1"}}"#)
        .await;
    let moved = FieldOptions { to: Some("photo".to_owned()), ..FieldOptions::default() };
    let fields = [(Leaf::Picture, FieldOption::On(moved))].into();
    world.remap("usercom", &MappingOptions { fields, ..MappingOptions::default() }, None).await;
    world.delivered("u", r#"{"picture":"https://x.org/2"}"#).await;
    let route = at_usercom(&world).await;
    let kept = &route["keeps"]["picture"];
    assert_eq!((&kept["under"], &kept["because"]), (&json!("gravatar_url"), &json!("unmapped")), "{route}");
    assert!(route["hint"].as_str().is_some_and(|hint| hint.contains("another field")), "{route}");
    assert_eq!(world.usercom.last_body()["photo"], "https://x.org/2");

    // Without either field it is kept in both.
    let fields = [(Leaf::Picture, FieldOption::Off)].into();
    world.remap("usercom", &MappingOptions { fields, ..MappingOptions::default() }, None).await;
    world.delivered("u", r#"{"picture":"https://x.org/3"}"#).await;
    let kept = at_usercom(&world).await["keeps"]["picture"].clone();
    assert_eq!((&kept["under"], &kept["version"]), (&json!("photo"), &json!(2)), "{kept}");
    assert_eq!(
        (&kept["also"][0]["under"], &kept["also"][0]["version"]),
        (&json!("gravatar_url"), &json!(1)),
        "{kept}"
    );
}

#[actix_web::test]
async fn a_refused_value_leaves_the_one_before_it_there() {
    let world = World::new().await;
    let known = r#"{"given_name":"C","family_name":"C","email":"c@x.org","phone_number":"+14165551234","identities":{"communal_main":"2"}}"#;
    world.delivered("u", known).await;
    world.communal.answer(422, r#"{"message":"invalid","errors":{"telephone":["is invalid"]}}"#);
    world.delivered("u", r#"{"phone_number":"+14165559999"}"#).await;
    let route = world.call(get("/v1/users/u", ALL)).await.json()["routes"]["communal_main"].clone();
    assert_eq!(
        (&route["state"], &route["hint"]),
        (&json!("held"), &json!("send another value for phone_number, or clear it"))
    );
    let kept = &route["keeps"]["phone_number"];
    assert_eq!(
        (&kept["because"], &kept["under"], &kept["version"]),
        (&json!("held"), &json!("telephone"), &json!(1))
    );
}
