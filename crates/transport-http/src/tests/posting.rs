use std::{io, net::IpAddr, sync::Arc};

use async_trait::async_trait;
use delivery::SendErrorKind;

use super::{
    CANARY,
    server::{Listener, Step},
};
use crate::{HttpPost, Network, PlainHttp, PostSettings, SettingsError, resolve::Lookup};

fn settings(url: &str, network: Network) -> PostSettings {
    PostSettings { url: url.to_owned(), network, plain_http: PlainHttp::Refused, extra_roots: None }
}

async fn post(listener: &Listener) -> Result<u16, SendErrorKind> {
    let url = format!("http://{}/hooks/{CANARY}", listener.address);
    let post = HttpPost::new(&settings(&url, Network::Loopback)).expect("a client");
    assert!(!format!("{post:?}").contains(CANARY));
    post.post(&[("webhook-id", "evt_1".to_owned())], b"{\"type\":\"x\"}".to_vec())
        .await
        .map_err(|error| error.kind)
}

#[tokio::test]
async fn a_body_is_posted_once_to_the_whole_url() {
    let listener = Listener::answering("HTTP/1.1 204 No Content\r\n\r\n").await;
    assert_eq!(post(&listener).await, Ok(204));
    let requests = listener.requests();
    let text = String::from_utf8_lossy(&requests[0]).to_lowercase();
    assert_eq!(requests.len(), 1);
    assert!(text.starts_with(&format!("post /hooks/{CANARY} http/1.1\r\n").to_lowercase()), "{text}");
    assert!(text.contains("webhook-id: evt_1\r\n") && text.ends_with("{\"type\":\"x\"}"), "{text}");
}

#[tokio::test]
async fn a_redirect_is_an_answer_and_an_endless_body_is_not_read() {
    let other = Listener::answering("HTTP/1.1 204 No Content\r\n\r\n").await;
    let elsewhere = format!(
        "HTTP/1.1 307 Elsewhere\r\nlocation: http://{}/x\r\ncontent-length: 0\r\n\r\n",
        other.address
    );
    assert_eq!(post(&Listener::answering(elsewhere).await).await, Ok(307));
    assert!(other.requests().is_empty());
    let head = "HTTP/1.1 200 OK\r\ncontent-length: 99999999\r\n\r\n".as_bytes().to_vec();
    let endless = Listener::playing(vec![Step::Write(head), Step::Flood(vec![b'x'; 4096])]).await;
    assert_eq!(post(&endless).await, Ok(200));
    assert_eq!(post(&Listener::playing(vec![Step::Reset]).await).await, Err(SendErrorKind::Interrupted));
}

#[derive(Debug)]
struct Leads(IpAddr);

#[async_trait]
impl Lookup for Leads {
    async fn lookup(&self, _: &str) -> io::Result<Vec<IpAddr>> {
        Ok(vec![self.0])
    }
}

#[tokio::test]
async fn addresses_outside_its_network_are_not_posted_to() {
    for url in ["https://127.0.0.1/x", "https://10.0.0.1/x", "https://[::1]/x", "https://localhost/x"] {
        assert!(
            matches!(HttpPost::new(&settings(url, Network::Public)), Err(SettingsError::Address(_))),
            "{url}"
        );
    }
    let refused = |url: &str| HttpPost::new(&settings(url, Network::Public)).expect_err(url);
    assert_eq!(refused("http://hooks.example.com/x"), SettingsError::PlainHttp);
    assert_eq!(refused("https://u:p@hooks.example.com/x"), SettingsError::UserInfo);
    assert_eq!(refused("https://hooks.example.com/x?token=1"), SettingsError::Query);
    let lookup = Arc::new(Leads(IpAddr::from([10, 0, 0, 1])));
    let post = HttpPost::with_lookup(&settings("https://hooks.example.com/x", Network::Public), lookup);
    let error = post.expect("a client").post(&[], Vec::new()).await.expect_err("refused");
    assert_eq!(error.kind, SendErrorKind::AddressRefused);
}
