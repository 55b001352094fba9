use adapter::{Path, ReadRequest};
use delivery::{SendErrorKind, Transport};

use super::{CANARY, local, server::Listener, transport};
use crate::{HttpTransport, Network, Settings};

fn question() -> ReadRequest {
    ReadRequest {
        path: Path::with_trailing_slash(["api", "users", "a/b"]),
        query: vec![("filter[user_id]", "89&x=1".to_owned())],
        headers: vec![("X-Api-Version", "2026-03-25".to_owned())],
    }
}

#[tokio::test]
async fn a_question_is_a_get_with_the_credential_and_without_a_body() {
    let vendor = Listener::answering("HTTP/1.1 200 OK\r\ncontent-length: 2\r\n\r\n{}").await;
    let response = transport(vendor.address).read(&question()).await.expect("an answer");
    assert_eq!((response.status, response.body.as_slice()), (200, &b"{}"[..]));
    let asked = String::from_utf8(vendor.requests().remove(0)).expect("UTF-8");
    assert!(
        asked.starts_with("GET /api/users/a%2Fb/?filter%5Buser_id%5D=89%26x%3D1 HTTP/1.1\r\n"),
        "{asked}"
    );
    assert!(asked.contains(CANARY) && asked.contains("X-Api-Version: 2026-03-25"), "{asked}");
    assert!(asked.ends_with("\r\n\r\n") && !asked.to_lowercase().contains("content-"), "{asked}");
}

#[tokio::test]
async fn a_question_is_under_the_limits_of_every_request() {
    let far = "HTTP/1.1 302 Found\r\nlocation: http://127.0.0.1:1/\r\ncontent-length: 0\r\n\r\n";
    let vendor = Listener::answering(far).await;
    assert_eq!(transport(vendor.address).read(&question()).await.expect("an answer").status, 302);
    let large = format!("HTTP/1.1 200 OK\r\ncontent-length: {0}\r\n\r\n{1}", 65_537, "x".repeat(65_537));
    let vendor = Listener::answering(large).await;
    let error = transport(vendor.address).read(&question()).await.expect_err("too large");
    assert_eq!(error.kind, SendErrorKind::AnswerTooLarge);
    let vendor = Listener::answering("HTTP/1.1 200 OK\r\ncontent-length: 2\r\n\r\n{}").await;
    let mut elsewhere = question();
    elsewhere.path.segments.push("..".to_owned());
    let error = transport(vendor.address).read(&elsewhere).await.expect_err("no name");
    assert_eq!(error.kind, SendErrorKind::Refused);
    let mut stolen = question();
    stolen.headers.push(("Authorization", "Bearer x".to_owned()));
    assert!(transport(vendor.address).read(&stolen).await.is_err());
    assert!(vendor.requests().is_empty());
    let public = Settings { network: Network::Public, ..local(vendor.address) };
    assert!(HttpTransport::new(public).is_err(), "an address outside the network is never asked");
}
