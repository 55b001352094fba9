//! What whoever reaches a listener can do to those who use it.

use std::{
    io::{ErrorKind, Read, Write},
    net::{SocketAddr, TcpStream},
    time::{Duration, Instant},
};

use crate::{
    sockets::{START, Served, exchange},
    support::ALL,
};

/// Longer than the gateway waits for the head of a request.
const LONG: Duration = Duration::from_secs(9);

fn keyed(target: &str) -> String {
    format!("GET {target} HTTP/1.1\r\nHost: localhost\r\nAuthorization: Bearer {ALL}\r\n\r\n")
}

fn connect(address: SocketAddr, sent: &str) -> TcpStream {
    let mut stream = TcpStream::connect(address).expect("a connection");
    stream.set_read_timeout(Some(LONG)).expect("a timeout");
    stream.write_all(sent.as_bytes()).expect("it is taken");
    stream
}

/// What comes until the other side ends the connection; none when it does not.
fn rest(stream: &mut TcpStream) -> Option<String> {
    let mut heard = Vec::new();
    match stream.read_to_end(&mut heard) {
        Err(error) if matches!(error.kind(), ErrorKind::WouldBlock | ErrorKind::TimedOut) => None,
        _ => Some(String::from_utf8_lossy(&heard).into_owned()),
    }
}

/// Both listeners, each with a question that is answered, and one that needs no key.
async fn listeners() -> [(Served, &'static str); 2] {
    [(Served::new().await, "/v1/openapi.json"), (Served::operators().await, "/live")]
}

#[actix_web::test]
async fn strangers_who_hold_connections_keep_nobody_out() {
    for (served, keyless) in listeners().await {
        let address = served.address;
        let asked = format!("GET {keyless} HTTP/1.1\r\nHost: localhost\r\n\r\n");
        tokio::task::spawn_blocking(move || {
            // Four times as many as the listener takes: silent, with half a head, and with half a second one.
            let starts = [String::new(), "GET /v1/rou".to_owned(), format!("{asked}GET /v1/rou")];
            let mut held: Vec<TcpStream> = Vec::new();
            for round in 0..4 {
                held.extend((0..100).map(|number| connect(address, &starts[number % starts.len()])));
                let begun = Instant::now();
                for request in [asked.clone(), keyed("/v1/routes")] {
                    let request = request.replace("\r\n\r\n", "\r\nConnection: close\r\n\r\n");
                    let heard = exchange(address, request.as_bytes());
                    assert_eq!(heard.statuses(), [200], "round {round}: {}", heard.text);
                }
                assert!(begun.elapsed() < Duration::from_secs(4), "round {round}: {:?}", begun.elapsed());
            }
        })
        .await
        .expect("all are answered");
        served.stop().await;
    }
}

#[actix_web::test]
async fn a_caller_who_is_being_answered_is_not_closed_for_strangers() {
    let served = Served::new().await;
    let address = served.address;
    let body = r#"{"given_name":"A","family_name":"B","email":"a@x.org","identities":{"communal_main":"1"}}"#;
    let head = format!("{START}Prefer: wait=2\r\nContent-Length: {}\r\n\r\n", body.len());
    served.world.communal.hang();
    let communal = std::sync::Arc::clone(&served.world.communal);
    tokio::task::spawn_blocking(move || {
        let mut caller = connect(address, &(head + body));
        while communal.sent().is_empty() {
            std::thread::yield_now();
        }
        let held: Vec<TcpStream> = (0..300).map(|_| connect(address, "GET /")).collect();
        let mut start = [0; 12];
        caller.read_exact(&mut start).expect("an answer");
        assert_eq!(&start, b"HTTP/1.1 202");
        drop(held);
    })
    .await
    .expect("an answer");
    served.stop().await;
}

#[actix_web::test]
async fn the_head_of_every_request_has_a_time_limit() {
    let listeners = listeners().await.map(|(served, _)| served);
    let waiting = listeners.each_ref().map(|served| {
        let address = served.address;
        tokio::task::spawn_blocking(move || {
            let begun = Instant::now();
            let first = "GET /v1/rou".to_owned();
            let second = keyed("/v1/routes") + "GET /v1/rou";
            let mut streams = [first, second, keyed("/v1/routes")].map(|sent| connect(address, &sent));
            // The start of the second head comes with the first request, and on its own.
            let mut start = [0; 12];
            streams[2].read_exact(&mut start).expect("an answer");
            streams[2].write_all(b"GET /v1/rou").expect("it is taken");
            let [first, second, apart] = &mut streams;
            for (stream, limit) in [(first, 9), (apart, 9), (second, 18)] {
                stream.set_read_timeout(Some(Duration::from_secs(20))).expect("a timeout");
                let heard = rest(stream).expect("the connection is closed");
                assert!(begun.elapsed() < Duration::from_secs(limit), "{:?}: {heard}", begun.elapsed());
            }
        })
    });
    for waiting in waiting {
        waiting.await.expect("all are closed");
    }
    for served in listeners {
        served.stop().await;
    }
}

#[actix_web::test]
async fn a_connection_without_a_valid_key_is_closed_after_its_answer() {
    for (served, keyless) in listeners().await {
        for request in [
            format!("GET {keyless} HTTP/1.1\r\nHost: localhost\r\n\r\n"),
            "GET /v1/routes HTTP/1.1\r\nHost: localhost\r\n\r\n".to_owned(),
            "GET /v1/routes HTTP/1.1\r\nHost: localhost\r\nAuthorization: Bearer pgw_none\r\n\r\n".to_owned(),
            "GET /nowhere HTTP/1.1\r\nHost: localhost\r\n\r\n".to_owned(),
        ] {
            let heard = served.send(request.clone()).await;
            assert!(heard.closed && heard.statuses().len() == 1, "{request}: {:?}", heard.statuses());
            assert!(heard.text.contains("connection: close"), "{request}: {}", heard.text);
        }
        let heard = served.send(keyed("/v1/routes")).await;
        assert!(!heard.closed && heard.statuses() == [200], "{heard:?}");
        served.stop().await;
    }
}

#[actix_web::test]
async fn an_answer_that_nobody_reads_is_given_up() {
    let served = Served::new().await;
    let address = served.address;
    let taken = tokio::task::spawn_blocking(move || {
        let mut stream = connect(address, "");
        stream.set_nonblocking(true).expect("it can be set");
        let requests = keyed("/v1/vendors").repeat(100);
        let (begun, mut taken) = (Instant::now(), 0_usize);
        // Until it is closed: what is written and not read fills what the system keeps of both directions.
        while begun.elapsed() < Duration::from_secs(40) {
            match stream.write(&requests.as_bytes()[taken % requests.len()..]) {
                Ok(written) => taken += written,
                Err(error) if error.kind() == ErrorKind::WouldBlock => {
                    std::thread::sleep(Duration::from_millis(20));
                }
                Err(_) => return Some(taken),
            }
        }
        None
    });
    assert!(taken.await.expect("it ends").is_some(), "the connection is kept");
    served.stop().await;
}
