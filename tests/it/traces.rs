//! What a caller's trace has to do with a delivery hours later.

use std::{
    io::{Read, Write},
    net::{TcpListener, TcpStream},
    sync::{Arc, Mutex},
    thread,
};

use e2e::{World, eventually};
use opentelemetry_proto::tonic::{
    collector::trace::v1::ExportTraceServiceRequest,
    trace::v1::{Span, status::StatusCode},
};
use prost::Message;
use serde_json::json;

/// Takes spans as a collector does.
struct Collector {
    address: String,
    spans: Arc<Mutex<Vec<Span>>>,
    bytes: Arc<Mutex<Vec<u8>>>,
}

impl Collector {
    fn start() -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").expect("a port");
        let address = listener.local_addr().expect("bound").to_string();
        let (spans, bytes) = (Arc::<Mutex<Vec<Span>>>::default(), Arc::<Mutex<Vec<u8>>>::default());
        let (into, seen) = (Arc::clone(&spans), Arc::clone(&bytes));
        thread::spawn(move || {
            for stream in listener.incoming().flatten() {
                let (into, seen) = (Arc::clone(&into), Arc::clone(&seen));
                thread::spawn(move || serve(stream, &into, &seen));
            }
        });
        Self { address, spans, bytes }
    }

    /// The spans of a trace.
    fn of(&self, trace_id: &str) -> Vec<Span> {
        let spans = self.spans.lock().expect("not poisoned");
        let is_its = |span: &&Span| base16ct::lower::encode_string(&span.trace_id) == trace_id;
        spans.iter().filter(is_its).cloned().collect()
    }
}

/// Reads requests until the connection ends, and answers each with an empty success.
fn serve(mut stream: TcpStream, spans: &Mutex<Vec<Span>>, seen: &Mutex<Vec<u8>>) {
    let mut buffer = Vec::new();
    let mut chunk = [0; 16 * 1024];
    while let Ok(count @ 1..) = stream.read(&mut chunk) {
        buffer.extend_from_slice(&chunk[..count]);
        let Some(end) = buffer.windows(4).position(|window| window == b"\r\n\r\n") else { continue };
        let head = String::from_utf8_lossy(&buffer[..end]).to_ascii_lowercase();
        let length = head.lines().find_map(|line| line.strip_prefix("content-length: "));
        let length: usize = length.expect("a length").trim().parse().expect("a number");
        if buffer.len() < end + 4 + length {
            continue;
        }
        assert!(head.starts_with("post /v1/traces http/1.1"), "{head}");
        let body: Vec<u8> = buffer.drain(..end + 4 + length).skip(end + 4).collect();
        let request = ExportTraceServiceRequest::decode(body.as_slice()).expect("OTLP");
        let scopes = request.resource_spans.into_iter().flat_map(|resource| resource.scope_spans);
        spans.lock().expect("not poisoned").extend(scopes.flat_map(|scope| scope.spans));
        seen.lock().expect("not poisoned").extend(body);
        let _ = stream.write_all(
            b"HTTP/1.1 200 OK\r\ncontent-type: application/x-protobuf\r\ncontent-length: 0\r\n\r\n",
        );
    }
}

const TRACE: &str = "0af7651916cd43dd8448eb211c80319c";

#[test]
fn a_trace_goes_on_in_a_delivery_after_a_restart() {
    let collector = Collector::start();
    let mut world = World::new();
    world.settings.tables = format!("[traces]\notlp = \"http://{}/v1/traces\"\n", collector.address);
    let gateway = world.start();
    let (api, operator, jane) = (gateway.api(), gateway.operator(), &world.people()[0]);
    world.introduce(&api, jane);
    operator.post("/v1/routes/village/pause").expect(200);
    let parent = format!("00-{TRACE}-b7ad6b7169203331-01");
    let headers = [("traceparent", parent.as_str())];
    let update = api.patch(&jane.id, &headers, &json!({ "phone_number": "+14165550002" })).expect(202).json();
    api.wait_for_state(&update["id"], "communal", "applied");
    let lanes = operator.get(&format!("/v1/lanes?user={}&route=village", jane.id)).expect(200).json();
    assert_eq!(lanes["lanes"][0]["trace_id"], TRACE, "{lanes}");
    gateway.stop();
    let first = collector.of(TRACE);
    let accepted = first.iter().find(|span| span.name == "accept update").expect("the update's span");
    assert_eq!(accepted.parent_span_id, [0xb7, 0xad, 0x6b, 0x71, 0x69, 0x20, 0x33, 0x31]);
    let is_to = |span: &Span, route: &str| format!("{:?}", span.attributes).contains(route);
    assert!(
        first.iter().any(|span| span.name == "deliver to vendor" && is_to(span, "communal")),
        "{first:?}"
    );
    assert!(!first.iter().any(|span| is_to(span, "village")), "the route was paused");

    let gateway = world.start();
    let (api, operator) = (gateway.api(), gateway.operator());
    operator.post("/v1/routes/village/resume").expect(200);
    api.wait_for_state(&update["id"], "village", "accepted");
    let delivered = eventually("the span of the delivery", || {
        let spans = collector.of(TRACE);
        spans.iter().find(|span| is_to(span, "village")).cloned().ok_or_else(|| format!("{spans:?}"))
    });
    assert_eq!(delivered.parent_span_id, accepted.span_id, "below the update that it delivers");
    assert!(delivered.status.is_none_or(|status| status.code() != StatusCode::Error));
    let email = api.user(&jane.id)["email"].as_str().expect("an address").to_owned();
    gateway.stop();
    let bytes = collector.bytes.lock().expect("not poisoned");
    for private in [jane.id.as_str(), "4165550002", &email] {
        let found = bytes.windows(private.len()).any(|window| window == private.as_bytes());
        assert!(!found, "{private} is in a span");
    }
}

#[test]
fn without_a_collector_the_log_names_the_trace() {
    let mut world = World::new();
    world.settings.log_level = "debug";
    let mut gateway = world.start();
    let (api, jane) = (gateway.api(), world.people()[0].clone());
    world.introduce(&api, &jane);
    let parent = format!("00-{TRACE}-b7ad6b7169203331-01");
    let headers = [("traceparent", parent.as_str()), ("Prefer", "wait=20")];
    api.patch(&jane.id, &headers, &json!({ "phone_number": "+14165550002" })).expect(200);
    let line = gateway.wait_for_log("attempt ended");
    let lines = gateway.log();
    assert!(lines.iter().any(|line| line.contains("attempt ended") && line.contains(TRACE)), "{line}");
    gateway.stop();
}
