//! Requests that ask for another protocol, as clients do that would rather speak HTTP/2 (RFC 9110 section 7.8). None is taken.

use std::{
    io::{BufRead, BufReader, Read, Write},
    net::{SocketAddr, TcpStream},
    time::{Duration, Instant},
};

use crate::{
    sockets::{START, Served},
    support::ALL,
};

/// What the client of a JDK adds to each request to a plain address, unless it is told to speak HTTP/1.1.
const JDK: &str = "Connection: Upgrade, HTTP2-Settings\r\nHTTP2-Settings: AAEAAEAAAAIAAAABAAMAAABkAAQBAAAAAAUAAEAA\r\nUpgrade: h2c\r\nUser-Agent: Java-http-client/21\r\n";

/// One answer, and whether it says that it is the last one.
struct Answer {
    status: u16,
    head: String,
    body: String,
    last: bool,
}

/// Reads one answer as a client does that believes what the answer says of itself; none when the connection has ended.
fn read(connection: &mut BufReader<TcpStream>) -> Option<Answer> {
    let mut head = String::new();
    while !head.ends_with("\r\n\r\n") {
        if connection.read_line(&mut head).ok()? == 0 {
            return None;
        }
    }
    let header = |name: &str| {
        let line = head.lines().find(|line| line.to_ascii_lowercase().starts_with(&format!("{name}:")))?;
        Some(line.split_once(':')?.1.trim().to_ascii_lowercase())
    };
    let mut body = vec![0; header("content-length")?.parse().ok()?];
    connection.read_exact(&mut body).ok()?;
    Some(Answer {
        status: head.split(' ').nth(1)?.parse().ok()?,
        last: header("connection").is_some_and(|option| option.contains("close")),
        body: String::from_utf8(body).ok()?,
        head,
    })
}

/// Sends requests one after the other, each on the connection of the one before unless its answer was the last one there.
fn one_after_the_other(address: SocketAddr, requests: impl Iterator<Item = String>) -> Vec<Answer> {
    let connect = || {
        let stream = TcpStream::connect(address).expect("a connection");
        stream.set_read_timeout(Some(Duration::from_secs(5))).expect("a timeout");
        BufReader::new(stream)
    };
    let mut connection = connect();
    let mut answers = Vec::new();
    for request in requests {
        connection.get_mut().write_all(request.as_bytes()).expect("the request is taken");
        let answer =
            read(&mut connection).unwrap_or_else(|| panic!("no answer to request {}", answers.len()));
        if answer.last {
            connection = connect();
        }
        answers.push(answer);
    }
    answers
}

#[actix_web::test]
async fn every_request_of_a_client_that_would_rather_speak_http_2_is_answered() {
    for served in [Served::new().await, Served::operators().await] {
        let address = served.address;
        let get = format!("GET /v1/routes HTTP/1.1\r\nHost: x\r\nAuthorization: Bearer {ALL}\r\n{JDK}\r\n");
        let get = get.replace("Host: x", "Host: localhost");
        let answers = tokio::task::spawn_blocking(move || {
            one_after_the_other(address, std::iter::repeat_n(get, 1_000))
        });
        for answer in answers.await.expect("all are answered") {
            assert_eq!(answer.status, 200, "{}", answer.body);
            assert!(!answer.head.to_ascii_lowercase().contains("upgrade"), "{}", answer.head);
        }
        served.stop().await;
    }
}

#[actix_web::test]
async fn an_upgrade_changes_nothing_of_the_request_that_asks_for_it() {
    let served = Served::new().await;
    let body = r#"{"title":"x"}"#;
    let length = format!("Content-Length: {}\r\n\r\n{body}", body.len());
    let chunked = format!("Transfer-Encoding: chunked\r\n\r\n{:x}\r\n{body}\r\n0\r\n\r\n", body.len());
    let web_socket = "Connection: Upgrade\r\nUpgrade: websocket\r\n";
    for (id, request, status) in [
        ("h2c", format!("{START}{JDK}{length}"), 202),
        ("h2c, chunked", format!("{START}{JDK}{chunked}"), 200),
        ("web socket", format!("{START}{web_socket}{length}"), 200),
        ("web socket, chunked", format!("{START}{web_socket}{chunked}"), 200),
        ("web socket, no body", format!("{START}{web_socket}\r\n"), 400),
        ("web socket, unconnected", format!("{START}Upgrade: websocket\r\n{length}"), 200),
        ("TLS", format!("{START}Connection: upgrade\r\nUpgrade: TLS/1.2, HTTP/1.1\r\n{length}"), 200),
        ("HTTP/1.0", format!("{START}{web_socket}{length}").replacen("HTTP/1.1", "HTTP/1.0", 1), 200),
        ("no upgrade", format!("{START}Connection: upgrade\r\n{length}"), 200),
    ] {
        let (address, begun) = (served.address, Instant::now());
        let answers =
            tokio::task::spawn_blocking(move || one_after_the_other(address, std::iter::once(request)));
        let answer = answers.await.expect(id).remove(0);
        assert_eq!(answer.status, status, "{id}: {}", answer.body);
        assert!(!answer.head.to_ascii_lowercase().contains("upgrade"), "{id}: {}", answer.head);
        assert!(begun.elapsed() < Duration::from_secs(4), "{id}: {:?}", begun.elapsed());
    }
    served.stop().await;
}
