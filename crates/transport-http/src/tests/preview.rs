use adapter::{AuthScheme, Method};
use delivery::{SendErrorKind, Transport};

use super::{CANARY, credential, local, request, request_to, server::Listener, transport};
use crate::{HttpTransport, Settings, SettingsError};

const OK: &str = "HTTP/1.1 200 OK\r\ncontent-length: 2\r\n\r\n{}";

/// The head's lines without those that follow from URL and body, and the body.
fn received(request: &[u8]) -> (Vec<String>, Vec<u8>) {
    let text = String::from_utf8(request.to_vec()).expect("UTF-8");
    let (head, body) = text.split_once("\r\n\r\n").expect("a head");
    let derived = |line: &&str| line.starts_with("Host: ") || line.starts_with("Content-Length: ");
    let lines = head.split("\r\n").filter(|line| !derived(line)).map(str::to_owned).collect();
    (lines, body.as_bytes().to_vec())
}

#[tokio::test]
async fn a_preview_is_what_arrives_but_for_the_credential() {
    for auth in [AuthScheme::Bearer, AuthScheme::Token, AuthScheme::Header("Rest-Api-Key")] {
        let vendor = Listener::answering(OK).await;
        let transport = HttpTransport::new(Settings { auth, ..local(vendor.address) }).expect("a transport");
        let mut update = request_to(["users", "a/b+c@x.org"]);
        update.method = Method::Patch;
        update.query = vec![("AddUser", "false".to_owned())];
        update.headers =
            vec![("Accept", "*/*; version=2".to_owned()), ("X-Api-Version", "2026-01".to_owned())];
        let preview = transport.preview(&update);
        transport.send(&update).await.expect("an answer");

        let (lines, body) = received(&vendor.requests()[0]);
        let target = preview.url.strip_prefix(transport.origin()).expect("the origin");
        let mut expected = vec![format!("{} {target} HTTP/1.1", preview.method)];
        expected.extend(preview.headers.iter().map(|(name, value)| {
            let value = if value.contains("***") { value.replace("***", CANARY) } else { value.clone() };
            format!("{name}: {value}")
        }));
        assert_eq!(lines, expected);
        assert_eq!(body, preview.body);
        assert!(!format!("{preview:?} {:?}", preview.headers).contains(CANARY));
    }
}

#[test]
fn a_preview_lists_the_headers_in_order() {
    let transport = transport("127.0.0.1:9".parse().expect("an address"));
    let headers = transport.preview(&request()).headers;
    let agent = format!("profile-gateway/{}", env!("CARGO_PKG_VERSION"));
    let expected = [
        ("Authorization", "Bearer ***"),
        ("User-Agent", agent.as_str()),
        ("Accept", "application/json"),
        ("Accept-Encoding", "identity"),
        ("Content-Type", "application/json"),
    ];
    assert_eq!(headers, expected.map(|(name, value)| (name.to_owned(), value.to_owned())));
}

#[tokio::test]
async fn a_request_without_body_has_no_content_type() {
    let vendor = Listener::answering(OK).await;
    let mut deletion = request();
    (deletion.method, deletion.body) = (Method::Delete, None);
    transport(vendor.address).send(&deletion).await.expect("an answer");
    let (lines, body) = received(&vendor.requests()[0]);
    assert!(lines[0].starts_with("DELETE ") && !lines.iter().any(|line| line.starts_with("Content-Type")));
    assert!(body.is_empty());
}

#[tokio::test]
async fn a_replaced_credential_is_sent_from_the_next_request_on() {
    let vendor = Listener::answering(OK).await;
    let transport = transport(vendor.address);
    transport.send(&request()).await.expect("an answer");
    transport.replace_credential(&credential("second-key"));
    transport.send(&request()).await.expect("an answer");
    let requests: Vec<_> = vendor.requests().iter().map(|bytes| received(bytes).0).collect();
    assert!(requests[0].contains(&format!("Authorization: Bearer {CANARY}")));
    assert!(requests[1].contains(&"Authorization: Bearer second-key".to_owned()));
    assert_eq!(transport.preview(&request()).headers[0].1, "Bearer ***");
    let words = format!("neither {CANARY} nor second-key is known");
    assert_eq!(transport.without_credential(&words), "neither … nor … is known");
}

#[tokio::test]
async fn a_request_cannot_replace_what_belongs_to_the_transport() {
    let vendor = Listener::answering(OK).await;
    let transport = transport(vendor.address);
    for (name, value) in [
        ("authorization", "Bearer other"),
        ("Host", "other.example"),
        ("Transfer-Encoding", "chunked"),
        ("X-Note", "a\r\nX-Second: b"),
        ("X Note", "a"),
    ] {
        let mut update = request();
        update.headers = vec![(name, value.to_owned())];
        let error = transport.send(&update).await.expect_err(name);
        assert_eq!(error.kind, SendErrorKind::Refused);
    }
    assert!(vendor.requests().is_empty());
}

#[test]
fn a_credential_header_without_a_valid_name_is_refused() {
    for name in ["", "Rest Api Key", "Host", "User-Agent"] {
        let settings =
            Settings { auth: AuthScheme::Header(name), ..local("127.0.0.1:9".parse().expect("an address")) };
        assert_eq!(HttpTransport::new(settings).expect_err(name), SettingsError::AuthHeader);
    }
}

#[test]
fn nothing_that_is_printed_contains_the_secret() {
    let settings = local("127.0.0.1:9".parse().expect("an address"));
    let shown = format!("{settings:?}");
    let transport = HttpTransport::new(settings).expect("a transport");
    assert!(!format!("{shown} {transport:?} {:?}", transport.preview(&request())).contains(CANARY));
}
