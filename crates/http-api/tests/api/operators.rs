use actix_web::test::TestRequest;
use serde_json::json;
use testkit::memory_store::CommitFailure;

use crate::support::{ALL, OPERATE, World, get, patch, post};

#[actix_web::test]
async fn health_needs_no_key_and_follows_the_store() {
    let world = World::new().await;
    let plain = |path: &str| TestRequest::get().uri(path);
    assert_eq!(world.operate(plain("/live")).await.status, 200);
    assert_eq!(world.operate(plain("/ready")).await.status, 200);
    world.operate(post("/v1/routes/village/pause", OPERATE, "")).await;
    assert_eq!(world.operate(plain("/ready")).await.status, 200, "a paused route makes nothing unready");
    world.rest().await;
    world.store.fail_next_commit(CommitFailure::Lost);
    world.call(patch("/v1/users/u", ALL, "{}")).await;
    assert_eq!(world.operate(plain("/ready")).await.status, 503);
    assert_eq!(world.operate(plain("/live")).await.status, 200);
}

#[actix_web::test]
async fn a_stopping_process_is_alive_but_not_ready() {
    let world = World::new().await;
    world.operator.stopping.cancel();
    let answer = world.operate(TestRequest::get().uri("/ready")).await;
    assert_eq!((answer.status, answer.problem().as_deref()), (503, Some("shutting-down")));
    assert_eq!(world.operate(TestRequest::get().uri("/live")).await.status, 200);
}

#[actix_web::test]
async fn metrics_count_what_happened() {
    let world = World::new().await;
    world.delivered("u", r#"{"nickname":"B","identities":{"communal_main":"1"}}"#).await;
    world.change("u", "[]").await;
    world.operate(post("/v1/routes/village/pause", OPERATE, "")).await;
    let answer = world.operate(TestRequest::get().uri("/metrics")).await;
    assert!(
        answer.header("content-type").is_some_and(|kind| kind.starts_with("application/openmetrics-text"))
    );
    for line in [
        "profile_gateway_updates_accepted_total{caller=\"all\"} 1",
        "profile_gateway_problems_total{type=\"invalid-value\"} 1",
        "profile_gateway_lanes{route=\"communal_main\",state=\"blocked\"} 1",
        "profile_gateway_accept_seconds_count 1",
        "profile_gateway_request_seconds_count{method=\"PATCH\",path=\"/v1/users/{id}\",status=\"4xx\"} 1",
        "profile_gateway_route_paused{route=\"village\",reason=\"operator\"} 1",
        "profile_gateway_route_paused{route=\"communal_main\",reason=\"operator\"} 0",
    ] {
        assert!(answer.text.lines().any(|found| found == line), "{line} is missing in\n{}", answer.text);
    }
}

#[actix_web::test]
async fn a_blocked_lane_is_found_and_tried_again() {
    let world = World::new().await;
    let body = r#"{"given_name":"C","family_name":"C","email":"c@x.org","identities":{"communal_main":"2"}}"#;
    world.communal.answer(200, r#"{"id":3}"#);
    let update = world.delivered("u", body).await;
    let lanes = world.operate(get("/v1/lanes?route=communal_main&state=blocked", OPERATE)).await.json();
    let lane = &lanes["lanes"][0];
    assert_eq!((&lane["user"], &lane["reason"]), (&json!("u"), &json!("wrong_subject")));
    let id = lane["id"].as_i64().expect("an id");
    let story = world.operate(get(&format!("/v1/lanes/{id}"), OPERATE)).await.json();
    assert_eq!(story["attempts"][0]["failure"], "wrong_subject");

    // Such an answer pauses the route too; a retry alone does not open it.
    world.operate(post("/v1/routes/communal_main/resume", OPERATE, "")).await;
    let retried = world.operate(post(&format!("/v1/lanes/{id}/retry"), OPERATE, "")).await;
    assert_eq!((retried.status, retried.json()["lanes"].as_u64()), (200, Some(1)), "{}", retried.text);
    let path = format!("/v1/updates/{}?wait=20", update["id"].as_str().expect("an id"));
    assert_eq!(world.call(get(&path, ALL)).await.json()["routes"]["communal_main"]["state"], "applied");
    for missing in ["/v1/lanes/999999", "/v1/lanes/0", "/v1/lanes/x", "/v1/lanes/-1"] {
        let refused = world.operate(get(missing, OPERATE)).await;
        assert_eq!(refused.status, 404, "{missing}");
        assert!(refused.text.contains("there is no lane of this id"), "{}", refused.text);
        assert_eq!(
            world.operate(post(&format!("{missing}/retry"), OPERATE, "")).await.status,
            404,
            "{missing}"
        );
    }
}

#[actix_web::test]
async fn a_route_is_paused_resumed_and_sent_again_and_the_audit_knows_who_did_it() {
    let world = World::new().await;
    world.delivered("u", r#"{"email":"jo@x.org","given_name":"Jo"}"#).await;
    for act in ["pause", "resume"] {
        assert_eq!(world.operate(post(&format!("/v1/routes/village/{act}"), OPERATE, "")).await.status, 200);
    }
    let resync = world.operate(post("/v1/routes/village/resync", OPERATE, "")).await;
    assert_eq!(resync.json()["lanes"], 1);
    for _ in 0..200 {
        if world.village.sent().len() == 2 {
            break;
        }
        tokio::time::sleep(std::time::Duration::from_millis(10)).await;
    }
    assert_eq!(world.village.sent().len(), 2);
    assert_eq!(world.operate(post("/v1/routes/nowhere/pause", OPERATE, "")).await.status, 404);
    let routes = world.operate(get("/v1/routes", OPERATE)).await.json();
    assert_eq!(routes["routes"]["village"]["users"]["all"], 1);
    let audit = world.operate(get("/v1/audit?limit=50", OPERATE)).await.json();
    let entries = audit["entries"].as_array().expect("entries");
    let acts =
        entries.iter().filter(|entry| entry["who"] == "operate" && entry["route"] == "village").count();
    assert!(acts >= 3, "{audit}");
}

#[actix_web::test]
async fn a_reload_is_refused_with_its_reason_or_carried_out_and_audited() {
    let world = World::new().await;
    let difference = world.operate(post("/v1/reload?dry_run=true", OPERATE, "")).await.json();
    assert_eq!(
        (&difference["changes"][0], difference["to_confirm"].is_string()),
        (&json!("route village: another rate"), true)
    );
    let refused = world.operate(post("/v1/reload", OPERATE, "")).await;
    assert_eq!((refused.status, refused.problem().as_deref()), (409, Some("reload-refused")));
    assert!(refused.text.contains("owes something"));
    let done = world.operate(post("/v1/reload?confirm=true", OPERATE, "")).await;
    assert_eq!(done.json(), json!({"changes": ["route village: another rate"]}));
    let audit = world.operate(get("/v1/audit", OPERATE)).await.json();
    let entries = audit["entries"].as_array().expect("entries");
    let details: Vec<_> = entries.iter().map(|entry| entry["detail"].as_str().expect("a text")).collect();
    assert_eq!((details.len(), details[0]), (2, "route village: another rate"));
    assert!(details[1].starts_with("refused: ") && details[1].contains("owes something"), "{audit}");
    assert_eq!(world.operate(post("/v1/reload?confirm=maybe", OPERATE, "")).await.status, 400);
}

#[actix_web::test]
async fn lanes_are_chosen_by_user_reason_and_age_and_tried_again_page_by_page() {
    let world = World::new().await;
    for number in 1..=3 {
        let body = |id: usize| {
            format!(
                r#"{{"given_name":"C","family_name":"C","email":"c{id}@x.org","identities":{{"communal_main":"{id}"}}}}"#
            )
        };
        world.communal.answer(413, "{}");
        world.delivered(&format!("u-{number}"), &body(number)).await;
        // Three in a row would be the route's fault.
        world.communal.answer(200, "");
        world.delivered(&format!("v-{number}"), &body(100 + number)).await;
    }
    let users = |json: serde_json::Value| -> Vec<String> {
        let lanes = json["lanes"].as_array().expect("lanes").clone();
        lanes.iter().map(|lane| lane["user"].as_str().expect("a user").to_owned()).collect()
    };
    let list = |query: &'static str| world.operate(get(query, OPERATE));
    assert_eq!(users(list("/v1/lanes?reason=too_large").await.json()), ["u-1", "u-2", "u-3"]);
    assert_eq!(users(list("/v1/lanes?reason=too_large,internal&user=u-2").await.json()), ["u-2"]);
    assert!(users(list("/v1/lanes?reason=needs_data").await.json()).is_empty());
    assert!(users(list("/v1/lanes?state=blocked&older_than=1h").await.json()).is_empty());
    assert_eq!(users(list("/v1/lanes?state=blocked&older_than=0s").await.json()).len(), 3);
    for age in ["2d", "1d%2012h", "90m", "1w", "PT2H"] {
        let path = format!("/v1/lanes?state=blocked&older_than={age}");
        let answer = world.operate(get(&path, OPERATE)).await;
        assert_eq!(answer.status, 200, "{age}: {}", answer.text);
    }
    for (query, named) in [
        ("/v1/lanes?reason=bad", "needs_data"),
        ("/v1/lanes?state=bad", "blocked"),
        ("/v1/lanes?route=bad", "village"),
        ("/v1/lanes?older_than=bad", "15m"),
        ("/v1/lanes?older_than=-1h", "2d"),
        ("/v1/lanes?older_than=1h%20ago", "2d"),
        ("/v1/lanes?older_than=1mo", "2d"),
        ("/v1/lanes?color=red", "older_than"),
        ("/v1/lanes?user=%20", "user"),
    ] {
        let refused = world.operate(get(query, OPERATE)).await;
        assert!(refused.status == 400 && refused.text.contains(named), "{query}: {}", refused.text);
        let refused = world.operate(post(&query.replace("lanes", "lanes/retry"), OPERATE, "")).await;
        assert_eq!(refused.status, 400, "{query}");
    }

    world.operate(post("/v1/routes/communal_main/pause", OPERATE, "")).await;
    let page = world.operate(post("/v1/lanes/retry?reason=too_large&limit=2", OPERATE, "")).await.json();
    assert_eq!(page["lanes"], 2, "{page}");
    let rest =
        format!("/v1/lanes/retry?reason=too_large&limit=2&after={}", page["next"].as_str().expect("more"));
    let rest = world.operate(post(&rest, OPERATE, "")).await.json();
    assert_eq!((rest["lanes"].as_u64(), rest["next"].as_str()), (Some(1), None), "{rest}");
    assert_eq!(
        users(list("/v1/lanes?route=communal_main&state=pending").await.json()),
        ["u-1", "u-2", "u-3"]
    );
}

#[actix_web::test]
async fn why_a_user_stands_as_it_does_is_explained_leaf_by_leaf() {
    let world = World::new().await;
    let body = r#"{"given_name":"C","family_name":"C","email":"c@x.org","title":"T","identities":{"communal_main":"2"}}"#;
    world.communal.answer(200, r#"{"id":2,"first_name":"Another"}"#);
    world.delivered("u", body).await;
    world.communal.answer(403, "{}");
    world.delivered("u", r#"{"nickname":"N"}"#).await;
    let answer = world.operate(get("/v1/users/u/routes/communal_main", OPERATE)).await;
    let explained = answer.json();
    assert_eq!((&explained["state"], &explained["reason"]), (&json!("blocked"), &json!("forbidden")));
    assert!(explained["next"].as_str().is_some_and(|next| next.contains("credential")), "{explained}");
    let fields = &explained["fields"];
    assert_eq!((&fields["email"]["state"], &fields["email"]["version"]), (&json!("confirmed"), &json!(1)));
    assert_eq!(fields["email"]["confirmed_at"], explained["confirmed_at"]);
    assert_eq!(
        (&fields["given_name"]["unverified"], &fields["email"]["unverified"]),
        (&json!(true), &json!(null))
    );
    assert_eq!((&fields["nickname"]["state"], &fields["nickname"]["version"]), (&json!("owed"), &json!(2)));
    assert_eq!(
        (&fields["title"]["state"], &fields["title"]["fate"]),
        (&json!("not_carried"), &json!("unsupported"))
    );
    assert_eq!(explained["attempts"][0]["failure"], "forbidden");
    assert!(!answer.text.contains("c@x.org"), "a value");
    let lane = explained["lane"].as_i64().expect("a lane");
    let story = world.operate(get(&format!("/v1/lanes/{lane}"), OPERATE)).await.json();
    assert_eq!((&story["next"], story["lane"]["confirmed_at"].is_string()), (&explained["next"], true));
    let usercom = world.operate(get("/v1/users/u/routes/usercom", OPERATE)).await.json();
    assert_eq!(usercom["state"], "no_identity");
    let nowhere = world.operate(get("/v1/users/u/routes/nowhere", OPERATE)).await;
    assert!(nowhere.status == 404 && nowhere.text.contains("communal_main"), "{}", nowhere.text);
    assert_eq!(world.operate(get("/v1/users/nobody/routes/village", OPERATE)).await.status, 404);
}

#[actix_web::test]
async fn a_route_is_probed_unless_somebody_has_to_resume_it() {
    let world = World::new().await;
    let idle = world.operate(post("/v1/routes/village/probe", OPERATE, "")).await;
    assert_eq!((idle.status, idle.json()), (200, json!({"probing": false})));
    world.operate(post("/v1/routes/village/pause", OPERATE, "")).await;
    let refused = world.operate(post("/v1/routes/village/probe", OPERATE, "")).await;
    assert_eq!((refused.status, refused.problem().as_deref()), (409, Some("act-refused")));
}

#[actix_web::test]
async fn the_operators_api_describes_itself() {
    let world = World::new().await;
    let description = world.operate(TestRequest::get().uri("/v1/openapi.json")).await.json();
    assert_eq!(description["paths"]["/v1/lanes/retry"]["post"]["operationId"], "retryLanes");
}

#[actix_web::test]
async fn the_descriptions_are_a_page_that_needs_nobody_else() {
    let world = World::new().await;
    let page = world.operate(TestRequest::get().uri("/docs/")).await;
    assert_eq!(page.status, 200, "{}", page.text);
    let policy = page.header("content-security-policy").expect("a policy");
    assert!(policy.contains("default-src 'none'") && !policy.contains("http"), "{policy}");
    let elsewhere: Vec<&str> = page.text.split(['"', '\'']).filter(|part| part.starts_with("http")).collect();
    assert!(elsewhere.is_empty(), "the page names {elsewhere:?}");
    for file in ["swagger-ui.css", "swagger-ui-bundle.js", "swagger-initializer.js"] {
        assert_eq!(
            world.operate(TestRequest::get().uri(&format!("/docs/{file}"))).await.status,
            200,
            "{file}"
        );
    }
    // The callers' calls are not at this listener: no button sends them to it.
    let script = world.operate(TestRequest::get().uri("/docs/swagger-initializer.js")).await.text;
    assert!(script.contains("\"supportedSubmitMethods\": []"), "{script}");
    let callers = world.operate(TestRequest::get().uri("/docs/callers.json")).await.json();
    assert_eq!(callers["paths"]["/v1/users/{id}"]["patch"]["operationId"], "updateUser");
    let moved = world.operate(TestRequest::get().uri("/docs")).await;
    assert_eq!((moved.status, moved.header("location")), (308, Some("/docs/")));
}

#[actix_web::test]
async fn the_audit_is_filtered_paged_and_verified() {
    let world = World::new().await;
    for act in ["pause", "resume", "pause"] {
        world.operate(post(&format!("/v1/routes/village/{act}"), OPERATE, "")).await;
    }
    world.operate(post("/v1/routes/communal_main/pause", OPERATE, "")).await;
    let list = async |query: &str| {
        let answer = world.operate(get(&format!("/v1/audit?{query}"), OPERATE)).await;
        (answer.json()["entries"].as_array().expect("entries").len(), answer.json()["next"].clone())
    };
    assert_eq!(list("kind=pause").await, (3, json!(null)));
    assert_eq!(list("kind=pause&route=village").await, (2, json!(null)));
    assert_eq!(list("since=2999-01-01T00:00:00Z").await, (0, json!(null)));
    assert_eq!(list("limit=3").await, (3, json!("2")));
    assert_eq!(list("limit=3&after=2").await, (1, json!(null)));
    for (query, help) in [
        ("kind=paused", "pause, probe, reload"),
        ("route=villag", "communal_main"),
        ("since=yesterday", "RFC 3339"),
        ("limit=0", "limit"),
        ("who=x", "since"),
    ] {
        let refused = world.operate(get(&format!("/v1/audit?{query}"), OPERATE)).await;
        assert!(refused.status == 400 || refused.status == 422, "{query}: {}", refused.status);
        assert!(refused.text.contains(help), "{query}: {}", refused.text);
    }
    let verify = async |query: &str| world.operate(get(&format!("/v1/audit/verify{query}"), OPERATE)).await;
    let report = verify("").await.json();
    assert_eq!((&report["intact"], &report["entries"]), (&json!(true), &json!(4)));
    let head = report["head"].as_str().expect("a head").to_owned();
    world.operate(post("/v1/routes/village/resume", OPERATE, "")).await;
    assert_eq!(verify(&format!("?head={head}")).await.json()["intact"], true);
    let other = format!("4:{}", "0".repeat(64));
    let report = verify(&format!("?head={other}")).await.json();
    assert_eq!((&report["intact"], &report["entries"]), (&json!(false), &json!(4)));
    assert!(report["fault"].as_str().expect("a fault").contains("made anew"), "{report}");
    assert_eq!(verify("?head=4").await.status, 400);
}

#[actix_web::test]
async fn routes_are_examined_without_changing_anybody() {
    let world = World::new().await;
    world.usercom.show(200, r#"{"results":[],"next":null}"#);
    world.village.show(401, "{}");
    let found = world.operate(post("/v1/doctor", OPERATE, "")).await.json();
    let health = |route: &str, check: &str| {
        let route = found["routes"].as_array().expect("routes").iter().find(|found| found["route"] == route);
        let findings = route.expect("the route")["findings"].as_array().expect("findings").clone();
        let finding = findings.into_iter().find(|finding| finding["check"] == check);
        finding.map_or_else(String::new, |finding| finding["health"].as_str().expect("a word").to_owned())
    };
    assert_eq!((health("usercom", "credential"), health("usercom", "reachable")), ("ok".into(), "ok".into()));
    assert_eq!(
        (health("village", "credential"), health("village", "reachable")),
        ("failed".into(), "ok".into())
    );
    assert_eq!(world.requests(), 0, "no update was sent");
    let unknown = world.operate(post("/v1/doctor?route=nowhere", OPERATE, "")).await;
    assert!(unknown.status == 400 && unknown.text.contains("village"), "{}", unknown.text);
}
