use actix_web::test::TestRequest;
use http_api::callers::Keys;

use super::visitor::{HOST, Visitor, form, sign_in};
use crate::support::{ALL, OPERATE, READ, READ_OPERATE, World, captured};

const PAGES: [&str; 9] = [
    "/",
    "/routes/village",
    "/lanes",
    "/lanes/1",
    "/users",
    "/users/u",
    "/plan",
    "/configuration",
    "/events",
];

#[actix_web::test]
async fn without_a_session_every_page_leads_to_the_sign_in_and_tells_nothing() {
    let world = World::new().await;
    for path in PAGES {
        let answer = world.operate(TestRequest::get().uri(path).insert_header(("Host", HOST))).await;
        let next = if path == "/" { String::new() } else { format!("?next={path}") };
        let place = format!("/sign-in{next}");
        assert_eq!((answer.status, answer.header("location")), (303, Some(place.as_str())), "{path}");
        assert_eq!(answer.text, "", "{path}");
    }
    for cookie in [
        "profile_gateway_session=",
        "profile_gateway_session=ff",
        &format!("profile_gateway_session={}", "f".repeat(64)),
    ] {
        let request =
            TestRequest::get().uri("/").insert_header(("Host", HOST)).insert_header(("Cookie", cookie));
        assert_eq!(world.operate(request).await.status, 303, "{cookie}");
    }
    let bearer = TestRequest::get().uri("/").insert_header(("Host", HOST));
    let bearer = bearer.insert_header(("Authorization", format!("Bearer {OPERATE}")));
    assert_eq!(world.operate(bearer).await.status, 303, "a key opens calls; a session opens pages");
    for act in ["/routes/village/pause", "/lanes/1/retry", "/plan", "/sign-out"] {
        let answer = world.operate(form(act, &[("token", "")])).await;
        assert_eq!((answer.status, answer.header("location")), (303, Some("/sign-in")), "{act}");
    }
}

#[actix_web::test]
async fn a_key_that_may_operate_opens_a_session_and_no_other_one_does() {
    let world = World::new().await;
    for (key, status) in [("", 401), ("pgw_nobody", 401), (READ, 403)] {
        let answer = sign_in(&world, key).await;
        assert_eq!((answer.status, answer.header("set-cookie")), (status, None), "{key}");
        assert_eq!(answer.header("www-authenticate").is_some(), status == 401, "{key}");
        assert!(answer.text.contains("role=\"alert\"") && !answer.text.contains("pgw_nobody"), "{key}");
    }
    let answer = sign_in(&world, OPERATE).await;
    assert_eq!((answer.status, answer.header("location")), (303, Some("/lanes")));
    let cookie = answer.header("set-cookie").expect("a cookie");
    assert!(cookie.ends_with("; Path=/; Max-Age=43200; HttpOnly; SameSite=Strict"), "{cookie}");
    assert!(!cookie.contains(OPERATE));
    let id = cookie.split(['=', ';']).nth(1).expect("an id");
    assert!(id.len() == 64 && !captured().contains(id), "{cookie}");
}

#[actix_web::test]
async fn a_person_is_shown_to_whom_the_api_would_show_it_and_nobody_else() {
    let world = World::new().await;
    world.delivered("u", r#"{"given_name":"canary-scope-given"}"#).await;
    let change = [("user", "u"), ("change", r#"{"nickname":"Bo"}"#)];
    let who = [
        (OPERATE, [403; 2], "the scope read"),
        (READ_OPERATE, [200, 403], "the scope update"),
        (ALL, [200; 2], ""),
    ];
    for (key, [user, plan], missing) in who {
        let visitor = Visitor::new(&world, key).await;
        let answers =
            [visitor.get("/users/u").await, visitor.get("/plan").await, visitor.post("/plan", &change).await];
        for (answer, status) in answers.iter().zip([user, plan, plan]) {
            assert_eq!(answer.status, status, "{key}: {}", answer.text);
            let names = answer.text.contains("canary-scope-given") || answer.text.contains("Bo");
            assert!(status == 200 || (!names && answer.text.contains(missing)), "{key}: {}", answer.text);
        }
        for path in ["/", "/routes/village", "/lanes", "/users", "/configuration"] {
            assert_eq!(visitor.get(path).await.status, 200, "{key}: {path}");
        }
    }
}

#[actix_web::test]
async fn signing_out_or_revoking_the_key_ends_the_session() {
    let world = World::new().await;
    let (one, other) = (Visitor::new(&world, OPERATE).await, Visitor::new(&world, ALL).await);
    assert_eq!(one.get("/").await.status, 200);
    let out = one.post("/sign-out", &[]).await;
    assert_eq!((out.status, out.header("location")), (303, Some("/sign-in")));
    assert!(out.header("set-cookie").is_some_and(|cookie| cookie.contains("Max-Age=0")));
    assert_eq!(one.get("/").await.status, 303);
    assert_eq!(other.get("/").await.status, 200);
    world.operator.keys.store(Keys::new([]).into());
    assert_eq!(other.get("/").await.status, 303);
}

#[actix_web::test]
async fn a_form_that_is_not_from_a_page_of_the_session_does_nothing() {
    let world = World::new().await;
    let (visitor, other) = (Visitor::new(&world, OPERATE).await, Visitor::new(&world, ALL).await);
    let path = "/routes/village/pause";
    let good = [("token", visitor.token.as_str())];
    let refused = [
        ("no token", form(path, &[])),
        ("an empty token", form(path, &[("token", "")])),
        ("another session's token", form(path, &[("token", &other.token)])),
        ("another site", form(path, &good).insert_header(("Origin", "http://evil.example"))),
        ("another port", form(path, &good).insert_header(("Origin", "http://127.0.0.1:9999"))),
        ("a page without an origin", form(path, &good).insert_header(("Origin", "null"))),
        ("no origin", TestRequest::post().uri(path).set_form(good)),
    ];
    for (what, request) in refused {
        let answer = world.operate(visitor.with_cookie(request)).await;
        assert_eq!(answer.status, 403, "{what}");
    }
    let json =
        TestRequest::post().uri(path).set_json("token").insert_header(("Origin", format!("http://{HOST}")));
    assert_eq!(world.operate(visitor.with_cookie(json)).await.status, 415);
    assert_eq!(visitor.get(path).await.status, 405, "a link does nothing");
    assert!(!visitor.get("/").await.text.contains("badge paused"), "the route was paused");
    assert_eq!(visitor.post(path, &[]).await.status, 303);
    assert!(visitor.get("/").await.text.contains("badge paused"));
}

#[actix_web::test]
async fn a_foreign_name_for_the_listener_is_refused_everywhere() {
    let world = World::new().await;
    let visitor = Visitor::new(&world, OPERATE).await;
    let foreign =
        |request: TestRequest| visitor.with_cookie(request).insert_header(("Host", "evil.example:8081"));
    for path in PAGES.into_iter().chain(["/sign-in"]) {
        let answer = world.operate(foreign(TestRequest::get().uri(path))).await;
        assert_eq!(answer.status, 403, "{path}");
        assert!(answer.text.contains("operator.hosts"), "{path}");
    }
    let form = form("/sign-in", &[("key", OPERATE)]).insert_header(("Origin", "http://evil.example:8081"));
    assert_eq!(world.operate(foreign(form)).await.status, 403);
}

#[actix_web::test]
async fn every_answer_to_a_browser_is_closed_to_other_sites_and_kept_by_nobody() {
    let world = World::new().await;
    world.delivered("u", r#"{"nickname":"B","identities":{"communal_main":"1"}}"#).await;
    let visitor = Visitor::new(&world, ALL).await;
    let policy = "default-src 'none'; style-src 'self'; script-src 'self'; connect-src 'self'; img-src 'self'; \
                  form-action 'self'; frame-ancestors 'none'; base-uri 'none'";
    for path in [
        "/",
        "/routes/village",
        "/lanes",
        "/users",
        "/users/u",
        "/plan",
        "/configuration",
        "/sign-in",
        "/routes/none",
    ] {
        let answer = visitor.get(path).await;
        assert_eq!(answer.header("content-security-policy"), Some(policy), "{path}");
        assert_eq!(answer.header("x-content-type-options"), Some("nosniff"), "{path}");
        assert_eq!(answer.header("referrer-policy"), Some("same-origin"), "{path}");
        assert_eq!(answer.header("cache-control"), Some("no-store"), "{path}");
        assert_eq!(answer.header("content-type"), Some("text/html; charset=utf-8"), "{path}");
        for inline in ["<style", "style=", "onclick=", "javascript:", "<script>", "https://", "//cdn"] {
            assert!(!answer.text.contains(inline), "{path} has {inline}");
        }
    }
}

#[actix_web::test]
async fn files_have_their_hash_in_their_path_and_may_be_kept_for_ever() {
    let world = World::new().await;
    let page = world.operate(TestRequest::get().uri("/sign-in").insert_header(("Host", HOST))).await.text;
    let paths: Vec<&str> = page.split('"').filter(|part| part.starts_with("/assets/")).collect();
    assert_eq!(paths.len(), 3, "{page}");
    let get = |path: &str| world.operate(TestRequest::get().uri(path).insert_header(("Host", HOST)));
    for path in paths {
        let answer = get(path).await;
        assert_eq!(answer.status, 200, "{path}");
        assert_eq!(answer.header("cache-control"), Some("public, max-age=31536000, immutable"));
        assert!(answer.header("content-security-policy").is_some());
        let other = path.replacen(path.split('/').nth(2).expect("a hash"), "0000000000000000", 1);
        assert_eq!(get(&other).await.status, 404, "another hash is another file");
    }
}
