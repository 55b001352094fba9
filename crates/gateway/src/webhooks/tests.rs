use std::{
    collections::{BTreeSet, VecDeque},
    time::Duration,
};

use base64::{Engine as _, prelude::BASE64_STANDARD};
use delivery::{
    NoTelemetry, ProcessClock, RouteId, SeededJitter, SendErrorKind,
    engine::{Hub, Parts},
    event::EventKind,
    store::{Actor, Outbox, Store},
};
use gateway_config::SigningSecret;
use serde_json::{Value as JsonValue, json};
use sha2::{Digest, Sha256};
use testkit::{memory_store::MemoryStore, routes};
use tokio::{task::JoinHandle, time::Instant};
use transport_http::{Network, PlainHttp, PostSettings};

use super::*;

/// The example of the specification.
const SECRET: &str = "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw";
const OTHER: &str = "whsec_AAECAwQFBgcICQoLDA0ODxAREhMUFRYXGBkaGxwdHh8=";

fn secret(text: &str) -> SigningSecret {
    SigningSecret::parse(text).expect("a secret")
}

/// Checks a message as the specification tells receivers to, with HMAC as RFC 2104 section 2 has it.
fn verified(secret: &str, message: &Message) -> bool {
    let key = BASE64_STANDARD.decode(secret.trim_start_matches("whsec_")).expect("Base64");
    let pad = |byte: u8| {
        let mut block = [byte; 64];
        block.iter_mut().zip(&key).for_each(|(block, key)| *block ^= key);
        block
    };
    let content = [
        message.header("webhook-id").as_bytes(),
        b".",
        message.header("webhook-timestamp").as_bytes(),
        b".",
        &message.body,
    ];
    let inner = Sha256::digest([&pad(0x36)[..], &content.concat()].concat());
    let mac = BASE64_STANDARD.encode(Sha256::digest([&pad(0x5c)[..], &inner].concat()));
    message.header("webhook-signature").split(' ').any(|signature| signature == format!("v1,{mac}"))
}

#[derive(Debug, Clone)]
struct Message {
    headers: Vec<(&'static str, String)>,
    body: Vec<u8>,
    at: Instant,
}

impl Message {
    fn header(&self, name: &str) -> &str {
        self.headers.iter().find(|(found, _)| *found == name).map_or("", |(_, value)| value)
    }

    fn json(&self) -> JsonValue {
        serde_json::from_slice(&self.body).expect("JSON")
    }
}

/// A receiver that answers as it was told, and 204 when there is nothing more.
#[derive(Default)]
struct Receiver {
    script: Mutex<VecDeque<Option<u16>>>,
    got: Mutex<Vec<Message>>,
}

#[async_trait]
impl Post for Receiver {
    async fn post(&self, headers: &[(&'static str, String)], body: Vec<u8>) -> Result<u16, SendError> {
        let message = Message { headers: headers.to_vec(), body, at: Instant::now() };
        self.got.lock().expect("not poisoned").push(message);
        let answer = self.script.lock().expect("not poisoned").pop_front().unwrap_or(Some(204));
        answer.ok_or(SendError { kind: SendErrorKind::Connect, detail: "refused".to_owned() })
    }
}

struct World {
    engine: Engine,
    metrics: Metrics,
    store: Arc<MemoryStore>,
    receiver: Arc<Receiver>,
    route: RouteId,
}

impl World {
    async fn new(script: impl IntoIterator<Item = Option<u16>>) -> Self {
        let hub = Hub::new();
        let store = Arc::new(MemoryStore::new(hub.clone()));
        let parts = Parts {
            store: Arc::clone(&store) as Arc<dyn Store>,
            hub,
            clock: Arc::new(ProcessClock::start()),
            jitter: Arc::new(SeededJitter::new(7)),
            telemetry: Arc::new(NoTelemetry),
        };
        let routes = vec![Arc::new(routes::plain("alpha"))];
        let engine = Engine::start(parts, routes, false).await.expect("starts");
        let receiver = Arc::new(Receiver::default());
        receiver.script.lock().expect("not poisoned").extend(script);
        let route = engine.routes().by_name("alpha").map(|(id, _)| id).expect("a route");
        Self { engine, metrics: Metrics::default(), store, receiver, route }
    }

    /// A process that tells the receiver; it ends when it is aborted.
    async fn sender(&self, events: &[EventKind]) -> JoinHandle<()> {
        let webhook = WebhookConfig {
            name: "pager".to_owned(),
            origin: "https://hooks.test".to_owned(),
            post: PostSettings {
                url: "https://hooks.test/".to_owned(),
                network: Network::Public,
                plain_http: PlainHttp::Refused,
                extra_roots: None,
            },
            secret_sources: Vec::new(),
            secrets: vec![secret(SECRET), secret(OTHER)],
            events: events.iter().copied().collect::<BTreeSet<_>>(),
        };
        let told = self.store.subscribe("pager".to_owned()).await.expect("a store");
        let post = Arc::clone(&self.receiver) as Arc<dyn Post>;
        let series = self.metrics.webhook(&webhook.name);
        tokio::spawn(Sender::new(&self.engine, &webhook, post, told).run(series))
    }

    async fn pause(&self) {
        self.engine.pause(self.route, Actor("ops".to_owned())).await.expect("paused");
    }

    async fn resume(&self) {
        self.engine.resume(self.route, Actor("ops".to_owned())).await.expect("resumed");
    }

    /// What the metrics say of the receiver: events told, events given up, tries in vain.
    async fn series(&self) -> [u32; 3] {
        let text = http_api::metrics::scrape(&self.metrics, &self.engine, None).await.expect("a store");
        let value = |series: &str| {
            let line = text
                .lines()
                .find_map(|line| line.strip_prefix(&format!("profile_gateway_webhook_{series} ")));
            line.and_then(|value| value.parse().ok()).unwrap_or_else(|| panic!("no {series} in\n{text}"))
        };
        [
            value("events_total{webhook=\"pager\",outcome=\"told\"}"),
            value("events_total{webhook=\"pager\",outcome=\"given_up\"}"),
            value("failed_tries{webhook=\"pager\"}"),
        ]
    }

    /// Lets virtual time pass; answers the kinds and ids of what was received so far.
    async fn received(&self, seconds: u64) -> Vec<(String, String)> {
        tokio::time::sleep(Duration::from_secs(seconds)).await;
        let got = self.receiver.got.lock().expect("not poisoned");
        let kind = |message: &Message| message.json()["type"].as_str().expect("a type").to_owned();
        got.iter().map(|message| (kind(message), message.header("webhook-id").to_owned())).collect()
    }
}

#[test]
fn the_signature_is_that_of_the_specification() {
    let headers = message::headers(
        "msg_p5jXN8AQM9LWM0D4loKWxJek",
        1_614_265_330,
        &[secret(SECRET)],
        br#"{"test": 2432232314}"#,
    );
    assert_eq!(
        headers[3],
        ("webhook-signature", "v1,g0hM9SsE+OTPJTGt/tmIKtSyZlE3uFJELVlNIOLJ1OE=".to_owned())
    );
}

#[tokio::test(start_paused = true)]
async fn a_message_is_verified_with_either_secret_and_says_nothing_of_a_person() {
    let world = World::new([]).await;
    let _sender = world.sender(EventKind::all()).await;
    world.pause().await;
    assert_eq!(world.received(1).await.len(), 1);
    let mut message = world.receiver.got.lock().expect("not poisoned")[0].clone();
    assert!(verified(SECRET, &message) && verified(OTHER, &message));
    assert!(!verified("whsec_BBECAwQFBgcICQoLDA0ODxAREhMUFRYXGBkaGxwdHh8=", &message));
    let mut json = message.json();
    let at = json["timestamp"].take();
    assert!(at.as_str().is_some_and(|at| at.parse::<jiff::Timestamp>().is_ok()), "{at}");
    let data = json!({"route": "alpha", "vendor": json["data"]["vendor"], "reason": "operator"});
    assert_eq!(json, json!({"type": "route.paused", "timestamp": null, "data": data}));
    message.body.push(b' ');
    assert!(!verified(SECRET, &message));
}

#[tokio::test(start_paused = true)]
async fn events_are_told_in_order_and_only_those_that_are_wanted() {
    let world = World::new([]).await;
    let sender = world.sender(&[EventKind::RouteResumed]).await;
    for _ in 0..25 {
        world.pause().await;
        world.resume().await;
    }
    let received = world.received(1).await;
    assert_eq!(received.len(), 25);
    assert!(received.iter().all(|(kind, _)| kind == "route.resumed"));
    let mut ids: Vec<_> = received.iter().map(|(_, id)| id).collect();
    ids.dedup();
    assert_eq!(ids.len(), 25);
    assert_eq!(world.store.subscribe("pager".to_owned()).await, Ok(50));
    sender.abort();
}

#[tokio::test(start_paused = true)]
async fn a_receiver_that_is_down_is_told_the_same_again() {
    let world = World::new([None, Some(503), Some(429), Some(200)]).await;
    let _sender = world.sender(EventKind::all()).await;
    world.pause().await;
    assert_eq!(world.received(30).await.len(), 3);
    assert_eq!(world.series().await, [0, 0, 3]);
    let received = world.received(270).await;
    assert_eq!(received.len(), 4);
    assert_eq!(world.series().await, [1, 0, 0]);
    assert!(received.iter().all(|message| *message == received[0]), "{received:?}");
    let got = world.receiver.got.lock().expect("not poisoned");
    assert!(got.iter().all(|message| message.body == got[0].body && verified(SECRET, message)));
    let waits: Vec<u64> = got.windows(2).map(|pair| (pair[1].at - pair[0].at).as_secs()).collect();
    assert!(matches!(waits[..], [4..=5, 13..=16, 40..=49]), "{waits:?}");
}

#[tokio::test(start_paused = true)]
async fn what_was_not_told_is_told_by_the_next_process_under_the_same_id() {
    let world = World::new([Some(204), None]).await;
    let sender = world.sender(EventKind::all()).await;
    world.pause().await;
    world.resume().await;
    assert_eq!(world.received(1).await.len(), 2);
    sender.abort();
    assert!(sender.await.is_err());
    world.pause().await;
    let _next = world.sender(EventKind::all()).await;
    let received = world.received(1).await;
    let kinds: Vec<_> = received.iter().map(|(kind, _)| kind.as_str()).collect();
    assert_eq!(kinds, ["route.paused", "route.resumed", "route.resumed", "route.paused"]);
    assert_eq!(received[1], received[2]);
}

#[tokio::test(start_paused = true)]
async fn an_event_that_is_refused_does_not_hold_the_others_up_for_ever() {
    let world = World::new([Some(400); 8]).await;
    let _sender = world.sender(EventKind::all()).await;
    world.pause().await;
    world.resume().await;
    let received = world.received(24 * 60 * 60).await;
    let kinds: Vec<_> = received.iter().map(|(kind, _)| kind.as_str()).collect();
    assert_eq!(kinds, [&["route.paused"; 8][..], &["route.resumed"]].concat());
    assert_eq!(world.series().await, [1, 1, 0]);
}

#[tokio::test(start_paused = true)]
async fn an_event_that_nobody_takes_is_told_for_three_days_and_makes_room() {
    const HOUR: u64 = 60 * 60;
    let world = World::new([None; 500]).await;
    let _sender = world.sender(EventKind::all()).await;
    world.pause().await;
    let told = world.received(71 * HOUR).await.len();
    assert!(told > 60, "once an hour: {told}");
    assert_eq!(world.series().await[..2], [0, 0]);
    world.resume().await;
    let received = world.received(4 * HOUR).await;
    assert_eq!(world.series().await[..2], [0, 1]);
    assert_eq!(received.last().map(|(kind, _)| kind.as_str()), Some("route.resumed"));
}

#[test]
fn a_secret_is_read_and_never_shown() {
    for text in [
        "",
        "whsec_",
        "MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw",
        "whsec_AAAA",
        "whsec_%%%",
        "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaS",
    ] {
        let refused = SigningSecret::parse(text).expect_err(text);
        assert!(refused.contains("openssl rand") && (text.len() < 7 || !refused.contains(text)), "{refused}");
    }
    assert_eq!(format!("{:?}", secret(SECRET)), "SigningSecret(***)");
    assert!(secret(SECRET) == secret(SECRET) && secret(SECRET) != secret(OTHER));
}
