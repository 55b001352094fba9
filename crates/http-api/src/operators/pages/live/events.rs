//! The stream that keeps pages up to date (server-sent events, WHATWG HTML section 9.2).

use std::{collections::BTreeMap, time::Duration};

use actix_web::{
    HttpRequest, HttpResponse,
    web::{Bytes, Data},
};
use api_types::problem::Kind;
use futures_util::stream;
use serde_json::json;
use strum::VariantArray;
use tokio::{sync::mpsc, time::Instant};

use super::{
    parts::Part,
    route_now::{RouteNow, look, names},
    streams::Place,
};
use crate::{
    callers::Problem,
    operators::{
        State,
        pages::{Refusal, access::Visitor, answer},
    },
};

/// A comment goes out when nothing else has for so long: a proxy does not take the stream for dead, and it is found out that a
/// page has gone, because only writing tells.
const HEARTBEAT: Duration = Duration::from_secs(5);
/// A reader that has taken nothing for so long is dropped.
const PATIENCE: Duration = Duration::from_secs(20);
/// How many events wait for a reader.
const QUEUE: usize = 2;

/// Answers with a stream of the parts of routes that have changed. It begins with all of them, so that whoever comes back
/// has missed nothing.
pub(crate) async fn events(request: HttpRequest, state: Data<State>) -> Result<HttpResponse, Refusal> {
    let visitor = Visitor::of(&request, &state)?;
    let too_many = || Problem::new(Kind::Overloaded, "too many pages are open; close some");
    let place = state.pages.streams.take(visitor.key()).ok_or_else(too_many)?;
    let first = look(&state).await?;
    let (sender, receiver) = mpsc::channel(QUEUE);
    tokio::spawn(
        Stream { state, visitor, sender, routes: None, shown: BTreeMap::new(), _place: place }.run(first),
    );
    let body = stream::unfold(receiver, async |mut receiver| {
        Some((Ok::<_, std::convert::Infallible>(receiver.recv().await?), receiver))
    });
    let mut response = HttpResponse::Ok();
    answer::secure(&mut response);
    Ok(response.content_type("text/event-stream").streaming(body))
}

/// One page's stream.
struct Stream {
    state: Data<State>,
    visitor: Visitor,
    sender: mpsc::Sender<Bytes>,
    /// The names of the routes that the page was told of.
    routes: Option<String>,
    /// What the page shows.
    shown: BTreeMap<String, String>,
    _place: Place,
}

impl Stream {
    /// Runs until the process stops, the reader has gone, or the session has ended.
    async fn run(mut self, first: Vec<RouteNow>) {
        let mut news = self.state.pages.counts.subscribe();
        let stopping = self.state.stopping.clone();
        let mut event = self.changes(&first);
        let mut sent_at = Instant::now();
        loop {
            if let Some(event) = event.take() {
                if self.sender.send_timeout(event, PATIENCE).await.is_err() {
                    return;
                }
                sent_at = Instant::now();
            }
            let has_news = tokio::select! {
                () = stopping.cancelled() => return,
                () = self.sender.closed() => return,
                changed = news.changed() => changed.is_ok(),
                () = tokio::time::sleep_until(sent_at + HEARTBEAT) => false,
            };
            if !self.visitor.is_welcome(&self.state) {
                // Whether it is read does not matter: the page finds out when it asks next.
                let _ = self.sender.try_send(Bytes::from_static(b"event: signed-out\ndata:\n\n"));
                return;
            }
            event = if has_news {
                let count = news.borrow_and_update().clone();
                count.and_then(|count| self.changes(&RouteNow::all(&self.state, &count)))
            } else {
                Some(Bytes::from_static(b":\n\n"))
            };
        }
    }

    /// An event with the parts that differ from what the page shows, behind one with the names of the routes if there are others;
    /// none when nothing differs.
    fn changes(&mut self, routes: &[RouteNow]) -> Option<Bytes> {
        let mut events = String::new();
        let names = names(&self.state);
        if self.routes.as_ref() != Some(&names) {
            events.push_str(&format!("event: routes\ndata: {names}\n\n"));
            self.routes = Some(names);
        }
        let mut changed = BTreeMap::new();
        for (route, part) in
            routes.iter().flat_map(|route| Part::VARIANTS.iter().map(move |part| (route, *part)))
        {
            let (key, html) = (route.key(part), route.part(part, self.visitor.token()));
            if self.shown.get(&key) != Some(&html) {
                self.shown.insert(key.clone(), html.clone());
                changed.insert(key, html);
            }
        }
        if !changed.is_empty() {
            events.push_str(&format!("data: {}\n\n", json!(changed)));
        }
        (!events.is_empty()).then(|| Bytes::from(events))
    }
}
