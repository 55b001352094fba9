//! B31–B46 and B53–B54: e-mail addresses, as a leaf and in Village's path, and ids.

use serde_json::json;

use crate::{
    corpus,
    support::{ALL, World, get},
};

/// Undoes percent-encoding once, as the vendor does.
pub(crate) fn decoded(segment: &str) -> String {
    let mut bytes = Vec::new();
    let mut rest = segment.bytes();
    while let Some(byte) = rest.next() {
        if byte == b'%' {
            let digits = [rest.next().expect("a digit"), rest.next().expect("a digit")];
            let digits = std::str::from_utf8(&digits).expect("ASCII");
            bytes.push(u8::from_str_radix(digits, 16).expect("hexadecimal"));
        } else {
            bytes.push(byte);
        }
    }
    String::from_utf8(bytes).expect("UTF-8")
}

#[actix_web::test]
async fn an_odd_but_valid_address_reaches_the_vendor_unchanged() {
    let cases = [
        ("B31", "a/b@x.org"),
        ("B32", "a?x=1@x.org"),
        ("B33", "a#f@x.org"),
        ("B34", "a%2f.%2fadmin@x.org"),
        ("B46", "a+b@x.org"),
        ("B46 space and plus", "a+%20b@x.org"),
        ("B53 an A-label", "a@xn--bcher-kva.example"),
        ("all marks", "!#$%&'*+-/=?^_`{|}~@x.org"),
        ("case", "Jane.DOE@X.org"),
    ];
    for (id, email) in cases {
        let world = World::new().await;
        let update =
            world.delivered("crm-42", &json!({"email": email, "given_name": "Jo"}).to_string()).await;
        assert_eq!(update["routes"]["village"]["state"], "accepted", "{id}");
        let [request] = world.village.sent().try_into().expect("one request");
        let path = request.url.strip_prefix("http://127.0.0.1:9").expect("the configured origin");
        let segments: Vec<&str> = path.split('/').collect();
        assert_eq!(segments.len(), 5, "{id}: {path}");
        assert_eq!(segments[..4], ["", "networks", "n1", "users"], "{id}");
        assert!(!segments[4].contains(['?', '#']), "{id}: {path}");
        assert_eq!(decoded(segments[4]), email, "{id}");
        let user = world.call(get("/v1/users/crm-42", ALL)).await.json();
        assert_eq!(user["email"], email, "{id}");
    }
}

#[actix_web::test]
async fn what_is_no_address_is_refused_as_a_leaf_and_as_an_identity() {
    let world = World::new().await;
    for (id, email) in corpus::not_addresses() {
        for (body, pointer) in [
            (json!({"email": email}), "/email"),
            (json!({"identities": {"village": email}}), "/identities/village"),
        ] {
            let answer = world.change("crm-42", body.to_string()).await;
            let found = (answer.status, answer.problem());
            assert_eq!(found, (400, Some("invalid-value".to_owned())), "{id}: {}", answer.text);
            assert_eq!(answer.pointers(), [pointer], "{id}");
            assert!(email.len() < 3 || !answer.text.contains(&email), "{id} is repeated: {}", answer.text);
        }
    }
    assert!(!world.knows("crm-42").await);
    assert_eq!(world.requests(), 0);
}

#[actix_web::test]
async fn b36_and_b37_ids_that_could_change_a_path_are_refused() {
    let world = World::new().await;
    for id in [
        "..",
        ".",
        "%2e%2e",
        "%2E%2e",
        "a%2fb",
        "a;x",
        "jane@x.org",
        "a%20b",
        "%00",
        "%ff",
        "-a",
        &"a".repeat(129),
    ] {
        let answer = world.change(id, r#"{"title":"x"}"#).await;
        assert_eq!((answer.status, answer.problem().as_deref()), (400, Some("invalid-value")), "{id}");
    }
    for id in ["a", "crm-42", "A.b_c:d-e", &"a".repeat(128)] {
        assert_eq!(world.change(id, r#"{"title":"x"}"#).await.status, 200, "{id}");
    }
}
