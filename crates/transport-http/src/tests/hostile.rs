//! A vendor that does not keep to HTTP, or goes on for ever: no success that is none, no second request, an end in time.

use std::time::Duration;

use adapter::VendorResponse;
use delivery::{SendError, SendErrorKind, Transport};
use tokio::{
    io::{AsyncReadExt, AsyncWriteExt},
    net::{TcpListener, TcpStream},
};

use super::{
    local, request,
    server::{Listener, Step},
    short, transport,
};
use crate::{HttpTransport, Settings, Timeouts};

const OK: &str = "HTTP/1.1 200 OK\r\ncontent-length: 2\r\n\r\n{}";

/// What nobody asked for.
const STRAY: &str = "HTTP/1.1 299 Stray\r\ncontent-length: 2\r\n\r\n{}";

/// Above every limit and what the system keeps on the way, and far below what an endless answer is.
const ENOUGH: usize = 32 << 20;

fn write(text: &str) -> Step {
    Step::Write(text.as_bytes().to_vec())
}

/// Sends one request to a vendor that plays `script`, which ends by itself.
async fn send(script: Vec<Step>, timeouts: Timeouts) -> Result<VendorResponse, SendError> {
    let vendor = Listener::playing(script).await;
    let transport = HttpTransport::new(Settings { timeouts, ..local(vendor.address) }).expect("a transport");
    let request = request();
    let ended = tokio::time::timeout(Duration::from_secs(30), transport.send(&request)).await;
    assert_eq!(vendor.requests().len(), 1, "a request is sent once");
    let outcome = ended.expect("an end in time");
    let timeout = outcome.as_ref().is_err_and(|error| error.kind == SendErrorKind::Timeout);
    assert!(timeout || vendor.flooded() < ENOUGH, "{} bytes were taken", vendor.flooded());
    outcome
}

async fn failure(script: Vec<Step>, timeouts: Timeouts) -> SendErrorKind {
    send(script, timeouts).await.expect_err("no answer").kind
}

#[tokio::test]
async fn bytes_after_an_answer_are_not_the_next_answer() {
    let vendor = Listener::playing(vec![write(&format!("{OK}{STRAY}")), Step::Hang]).await;
    let transport = transport(vendor.address);
    for sent in 1..=3 {
        assert_eq!(transport.send(&request()).await.expect("an answer").status, 200);
        assert_eq!(vendor.requests().len(), sent);
    }
}

#[tokio::test]
async fn an_answer_that_comes_between_two_requests_is_nobodys() {
    let listener = TcpListener::bind("127.0.0.1:0").await.expect("a free port");
    let transport = transport(listener.local_addr().expect("an address"));
    for _ in 0..2 {
        let request = request();
        let (sent, mut stream) = tokio::join!(transport.send(&request), async {
            let (mut stream, _) = listener.accept().await.expect("a connection of its own");
            read_some(&mut stream).await;
            stream.write_all(OK.as_bytes()).await.expect("the answer is written");
            stream
        });
        assert_eq!(sent.expect("an answer").status, 200);
        stream.write_all(STRAY.as_bytes()).await.expect("the connection is kept");
        // The end of the stream: the transport has seen what nobody asked for and has closed.
        let _ = stream.read_to_end(&mut Vec::new()).await;
    }
}

async fn read_some(stream: &mut TcpStream) {
    assert!(stream.read(&mut [0; 4096]).await.expect("a request") > 0);
}

#[tokio::test]
async fn a_drip_ends_with_the_time_of_the_whole_request() {
    for start in [
        "",
        "HTTP/1.1 200 OK\r\nx: ",
        "HTTP/1.1 200 OK\r\ncontent-length: 60000\r\n\r\n",
        "HTTP/1.1 200 OK\r\nconnection: close\r\n\r\n",
    ] {
        let drip = Step::Drip(if start.is_empty() { b'\n' } else { b'x' }, Duration::from_millis(20));
        assert_eq!(failure(vec![write(start), drip], short()).await, SendErrorKind::Timeout, "{start}");
    }
}

#[tokio::test]
async fn an_endless_body_is_given_up_at_the_limit_of_its_size() {
    let chunk = format!("1000\r\n{}\r\n", "x".repeat(0x1000));
    for (head, part) in [
        ("transfer-encoding: chunked", chunk.as_str()),
        ("transfer-encoding: chunked", "1\r\nx\r\n"),
        ("connection: close", "xxxxxxxx"),
    ] {
        let head = write(&format!("HTTP/1.1 200 OK\r\n{head}\r\n\r\n"));
        let script = vec![head, Step::Flood(part.as_bytes().to_vec())];
        // The time is long, so that it is the size that ends it.
        let found = failure(script, Timeouts::default()).await;
        assert_eq!(found, SendErrorKind::AnswerTooLarge, "{part:.8}");
    }
}

#[tokio::test]
async fn a_large_or_endless_head_is_given_up() {
    let large = write(&format!("HTTP/1.1 200 OK\r\nx: {}\r\n\r\n", "x".repeat(1 << 20)));
    assert_eq!(failure(vec![large], Timeouts::default()).await, SendErrorKind::Interrupted);
    for (start, part) in [
        ("HTTP/1.1 200 OK\r\nx: ", "xxxxxxxx"),
        ("HTTP/1.1 200 ", "xxxxxxxx"),
        ("HTTP/1.1 200 OK\r\n", "x: y\r\n"),
        ("HTTP/1.1 200 OK\r\ntransfer-encoding: chunked\r\n\r\n1;", "x=y;"),
        ("HTTP/1.1 200 OK\r\ntransfer-encoding: chunked\r\n\r\n0\r\n", "x: y\r\n"),
    ] {
        let script = vec![write(start), Step::Flood(part.as_bytes().to_vec())];
        assert_eq!(failure(script, Timeouts::default()).await, SendErrorKind::Interrupted, "{start}");
    }
}

#[tokio::test]
async fn v19_endless_early_hints_end_with_the_time_of_the_whole_request() {
    let hint = b"HTTP/1.1 103 Early Hints\r\nlink: </style.css>\r\n\r\n".to_vec();
    assert_eq!(failure(vec![Step::Flood(hint)], short()).await, SendErrorKind::Timeout);
}

#[tokio::test]
async fn an_answer_of_another_protocol_is_an_interruption() {
    for answer in [
        // The settings that begin HTTP/2, from a server and from a client.
        &b"\0\0\0\x04\0\0\0\0\0"[..],
        b"PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n\0\0\0\x04\0\0\0\0\0",
        b"HTTP/2.0 200 OK\r\ncontent-length: 2\r\n\r\n{}",
        b"HTTP/2 200\r\n\r\n",
        b"HTTP/1.1 20 OK\r\n\r\n",
        b"HTTP/1.1 2000 OK\r\n\r\n",
        b"HTTP/1.1 -200 OK\r\n\r\n",
        b"HTTP/1.1 099 OK\r\n\r\n",
        b"HTTP/1.1 200 OK\r\ncontent-length: -2\r\n\r\n{}",
        b"HTTP/1.1 200 OK\r\ncontent-length: 2, 3\r\n\r\n{}",
        b"HTTP/1.1 200 OK\r\ncontent-length: 99999999999999999999\r\n\r\n{}",
        b"HTTP/1.1 200 OK\r\ntransfer-encoding: chunked\r\n\r\nzz\r\n{}\r\n0\r\n\r\n",
        b"HTTP/1.1 200 OK\r\ntransfer-encoding: chunked\r\n\r\n10000000000000002\r\n{}\r\n0\r\n\r\n",
        b"HTTP/1.1 200 OK\r\ntransfer-encoding: chunked\r\n\r\n2\r\n{}}}0\r\n\r\n",
        b"220 mail.example.org ESMTP\r\n",
        b"\x15\x03\x03\x00\x02\x02\x28",
        b"<html>Bad gateway</html>",
    ] {
        let found = failure(vec![Step::Write(answer.to_vec())], Timeouts::default()).await;
        assert_eq!(found, SendErrorKind::Interrupted, "{}", String::from_utf8_lossy(answer));
    }
}

#[tokio::test]
async fn v10_a_body_reaches_the_adapter_byte_by_byte_whatever_its_coding() {
    let wide: Vec<u8> = "{\"id\":89}".encode_utf16().flat_map(u16::to_le_bytes).collect();
    for (kind, body) in [
        ("application/json; charset=utf-16", [&b"\xff\xfe"[..], &wide].concat()),
        ("application/json; charset=utf-8", b"\xef\xbb\xbf{\"id\":89}".to_vec()),
        ("application/json; charset=ISO-8859-1", b"{\"name\":\"Ren\xe9\"}".to_vec()),
        ("application/json", b"\0\xff\xc0\xaf\r\n\x1b[31m".to_vec()),
    ] {
        let head =
            format!("HTTP/1.1 200 OK\r\ncontent-type: {kind}\r\ncontent-length: {}\r\n\r\n", body.len());
        let answer = Step::Write([head.as_bytes(), &body].concat());
        let response = send(vec![answer], Timeouts::default()).await.expect("an answer");
        assert_eq!(response.body, body, "{kind}");
        assert_eq!(response.headers("content-type").collect::<Vec<_>>(), [kind]);
    }
}
