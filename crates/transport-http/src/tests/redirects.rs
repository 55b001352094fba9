use std::process::Command;

use adapter::AuthScheme;
use delivery::Transport;

use super::{CANARY, local, request, server::Listener, transport};
use crate::{HttpTransport, Settings};

const OK: &str = "HTTP/1.1 200 OK\r\ncontent-length: 2\r\n\r\n{}";

#[tokio::test]
async fn s15_no_redirect_is_followed_and_no_credential_leaves_the_origin() {
    let other = Listener::answering(OK).await;
    for auth in [AuthScheme::Bearer, AuthScheme::Token, AuthScheme::Header("Rest-Api-Key")] {
        // A `Location` beside a success, which says where something is, is not followed either.
        for status in (300..=399).chain([200, 201, 202]) {
            let answer = format!(
                "HTTP/1.1 {status} Elsewhere\r\nlocation: http://{}/stolen\r\ncontent-length: 0\r\n\r\n",
                other.address
            );
            let vendor = Listener::answering(answer).await;
            let transport =
                HttpTransport::new(Settings { auth, ..local(vendor.address) }).expect("a transport");
            let response = transport.send(&request()).await.expect("an answer");
            assert_eq!(response.status, status);
            assert!(response.headers("location").next().is_some());
            let requests = vendor.requests();
            assert_eq!(requests.len(), 1);
            assert!(String::from_utf8_lossy(&requests[0]).contains(CANARY));
        }
    }
    assert!(other.requests().is_empty());
}

#[tokio::test]
async fn a_request_goes_straight_to_its_host() {
    let vendor = Listener::answering(OK).await;
    let response = transport(vendor.address).send(&request()).await.expect("an answer");
    assert_eq!(response.status, 200);
    assert!(vendor.requests()[0].starts_with(b"PUT /api/users/89 HTTP/1.1\r\n"));
}

/// Runs the test above once more, in a process whose environment names a proxy that nobody listens as.
#[test]
fn a_proxy_in_the_environment_is_ignored() {
    let program = std::env::current_exe().expect("the test program");
    let output = Command::new(program)
        .args(["--exact", "tests::redirects::a_request_goes_straight_to_its_host"])
        .env("HTTP_PROXY", "http://127.0.0.1:1")
        .env("http_proxy", "http://127.0.0.1:1")
        .env("ALL_PROXY", "http://127.0.0.1:1")
        .env_remove("NO_PROXY")
        .env_remove("no_proxy")
        .output()
        .expect("the test program runs");
    let text = String::from_utf8_lossy(&output.stdout);
    assert!(output.status.success() && text.contains("1 passed"), "{text}");
}
