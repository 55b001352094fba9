//! For whom a request says that it is made (RFC 9112 section 3.2).

use crate::{
    sockets::Served,
    support::{ALL, World},
};

#[actix_web::test]
async fn a_host_that_is_none_is_refused_on_both_listeners() {
    for served in [Served::new().await, Served::operators().await] {
        let asked = |host: &str| {
            format!("GET /v1/routes HTTP/1.1\r\nHost:{host}\r\nAuthorization: Bearer {ALL}\r\n\r\n")
        };
        for host in ["", " ", " a b", " a@b", " a@b:99999", " x:65536", " :80", " [::1", " x/y", " x:1:2"] {
            let heard = served.send(asked(host)).await;
            assert!(heard.closed && heard.statuses() == [400], "{host:?}: {}", heard.text);
        }
        for host in [" x", " gateway.internal:8080", " 127.0.0.1:1", " [::1]:8080"] {
            assert_eq!(served.send(asked(host)).await.statuses(), [200], "{host:?}");
        }
        served.stop().await;
    }
}

#[actix_web::test]
async fn what_needs_no_key_is_not_shown_to_pages_of_other_sites() {
    let served = Served::operators().await;
    let asked = |path: &str, host: &str| format!("GET {path} HTTP/1.1\r\nHost: {host}\r\n\r\n");
    for path in ["/metrics", "/docs/", "/docs", "/docs/callers.json", "/docs/swagger-ui.css"] {
        let heard = served.send(asked(path, "evil.example:8081")).await;
        assert_eq!(heard.statuses(), [403], "{path}");
        assert!(heard.text.contains("operator.hosts"), "{path}: {}", heard.text);
        let heard = served.send(asked(path, "127.0.0.1:8081")).await;
        assert!(matches!(heard.statuses()[..], [200 | 308]), "{path}: {:?}", heard.statuses());
    }
    // An orchestrator asks by whatever name it knows; there is nothing to read.
    assert_eq!(served.send(asked("/live", "pod-7.example")).await.statuses(), [200]);
    served.stop().await;
    let world = World::new().await;
    assert_eq!(world.operate(crate::support::get("/metrics", "")).await.status, 200, "HTTP/1.0 has no Host");
}
