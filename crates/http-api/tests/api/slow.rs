//! B16 and B68: requests that take for ever, whole or byte by byte.

use std::{
    io::Write,
    net::TcpStream,
    thread,
    time::{Duration, Instant},
};

use crate::sockets::{START, Served, exchange};

/// Longer than the gateway waits for the parts of a request.
const LONG: Duration = Duration::from_secs(8);

/// Sends `start`, then `rest` over and over, five bytes a second: how long the gateway listens.
async fn drip(served: &Served, start: &str, rest: &'static str) -> Duration {
    let (address, start) = (served.address, start.to_owned());
    let slow = tokio::task::spawn_blocking(move || {
        let mut stream = TcpStream::connect(address).expect("a connection");
        stream.write_all(start.as_bytes()).expect("the start is taken");
        let started = Instant::now();
        for byte in rest.bytes().cycle() {
            if stream.write_all(&[byte]).is_err() || started.elapsed() > LONG {
                break;
            }
            thread::sleep(Duration::from_millis(200));
        }
        started.elapsed()
    });
    slow.await.expect("an exchange")
}

#[actix_web::test]
async fn b16_a_body_that_never_ends_is_given_up() {
    let served = Served::new().await;
    let started = Instant::now();
    let heard = served.send(format!("{START}Transfer-Encoding: chunked\r\n\r\n2\r\n{{}}\r\n")).await;
    assert_eq!(heard.statuses(), [408], "{}", heard.text);
    assert!(heard.text.contains("urn:profile-gateway:problem:request-timeout"));
    assert!(heard.closed && started.elapsed() < Duration::from_secs(5));
    let address = served.address;
    let flood = tokio::task::spawn_blocking(move || {
        let chunk = format!("1000\r\n{}\r\n", " ".repeat(0x1000));
        exchange(
            address,
            format!("{START}Transfer-Encoding: chunked\r\n\r\n{}", chunk.repeat(100)).as_bytes(),
        )
    });
    let heard = flood.await.expect("an exchange");
    assert!(heard.closed);
    assert!(matches!(heard.statuses()[..], [413] | []), "{}", heard.text);
    assert!(!served.world.knows("u").await);
    served.stop().await;
}

#[actix_web::test]
async fn a_head_that_arrives_drop_by_drop_is_given_up() {
    let served = Served::new().await;
    let elapsed = drip(&served, "", START).await;
    assert!(elapsed < LONG, "{elapsed:?}");
    served.stop().await;
}

#[actix_web::test]
async fn b16_a_body_that_arrives_drop_by_drop_is_given_up() {
    let served = Served::new().await;
    for (head, body) in
        [("Content-Length: 1000\r\n\r\n", " "), ("Transfer-Encoding: chunked\r\n\r\n", "1\r\n \r\n")]
    {
        let elapsed = drip(&served, &format!("{START}{head}"), body).await;
        assert!(elapsed < LONG, "{head}: {elapsed:?}");
    }
    assert!(!served.world.knows("u").await);
    served.stop().await;
}
