use std::{net::SocketAddr, time::Duration};

use delivery::{SendError, SendErrorKind, Transport};
use tokio::{
    io::{AsyncReadExt, AsyncWriteExt},
    net::TcpListener,
};

use super::{
    CANARY, local, request, request_to,
    server::{Listener, Step},
    short, transport,
};
use crate::{HttpTransport, Settings};

async fn failure(address: SocketAddr) -> SendError {
    let settings = Settings { timeouts: short(), ..local(address) };
    let transport = HttpTransport::new(settings).expect("a transport");
    transport.send(&request()).await.expect_err("no answer")
}

fn write(text: &str) -> Step {
    Step::Write(text.as_bytes().to_vec())
}

#[tokio::test]
async fn a_vendor_that_never_answers_is_a_timeout() {
    let vendor = Listener::playing(vec![Step::Hang]).await;
    assert_eq!(failure(vendor.address).await.kind, SendErrorKind::Timeout);
    assert_eq!(vendor.requests().len(), 1);
}

#[tokio::test]
async fn an_answer_that_stops_is_a_timeout() {
    for start in [
        "HTTP/1.1 200 OK\r\ncontent-length: 9\r\n\r\nhalf",
        "HTTP/1.1 200 OK\r\ntransfer-encoding: chunked\r\n\r\n4\r\nhalf\r\n",
        "HTTP/1.1 200 OK\r\nx: y\r\n",
        "HTTP/1.1 103 Early Hints\r\n\r\n",
    ] {
        let vendor = Listener::playing(vec![write(start), Step::Hang]).await;
        assert_eq!(failure(vendor.address).await.kind, SendErrorKind::Timeout, "{start}");
    }
}

#[tokio::test]
async fn a_pause_within_the_body_ends_before_the_whole_request_does() {
    let start = "HTTP/1.1 200 OK\r\ncontent-length: 9\r\n\r\nhalf";
    let vendor = Listener::playing(vec![write(start), Step::Hang]).await;
    let mut settings = local(vendor.address);
    settings.timeouts.body_idle = Duration::from_millis(50);
    settings.timeouts.request = Duration::from_secs(60);
    let transport = HttpTransport::new(settings).expect("a transport");
    let sending = tokio::time::timeout(Duration::from_secs(30), async { transport.send(&request()).await });
    let error = sending.await.expect("the pause ends the request").expect_err("no whole answer");
    assert_eq!(error.kind, SendErrorKind::Timeout);
}

#[tokio::test]
async fn a_reset_after_the_request_is_an_interruption() {
    for script in
        [vec![Step::Reset], vec![write("HTTP/1.1 200 OK\r\ncontent-length: 9\r\n\r\nhalf"), Step::Reset]]
    {
        let vendor = Listener::playing(script).await;
        let error = failure(vendor.address).await;
        assert_eq!(error.kind, SendErrorKind::Interrupted);
        assert!(error.kind.may_have_been_applied());
        assert_eq!(vendor.requests().len(), 1, "a request is sent once");
    }
}

#[tokio::test]
async fn a_port_that_nobody_listens_on_is_no_connection() {
    let listener = TcpListener::bind("127.0.0.1:0").await.expect("a free port");
    let address = listener.local_addr().expect("an address");
    drop(listener);
    let error = failure(address).await;
    assert_eq!((error.kind, error.detail.as_str()), (SendErrorKind::Connect, "connection refused"));
}

#[tokio::test]
async fn v20_an_answer_that_comes_before_the_request_is_complete_is_read() {
    let listener = TcpListener::bind("127.0.0.1:0").await.expect("a free port");
    let address = listener.local_addr().expect("an address");
    let vendor = tokio::spawn(async move {
        let (mut stream, _) = listener.accept().await.expect("a connection");
        stream.read_exact(&mut [0; 64]).await.expect("the start of the request");
        let answer = b"HTTP/1.1 413 Too Large\r\ncontent-length: 2\r\n\r\n{}";
        stream.write_all(answer).await.expect("the answer is written");
        let _ = stream.read_to_end(&mut Vec::new()).await;
    });
    let mut large = request();
    large.body = Some(serde_json::Value::String("x".repeat(8_000_000)));
    assert_eq!(transport(address).send(&large).await.expect("an answer").status, 413);
    vendor.await.expect("the connection is closed");
}

#[tokio::test]
async fn a_connection_is_used_again() {
    let script = vec![
        write("HTTP/1.1 200 OK\r\ncontent-length: 2\r\n\r\n{}"),
        Step::Next,
        write("HTTP/1.1 202 Accepted\r\ncontent-length: 0\r\n\r\n"),
    ];
    let vendor = Listener::playing(script).await;
    let transport = transport(vendor.address);
    assert_eq!(transport.send(&request()).await.expect("an answer").status, 200);
    assert_eq!(transport.send(&request()).await.expect("an answer").status, 202);
}

#[tokio::test]
async fn s16_an_error_repeats_nothing_of_the_request() {
    let vendor =
        Listener::playing(vec![write("HTTP/1.1 200 OK\r\ncontent-length: 9\r\n\r\nsecret"), Step::Reset]);
    let vendor = vendor.await;
    let listener = TcpListener::bind("127.0.0.1:0").await.expect("a free port");
    let unused = listener.local_addr().expect("an address");
    drop(listener);
    for address in [vendor.address, unused] {
        let error =
            transport(address).send(&request_to(["users", "ada@x.org"])).await.expect_err("no answer");
        let shown = format!("{error} {error:?}");
        for part in [CANARY, "ada", "x.org", "127.0.0.1", "users", "Ada", "secret"] {
            assert!(!shown.contains(part), "{shown}");
        }
    }
}
