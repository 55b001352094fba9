//! A vendor that will withdraw the version of its API that a route uses: everybody who looks is told, and nothing else follows.

use serde_json::{Value, json};

use crate::{
    pages::Visitor,
    support::{ALL, OPERATE, World, get, patch, post},
};

const BODY: &str =
    r#"{"given_name":"C","family_name":"C","email":"c@x.org","identities":{"communal_main":"2"}}"#;
const WARNING: [(&str, &str); 3] = [
    ("X-Api-Version-Warning", "Version of canary-credential-5e8d is old,\u{7} write to c@x.org"),
    ("Sunset", "Fri, 31 Dec 2027 00:00:00 GMT"),
    ("Deprecation", "@1790812800"),
];

async fn of_route(world: &World, operates: bool) -> Value {
    let routes = match operates {
        true => world.operate(get("/v1/routes", OPERATE)).await,
        false => world.call(get("/v1/routes", ALL)).await,
    };
    routes.json()["routes"]["communal_main"]["deprecation"].clone()
}

#[actix_web::test]
async fn a_vendors_warning_is_told_wherever_somebody_looks() {
    let world = World::new().await;
    // Whoever answers in the vendor's place may end whenever it likes.
    world.communal.warn(502, "<html>Bad Gateway</html>", &WARNING);
    let update = world.call(patch("/v1/users/c", ALL, BODY)).await;
    assert_eq!(update.status, 202);
    world.rest().await;
    assert_eq!(of_route(&world, false).await, Value::Null);
    world.communal.warn(200, r#"{"id":3}"#, &WARNING);
    let update = world.delivered("d", &BODY.replace("c@x.org", "d@x.org").replace("\"2\"", "\"3\"")).await;
    let says = "Version of … is old, write to …";
    let told =
        json!({ "deprecated_since": "2026-10-01T00:00:00Z", "sunset": "2027-12-31T00:00:00Z", "says": says });
    assert_eq!(
        (of_route(&world, false).await, of_route(&world, true).await),
        (told.clone(), told),
        "{update}"
    );
    let metrics = world.operate(get("/metrics", ALL)).await.text;
    for line in [
        "route_deprecated{route=\"communal_main\"} 1",
        "route_deprecated{route=\"village\"} 0",
        "route_sunset_timestamp_seconds{route=\"communal_main\"} 1830211200",
    ] {
        assert!(metrics.contains(line), "{line}: {metrics}");
    }
    let visitor = Visitor::new(&world, ALL).await;
    let page = visitor.get("/routes/communal_main").await.text;
    assert!(page.contains("on 2027-12-31; deprecated since 2026-10-01") && page.contains(says), "{page}");
    assert!(visitor.get("/").await.text.contains("deprecated</span>"));
    world.communal.show(200, r#"{"data":[]}"#);
    let examined = world.operate(post("/v1/doctor?route=communal_main", OPERATE, "")).await.json();
    let findings = examined["routes"][0]["findings"].as_array().expect("findings").clone();
    let version = findings.iter().find(|finding| finding["check"] == "version").expect("a finding");
    assert!(
        version["health"] == "warning" && version["says"].to_string().contains("2027-12-31"),
        "{version}"
    );
}
