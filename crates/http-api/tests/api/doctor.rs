//! What the doctor says of answers that are not the vendor's: updates would fail, whoever sends them.

use serde_json::Value;

use crate::support::{OPERATE, Vendor, World, post};

async fn examined(world: &World, route: &str) -> Value {
    let answer = world.operate(post(&format!("/v1/doctor?route={route}"), OPERATE, "")).await.json();
    answer["routes"][0]["findings"].clone()
}

fn health<'f>(findings: &'f Value, check: &str) -> &'f str {
    let found = findings.as_array().expect("findings").iter().find(|finding| finding["check"] == check);
    found.and_then(|finding| finding["health"].as_str()).unwrap_or("without a word")
}

#[actix_web::test]
async fn an_answer_that_is_not_the_vendors_is_a_failure_and_what_was_not_asked_is_said() {
    let world = World::new().await;
    let vendors: [(&str, &Vendor); 4] = [
        ("communal_main", &world.communal),
        ("usercom", &world.usercom),
        ("communifire", &world.communifire),
        ("village", &world.village),
    ];
    for (route, vendor) in vendors {
        for (status, body) in [
            (200, "<!DOCTYPE html><title>Sign in</title>"),
            (200, "<!-- hi --><html></html>"),
            (200, "Please sign in"),
            (302, ""),
            (403, "<html>Request blocked</html>"),
            (403, "Access denied"),
            (404, "<html>Not Found</html>"),
            (404, "404 page not found\n"),
            (404, ""),
            (502, "<html>Bad Gateway</html>"),
        ] {
            vendor.show(status, body);
            let found = examined(&world, route).await;
            assert_eq!(health(&found, "reachable"), "failed", "{route} {status} {body}: {found}");
            assert_eq!(health(&found, "credential"), "untold", "{route} {status} {body}: {found}");
            assert_eq!(health(&found, "fields"), "untold", "{route} {status} {body}: {found}");
        }
        vendor.show(401, r#"{"message":"Unauthenticated."}"#);
        let found = examined(&world, route).await;
        assert_eq!([health(&found, "reachable"), health(&found, "credential")], ["ok", "failed"], "{found}");
    }
    for (route, vendor) in &vendors[2..] {
        vendor.show(404, r#"{"message":"Not found"}"#);
        let found = examined(&world, route).await;
        assert_eq!([health(&found, "reachable"), health(&found, "credential")], ["ok", "untold"], "{found}");
    }
}
