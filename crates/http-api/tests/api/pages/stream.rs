use std::{
    io::{BufRead, BufReader, Write},
    net::{SocketAddr, TcpListener, TcpStream},
    sync::Arc,
    time::{Duration, Instant},
};

use actix_web::dev::ServerHandle;
use http_api::{
    callers::{Keys, ServerLimits},
    operators,
};
use tokio::task::{JoinHandle, spawn_blocking};

use super::visitor::{HOST, Visitor};
use crate::support::{Answer, OPERATE, World, post};

/// The operators' listener on a socket, and the watch that feeds its streams.
struct Served {
    address: SocketAddr,
    handle: ServerHandle,
    watching: JoinHandle<()>,
}

impl Served {
    fn new(world: &World) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").expect("a port");
        let address = listener.local_addr().expect("an address");
        let limits = ServerLimits { workers: 1, connections: 100, shutdown: Duration::from_secs(1) };
        let state = world.operator.clone().into_inner();
        let server = operators::serve(listener, state.clone(), limits).expect("a server");
        let handle = server.handle();
        tokio::spawn(server);
        Self { address, handle, watching: tokio::spawn(operators::watch(state)) }
    }

    async fn open(&self, visitor: &Visitor<'_>) -> Stream {
        let (address, cookie) = (self.address, visitor.cookie.clone());
        spawn_blocking(move || Stream::open(address, &cookie)).await.expect("a stream")
    }

    async fn stop(self, world: &World) {
        world.operator.stopping.cancel();
        self.watching.await.expect("the watch ends when the process stops");
        self.handle.stop(false).await;
    }
}

/// How long a page waits for what must come.
const PATIENCE: Duration = Duration::from_secs(20);

/// What a page reads.
struct Stream(BufReader<TcpStream>);

impl Stream {
    fn open(address: SocketAddr, cookie: &str) -> Self {
        let mut stream = TcpStream::connect(address).expect("a connection");
        stream.set_read_timeout(Some(PATIENCE)).expect("a timeout");
        write!(
            stream,
            "GET /events HTTP/1.1\r\nHost: {HOST}\r\nCookie: {cookie}\r\nConnection: close\r\n\r\n"
        )
        .expect("sent");
        Self(BufReader::new(stream))
    }

    /// What comes until a line has this text; none when the stream ends before.
    async fn until(self, text: &'static str) -> (Option<String>, Self) {
        let Self(mut reader) = self;
        let read = spawn_blocking(move || {
            let (mut heard, began) = (String::new(), Instant::now());
            loop {
                assert!(began.elapsed() < PATIENCE, "neither \"{text}\" nor the end comes: {heard}");
                let start = heard.len();
                match reader.read_line(&mut heard).expect("a line in time") {
                    0 => return (None, Self(reader)),
                    _ if heard[start..].contains(text) => return (Some(heard), Self(reader)),
                    _ => {}
                }
            }
        });
        read.await.expect("read")
    }
}

#[actix_web::test]
async fn a_stream_begins_with_everything_tells_what_changes_and_ends_when_the_process_stops() {
    let world = World::new().await;
    let (visitor, served) = (Visitor::new(&world, OPERATE).await, Served::new(&world));
    let (first, stream) = served.open(&visitor).await.until("data: {").await;
    let first = first.expect("a first event");
    assert!(first.contains("200 OK") && first.contains("text/event-stream"), "{first}");
    assert!(first.contains("village.state") && first.contains("communifire.acts"), "{first}");
    world.operate(post("/v1/routes/village/pause", OPERATE, "")).await;
    let (changed, stream) = stream.until("badge paused").await;
    let changed = changed.expect("the pause is told");
    assert!(!changed.contains("communal_main"), "more than what has changed is told: {changed}");
    let (quiet, stream) = stream.until(":\n").await;
    assert!(quiet.is_some_and(|quiet| !quiet.contains("data:")), "a heartbeat comes while nothing happens");
    // Before the server ends what is still open.
    world.operator.stopping.cancel();
    assert_eq!(stream.until("nothing more").await.0, None, "the stream goes on");
    served.stop(&world).await;
}

#[actix_web::test]
async fn a_page_is_told_which_routes_there_are_and_when_others_are_configured() {
    let world = World::new().await;
    let (visitor, served) = (Visitor::new(&world, OPERATE).await, Served::new(&world));
    let pages = async || {
        let names = |page: Answer| {
            let (_, rest) = page.text.split_once("data-routes=\"").expect("the names of the routes");
            rest.split('"').next().expect("an end").to_owned()
        };
        [names(visitor.get("/").await), names(visitor.get("/routes/usercom").await)]
    };
    let all = pages().await;
    let (told, stream) = served.open(&visitor).await.until("event: routes").await;
    assert!(told.is_some(), "the page cannot know whether it shows all routes");
    let (names, stream) = stream.until("data:").await;
    assert_eq!(
        names.map(|names| [(); 2].map(|()| names.trim().replacen("data: ", "", 1))),
        Some(all.clone())
    );
    let left = world.engine.routes().iter().map(|(_, route)| Arc::clone(route)).collect::<Vec<_>>();
    let left = left.into_iter().filter(|route| route.name != "village").collect();
    world.engine.reload(left, true).await.expect("a reload");
    let (told, stream) = stream.until("event: routes").await;
    assert!(told.is_some(), "the page goes on showing a route that is not configured any more");
    let (names, _) = stream.until("data:").await;
    let names = names.expect("the names");
    assert!(!names.contains("village") && names.contains("usercom"), "{names}");
    assert_ne!(pages().await, all);
    served.stop(&world).await;
}

#[actix_web::test]
async fn a_stream_ends_with_the_key_of_its_session() {
    let world = World::new().await;
    let (visitor, served) = (Visitor::new(&world, OPERATE).await, Served::new(&world));
    let (_, stream) = served.open(&visitor).await.until("data: {").await;
    world.operator.keys.store(Keys::new([]).into());
    let (told, stream) = stream.until("event: signed-out").await;
    assert!(told.is_some(), "the page is not told");
    assert_eq!(stream.until("data: {").await.0, None, "the stream goes on");
    assert_eq!(visitor.get("/events").await.status, 303);
    served.stop(&world).await;
}

#[actix_web::test]
async fn one_key_has_only_so_many_streams_and_a_page_that_goes_gives_its_own_back() {
    let world = World::new().await;
    let (visitor, served) = (Visitor::new(&world, OPERATE).await, Served::new(&world));
    let mut open = Vec::new();
    for _ in 0..16 {
        let (first, stream) = served.open(&visitor).await.until("data: {").await;
        assert!(first.is_some());
        open.push(stream);
    }
    let (refused, _) = served.open(&visitor).await.until("close some").await;
    assert!(refused.is_some_and(|refused| refused.contains("503 Service Unavailable")));
    open.pop();
    let began = Instant::now();
    for act in ["pause", "resume"].into_iter().cycle() {
        assert!(began.elapsed() < 2 * PATIENCE, "the page that has gone keeps its place");
        // Only writing tells the gateway that the page has gone.
        world.operate(post(&format!("/v1/routes/village/{act}"), OPERATE, "")).await;
        let (answer, _stream) = served.open(&visitor).await.until("\r\n").await;
        if answer.is_some_and(|answer| answer.contains("200 OK")) {
            break;
        }
        tokio::time::sleep(Duration::from_millis(100)).await;
    }
    served.stop(&world).await;
}
