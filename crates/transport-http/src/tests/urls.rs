use adapter::Path;
use delivery::{SendErrorKind, Transport};
use proptest::prelude::*;
use reqwest::Url;

use super::{request_to, server::Listener, transport};
use crate::{BaseUrl, Network, PlainHttp};

fn base(text: &str) -> BaseUrl {
    BaseUrl::parse(text, Network::Public, PlainHttp::Refused).expect("a base URL")
}

fn joined(segments: &[&str]) -> Result<String, &'static str> {
    let path =
        Path { segments: segments.iter().map(|&text| text.to_owned()).collect(), trailing_slash: false };
    base("https://vendor.example/v1").join(&path, &[]).map(|url| url.to_string())
}

#[test]
fn b31_to_b46_each_address_stays_one_segment() {
    for (email, encoded) in [
        ("a/b@x.org", "a%2Fb@x.org"),
        ("a?x=1@x.org", "a%3Fx%3D1@x.org"),
        ("a#f@x.org", "a%23f@x.org"),
        ("a%2f..%2fadmin@x.org", "a%252f..%252fadmin@x.org"),
        ("\"../../admin\"@x.org", "%22..%2F..%2Fadmin%22@x.org"),
        ("%2e%2e", "%252e%252e"),
        ("a\\b@x.org", "a%5Cb@x.org"),
        ("a;v=1@x.org", "a%3Bv%3D1@x.org"),
        ("a@x.org\r\nX: y", "a@x.org%0D%0AX%3A%20y"),
        ("a@x.org/../../networks/2/users/b@x.org", "a@x.org%2F..%2F..%2Fnetworks%2F2%2Fusers%2Fb@x.org"),
        ("user@[127.0.0.1]", "user@%5B127.0.0.1%5D"),
        ("a／b＠x.org", "a%EF%BC%8Fb%EF%BC%A0x.org"),
        ("a+b@x.org", "a%2Bb@x.org"),
        ("../../admin", "..%2F..%2Fadmin"),
        ("...", "..."),
        (" \t\n", "%20%09%0A"),
    ] {
        let url = joined(&["networks", "1", "users", email]).expect(email);
        assert_eq!(url, format!("https://vendor.example/v1/networks/1/users/{encoded}"));
    }
}

#[test]
fn b36_a_segment_that_a_parser_would_drop_is_refused() {
    for segment in ["", ".", ".."] {
        assert!(joined(&["users", segment]).is_err(), "{segment:?}");
        assert!(joined(&[segment, "users"]).is_err(), "{segment:?}");
    }
    assert!(joined(&[]).is_err());
}

#[test]
fn the_base_path_a_trailing_slash_and_the_query_are_kept() {
    let path = Path::with_trailing_slash(["users", "7"]);
    let query = [("AddUser", "false".to_owned()), ("q", "a&b=c d+é#".to_owned())];
    let url = base("https://vendor.example:8443/a%20b/c/").join(&path, &query).expect("a URL");
    assert_eq!(
        url.as_str(),
        "https://vendor.example:8443/a%20b/c/users/7/?AddUser=false&q=a%26b%3Dc%20d%2B%C3%A9%23"
    );
}

proptest! {
    #[test]
    fn any_segment_decodes_back_below_the_base_path_or_is_refused(
        segments in prop::collection::vec(".*|[./%\\\\@?#:;+ a2eE\r\n\0]{0,12}", 1..5),
        trailing_slash: bool,
        value in ".*",
    ) {
        let path = Path { segments: segments.clone(), trailing_slash };
        let outcome = base("https://vendor.example/v1").join(&path, &[("key", value.clone())]);
        let refusable = segments.iter().any(|text| matches!(text.as_str(), "" | "." | ".."));
        prop_assert_eq!(outcome.is_err(), refusable);
        if let Ok(url) = outcome {
            prop_assert_eq!(url.origin().ascii_serialization(), "https://vendor.example");
            let mut expected = vec!["v1".to_owned()];
            expected.extend(segments);
            expected.extend(trailing_slash.then(String::new));
            let found: Vec<_> = url.path().split('/').skip(1).map(decoded).collect();
            prop_assert_eq!(found, expected);
            prop_assert_eq!(url.query_pairs().collect::<Vec<_>>(), vec![("key".into(), value.into())]);
            prop_assert!(url.fragment().is_none());
        }
    }
}

#[test]
fn the_joined_url_has_the_parts_that_its_text_has() {
    let parts = |url: &Url| {
        let host = url.host_str().map(str::to_owned);
        (url.scheme().to_owned(), host, url.port(), url.path().to_owned(), url.query().map(str::to_owned))
    };
    let path = Path::new(["users", "ada@x.org"]);
    for text in [
        "https://vendor.example",
        "https://vendor.example:443/",
        "https://BÜCHER.example:8443/a%20b/c/",
        "https://1.1.1.1/v1",
        "https://[2606:4700::1111]:8443/v1",
    ] {
        for query in [&[][..], &[("AddUser", "false".to_owned())]] {
            let url = base(text).join(&path, query).expect(text);
            assert_eq!(parts(&url), parts(&Url::parse(url.as_str()).expect(text)));
            assert!(url.as_str().starts_with(&format!("{}/", base(text).origin())));
        }
    }
}

fn decoded(text: &str) -> String {
    percent_encoding::percent_decode_str(text).decode_utf8().expect("UTF-8").into_owned()
}

#[tokio::test]
async fn a_refused_request_is_not_sent() {
    let vendor = Listener::answering("HTTP/1.1 200 OK\r\ncontent-length: 0\r\n\r\n").await;
    let transport = transport(vendor.address);
    let error = transport.send(&request_to(["users", ".."])).await.expect_err("a refusal");
    assert_eq!(error.kind, SendErrorKind::Refused);
    assert!(!error.kind.may_have_been_applied());
    assert!(vendor.requests().is_empty());
    assert!(transport.preview(&request_to(["users", ".."])).url.starts_with("refused: "));
}
