use actix_web::test::TestRequest;

use crate::support::{ALL, Answer, World, patch};

async fn send(world: &World, header: (&str, &str), title: &str) -> Answer {
    let request: TestRequest = patch("/v1/users/u", ALL, format!("{{\"title\":\"{title}\"}}"));
    world.call(request.insert_header((header.0, header.1))).await
}

#[actix_web::test]
async fn a_lost_race_is_told_and_changes_nothing() {
    let world = World::new().await;
    let created = send(&world, ("If-None-Match", "*"), "a").await;
    assert_eq!((created.status, created.header("etag")), (202, Some("\"1\"")));
    assert_eq!(created.json()["created"], true);
    let again = send(&world, ("If-None-Match", "*"), "b").await;
    assert_eq!((again.status, again.problem().as_deref()), (412, Some("version-mismatch")));
    let second = send(&world, ("If-Match", "\"1\""), "b").await;
    assert_eq!((second.status, second.header("etag")), (202, Some("\"2\"")));
    let late = send(&world, ("If-Match", "\"1\""), "c").await;
    assert_eq!((late.status, late.problem().as_deref()), (412, Some("version-mismatch")));
    assert!(late.text.contains("version 2"));
    assert_eq!(send(&world, ("If-Match", "*"), "c").await.status, 202);
    let user = world.call(crate::support::get("/v1/users/u", ALL)).await;
    assert_eq!((user.json()["title"].as_str(), user.header("etag")), (Some("c"), Some("\"3\"")));
}

#[actix_web::test]
async fn a_user_that_must_exist_is_not_created() {
    let world = World::new().await;
    for value in ["*", "\"1\""] {
        let answer = send(&world, ("If-Match", value), "a").await;
        assert_eq!((answer.status, answer.problem().as_deref()), (412, Some("version-mismatch")), "{value}");
    }
    assert!(!world.knows("u").await);
}

#[actix_web::test]
async fn what_is_no_precondition_is_refused() {
    let world = World::new().await;
    for header in [("If-Match", "1"), ("If-Match", ""), ("If-None-Match", "W/1"), ("If-Match", "*, \"1\"")] {
        let answer = send(&world, header, "a").await;
        assert_eq!((answer.status, answer.problem().as_deref()), (400, Some("invalid-value")), "{header:?}");
    }
    assert!(!world.knows("u").await);
}

/// RFC 9110 section 13.2.2: `If-Match` is looked at first, then `If-None-Match`.
#[actix_web::test]
async fn of_both_preconditions_if_match_comes_first() {
    let world = World::new().await;
    assert_eq!(send(&world, ("If-None-Match", "*"), "a").await.status, 202);
    let with = |request: TestRequest, wanted: &'static str, unwanted: &'static str| {
        world.call(request.insert_header(("If-None-Match", unwanted)).insert_header(("If-Match", wanted)))
    };
    let change = |title: &str| patch("/v1/users/u", ALL, format!("{{\"title\":\"{title}\"}}"));
    let read = || crate::support::get("/v1/users/u", ALL);
    let erase =
        || TestRequest::delete().uri("/v1/users/u").insert_header(("Authorization", format!("Bearer {ALL}")));
    for (wanted, unwanted) in [("\"2\"", "\"1\""), ("\"2\"", "\"3\"")] {
        for request in [read(), change("b"), erase()] {
            let answer = with(request, wanted, unwanted).await;
            assert_eq!((answer.status, answer.problem().as_deref()), (412, Some("version-mismatch")));
        }
    }
    for (wanted, unwanted) in [("\"1\"", "\"1\""), ("*", "*"), ("*", "\"1\"")] {
        assert_eq!(with(read(), wanted, unwanted).await.status, 304, "{wanted} {unwanted}");
        for request in [change("b"), erase()] {
            assert_eq!(with(request, wanted, unwanted).await.status, 412, "{wanted} {unwanted}");
        }
    }
    assert_eq!(with(read(), "\"1\"", "\"2\"").await.status, 200);
    assert_eq!(with(change("b"), "\"1\"", "\"2\"").await.status, 202);
    assert_eq!(with(change("c"), "*", "\"1\"").await.status, 202);
    assert_eq!(with(erase(), "*", "\"2\"").await.status, 200);
}

#[actix_web::test]
async fn a_tag_that_a_proxy_has_altered_and_a_list_are_read() {
    let world = World::new().await;
    assert_eq!(send(&world, ("If-None-Match", "\"1\""), "0").await.status, 202, "there is no version 1");
    for (version, tag) in ["W/\"1\"", "\"2-gzip\"", "\"9\", \"3\"", "W/\"4;br\", \"x\""].iter().enumerate() {
        let answer = send(&world, ("If-Match", tag), &format!("t{version}")).await;
        assert_eq!(
            (answer.status, answer.header("etag")),
            (202, Some(&*format!("\"{}\"", version + 2))),
            "{tag}"
        );
    }
    for header in [
        ("If-Match", "\"4\""),
        ("If-Match", "\"x\""),
        ("If-Match", "\"4\", W/\"3\""),
        ("If-None-Match", "\"5\""),
        ("If-None-Match", "\"1\", W/\"5-gzip\""),
    ] {
        let answer = send(&world, header, "late").await;
        assert_eq!(
            (answer.status, answer.problem().as_deref()),
            (412, Some("version-mismatch")),
            "{header:?}"
        );
    }
    assert_eq!(send(&world, ("If-None-Match", "\"4\""), "last").await.status, 202);
}

#[actix_web::test]
async fn an_erase_for_another_version_erases_nothing() {
    let world = World::new().await;
    for title in ["a", "b"] {
        assert_eq!(
            world.call(patch("/v1/users/u", ALL, format!("{{\"title\":\"{title}\"}}"))).await.status,
            202
        );
    }
    let erase = |header: Option<(&'static str, &'static str)>| {
        let request = TestRequest::delete().uri("/v1/users/u");
        let request = request.insert_header(("Authorization", format!("Bearer {ALL}")));
        header.into_iter().fold(request, TestRequest::insert_header)
    };
    for header in [("If-Match", "\"1\""), ("If-None-Match", "*"), ("If-None-Match", "\"2\"")] {
        let answer = world.call(erase(Some(header))).await;
        assert_eq!(
            (answer.status, answer.problem().as_deref()),
            (412, Some("version-mismatch")),
            "{header:?}"
        );
        assert!(answer.text.contains("version 2"), "{}", answer.text);
    }
    assert_eq!(world.call(crate::support::get("/v1/users/u", ALL)).await.status, 200);
    assert_eq!(world.call(erase(Some(("If-Match", "7")))).await.status, 400);
    assert_eq!(world.call(erase(Some(("If-Match", "\"2\"")))).await.status, 200);
    // An answer that was lost is asked for again: nothing changes any more.
    for header in [Some(("If-Match", "\"2\"")), None] {
        assert_eq!(world.call(erase(header)).await.status, 200, "{header:?}");
    }
}

#[actix_web::test]
async fn a_reader_who_has_the_version_is_told_so() {
    let world = World::new().await;
    assert_eq!(world.call(patch("/v1/users/u", ALL, r#"{"title":"a"}"#)).await.status, 202);
    let read = |name: &'static str, value: &'static str| {
        world.call(crate::support::get("/v1/users/u", ALL).insert_header((name, value)))
    };
    for tag in ["\"1\"", "W/\"1\"", "\"1-gzip\"", "\"9\", \"1\"", "*"] {
        let answer = read("If-None-Match", tag).await;
        assert_eq!((answer.status, answer.header("etag"), &*answer.text), (304, Some("\"1\""), ""), "{tag}");
        assert_eq!(read("If-Match", tag).await.status, 200, "{tag}");
    }
    assert_eq!(read("If-None-Match", "\"2\"").await.status, 200);
    let answer = read("If-Match", "\"2\"").await;
    assert_eq!((answer.status, answer.problem().as_deref()), (412, Some("version-mismatch")));
}
