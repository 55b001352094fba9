//! B30 and B59–B70: what only bytes on a connection can show.

use std::{
    io::{ErrorKind, Read, Write},
    net::{SocketAddr, TcpListener, TcpStream},
    time::Duration,
};

use actix_web::dev::{Server, ServerHandle};
use http_api::{
    callers::{self, ServerLimits},
    operators,
};

use crate::support::{ALL, World};

/// An API on a socket.
pub(crate) struct Served {
    pub(crate) world: World,
    pub(crate) address: SocketAddr,
    handle: ServerHandle,
}

impl Served {
    /// The callers' API.
    pub(crate) async fn new() -> Self {
        Self::with(|world, listener, limits| callers::serve(listener, world.api.clone().into_inner(), limits))
            .await
    }

    /// The operators' API.
    pub(crate) async fn operators() -> Self {
        Self::with(|world, listener, limits| {
            operators::serve(listener, world.operator.clone().into_inner(), limits)
        })
        .await
    }

    async fn with(serve: impl FnOnce(&World, TcpListener, ServerLimits) -> std::io::Result<Server>) -> Self {
        let world = World::new().await;
        let listener = TcpListener::bind("127.0.0.1:0").expect("a port");
        let address = listener.local_addr().expect("an address");
        let limits = ServerLimits { workers: 1, connections: 100, shutdown: Duration::from_secs(1) };
        let server = serve(&world, listener, limits).expect("a server");
        let handle = server.handle();
        tokio::spawn(server);
        Self { world, address, handle }
    }

    /// Sends bytes and reads until the gateway closes the connection.
    pub(crate) async fn send(&self, bytes: impl Into<Vec<u8>>) -> Heard {
        let (address, bytes) = (self.address, bytes.into());
        tokio::task::spawn_blocking(move || exchange(address, &bytes)).await.expect("an exchange")
    }

    pub(crate) async fn stop(self) {
        self.handle.stop(false).await;
    }
}

/// What came back.
#[derive(Debug)]
pub(crate) struct Heard {
    pub(crate) text: String,
    /// Whether the gateway closed the connection.
    pub(crate) closed: bool,
}

impl Heard {
    pub(crate) fn statuses(&self) -> Vec<u16> {
        let lines = self.text.match_indices("HTTP/1.1 ");
        lines.map(|(at, start)| self.text[at + start.len()..][..3].parse().expect("a status")).collect()
    }
}

pub(crate) fn exchange(address: SocketAddr, bytes: &[u8]) -> Heard {
    let mut stream = TcpStream::connect(address).expect("a connection");
    stream.set_read_timeout(Some(Duration::from_secs(3))).expect("a timeout");
    // The gateway may close before it has read everything.
    let _ = stream.write_all(bytes);
    let mut heard = Vec::new();
    let mut chunk = [0; 4096];
    let closed = loop {
        match stream.read(&mut chunk) {
            Ok(0) => break true,
            Ok(read) => heard.extend_from_slice(&chunk[..read]),
            Err(error) if matches!(error.kind(), ErrorKind::WouldBlock | ErrorKind::TimedOut) => break false,
            Err(_) => break true,
        }
    };
    Heard { text: String::from_utf8_lossy(&heard).into_owned(), closed }
}

pub(crate) const START: &str = "PATCH /v1/users/u HTTP/1.1\r\nHost: x\r\nAuthorization: Bearer pgw_all\r\nContent-Type: application/json\r\n";

#[actix_web::test]
async fn a_broken_framing_is_refused_once_and_the_connection_closed() {
    let served = Served::new().await;
    let smuggled = "0\r\n\r\nPATCH /v1/users/smuggled HTTP/1.1\r\nHost: x\r\nAuthorization: Bearer pgw_all\r\nContent-Type: application/json\r\nContent-Length: 13\r\n\r\n{\"title\":\"x\"}";
    let cases = [
        ("B59", format!("{START}Content-Length: 6\r\nTransfer-Encoding: chunked\r\n\r\n{smuggled}")),
        ("B60", format!("{START}Transfer-Encoding: chunked\r\nContent-Length: 4\r\n\r\n{smuggled}")),
        ("B61", format!("{START}Transfer-Encoding: chunked, identity\r\n\r\n{smuggled}")),
        ("B61 obfuscated", format!("{START}Transfer-Encoding: xchunked\r\n\r\n{smuggled}")),
        (
            "B61 twice",
            format!("{START}Transfer-Encoding: chunked\r\nTransfer-Encoding: identity\r\n\r\n{smuggled}"),
        ),
        ("B62", format!("{START}Content-Length: 2\r\nContent-Length: 5\r\n\r\n{{}}{smuggled}")),
        ("B63 sign", format!("{START}Content-Length: +2\r\n\r\n{{}}")),
        ("B63 hex", format!("{START}Content-Length: 0x2\r\n\r\n{{}}")),
        ("B63 list", format!("{START}Content-Length: 2,2\r\n\r\n{{}}")),
        ("B63 negative", format!("{START}Content-Length: -1\r\n\r\n{{}}")),
        ("B64", format!("{START}X-Folded: a\r\n b\r\nContent-Length: 2\r\n\r\n{{}}")),
        (
            "B66",
            START.replace("HTTP/1.1", "HTTP/1.0") + &format!("Transfer-Encoding: chunked\r\n\r\n{smuggled}"),
        ),
        ("B67 two", format!("{START}Host: y\r\nContent-Length: 2\r\n\r\n{{}}")),
        ("B67 none", START.replace("Host: x\r\n", "") + "Content-Length: 2\r\n\r\n{}"),
        ("a space before the colon", format!("{START}Content-Length : 2\r\n\r\n{{}}")),
        ("a bad chunk size", format!("{START}Transfer-Encoding: chunked\r\n\r\nzz\r\n{{}}\r\n0\r\n\r\n")),
        ("another protocol", "PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n".to_owned()),
        ("no HTTP", "\x16\x03\x01\x02\x00\x01\x00\x01\x7c\x03\x03".to_owned()),
    ];
    for (id, bytes) in cases {
        let heard = served.send(bytes).await;
        assert!(heard.closed, "{id} left the connection open: {heard:?}");
        assert_eq!(heard.statuses(), [400], "{id}: {}", heard.text);
    }
    assert!(!served.world.knows("u").await && !served.world.knows("smuggled").await);
    assert_eq!(served.world.requests(), 0);
    served.stop().await;
}

#[actix_web::test]
async fn b65_bare_line_feeds_never_hide_a_second_request() {
    let served = Served::new().await;
    let bytes = START.replace("\r\n", "\n") + "Content-Length: 2\n\n{}";
    let heard = served.send(bytes + "junk\r\n\r\n").await;
    // A lone LF may end a line (RFC 9112 section 2.2); the request is then read as what it says, and the rest refused.
    assert!(matches!(heard.statuses()[..], [400] | [202, 400] | [200, 400]), "{heard:?}");
    assert!(heard.closed);
    served.stop().await;
}

#[actix_web::test]
async fn b68_large_heads_are_refused() {
    let served = Served::new().await;
    let one = format!("{START}X-Large: {}\r\nContent-Length: 2\r\n\r\n{{}}", "x".repeat(16 * 1024 + 1));
    let many: String = (0..200).map(|at| format!("X-{at}: v\r\n")).collect();
    let many = format!("{START}{many}Content-Length: 2\r\n\r\n{{}}");
    let huge = format!("{START}X-Huge: {}", "x".repeat(300_000));
    for (id, bytes) in [("one header", one), ("many headers", many), ("no end", huge)] {
        let heard = served.send(bytes).await;
        assert_eq!(heard.statuses(), [431], "{id}: {}", heard.text.get(..200).unwrap_or(&heard.text));
        assert!(heard.closed, "{id}");
    }
    assert!(!served.world.knows("u").await);
    served.stop().await;
}

#[actix_web::test]
async fn b69_odd_targets_are_not_found_and_the_absolute_form_is_the_same_path() {
    let served = Served::new().await;
    let request = |target: &str| {
        format!(
            "GET {target} HTTP/1.1\r\nHost: x\r\nAuthorization: Bearer {ALL}\r\nConnection: close\r\n\r\n"
        )
    };
    for (target, status) in [
        ("//host/path", 404),
        ("/v1/users/%2e%2e/admin", 404),
        ("/v1/users/../routes", 404),
        ("/V1/routes", 404),
        ("/v1/routes/", 404),
        ("/v1/routes;x", 404),
        ("/v1/%72outes%2f", 404),
        ("/v1/users/%252e%252e", 400),
        ("*", 404),
        // RFC 9112 section 3.2.2: a server must accept the absolute form; host and scheme mean nothing here.
        ("http://evil.example/v1/routes", 200),
        ("http://evil.example/v1/users/%2e%2e/admin", 404),
        ("/v1/rou\ttes", 400),
    ] {
        let heard = served.send(request(target)).await;
        assert_eq!(heard.statuses(), [status], "{target}: {}", heard.text);
        assert!(heard.closed);
    }
    let connect = "CONNECT evil.example:443 HTTP/1.1\r\nHost: evil.example:443\r\nConnection: close\r\n\r\n";
    assert!(matches!(served.send(connect).await.statuses()[..], [400 | 404 | 405]));
    let trace = "TRACE /v1/routes HTTP/1.1\r\nHost: x\r\nX-Secret: canary-trace\r\nConnection: close\r\n\r\n";
    let heard = served.send(trace).await;
    assert_eq!(heard.statuses(), [405]);
    assert!(!heard.text.contains("canary-trace"));
    served.stop().await;
}

#[actix_web::test]
async fn b30_an_expectation_without_a_body_is_an_empty_body() {
    let served = Served::new().await;
    let heard = served.send(format!("{START}Expect: 100-continue\r\nConnection: close\r\n\r\n")).await;
    assert_eq!(heard.statuses().last(), Some(&400), "{}", heard.text);
    assert!(heard.text.contains("invalid-json"));
    served.stop().await;
}

#[actix_web::test]
async fn a_connection_is_kept_for_the_next_request_and_a_refusal_does_not_end_it() {
    let served = Served::new().await;
    let body = r#"{"title":"x"}"#;
    let good = format!("{START}Content-Length: {}\r\n\r\n{body}", body.len());
    let bad = format!("{START}Content-Length: 2\r\n\r\n[]");
    let last = format!("{START}Connection: close\r\nContent-Length: 2\r\n\r\n{{}}");
    let heard = served.send(format!("{good}{bad}{last}")).await;
    assert_eq!(heard.statuses(), [202, 400, 200], "{}", heard.text);
    served.stop().await;
}

#[actix_web::test]
async fn nothing_is_carried_out_after_the_request_that_ends_its_connection() {
    let served = Served::new().await;
    let after = START.replace("users/u", "users/after") + "Content-Length: 2\r\n\r\n{}";
    let large = format!("X-Large: {}\r\n", "x".repeat(16 * 1024));
    for (id, head, status) in [
        ("asked for", "Connection: close\r\n".to_owned(), 200),
        ("in another case", "connection: Close\r\n".to_owned(), 200),
        ("among others", "Connection: keep-alive, close\r\n".to_owned(), 200),
        ("refused", large, 431),
    ] {
        let ending = format!("{START}{head}Content-Length: 2\r\n\r\n{{}}");
        let heard = served.send(format!("{ending}{after}{after}")).await;
        assert_eq!(heard.statuses(), [status, 400, 400], "{id}: {}", heard.text);
        assert!(heard.closed, "{id}");
        assert!(!served.world.knows("after").await, "{id}: a request after the last one was carried out");
    }
    let old = START.replace("HTTP/1.1", "HTTP/1.0") + "Content-Length: 2\r\n\r\n{}";
    let heard = served.send(format!("{old}{after}")).await;
    assert!(heard.closed && !served.world.knows("after").await, "{}", heard.text);
    served.stop().await;
}
