use std::{
    sync::Arc,
    time::{Duration, Instant},
};

use super::route_now::look;
use crate::operator::State;

/// How often the routes are looked at while nobody watches.
const USUAL: Duration = Duration::from_secs(5);
/// How often while somebody does.
const WATCHED: Duration = Duration::from_secs(1);
/// A look may take this part of the time: counting a large backlog must not become a load of its own.
const SHARE: u32 = 50;

/// Looks at the routes now and then, for the charts and for whoever watches, until the process stops.
pub async fn watch(state: Arc<State>) {
    loop {
        let began = Instant::now();
        match look(&state).await {
            Ok(routes) => {
                let configured = state.engine.routes();
                state.pages.board.keep(|route| configured.by_name(route).is_some());
                state.pages.news.send_replace(routes.into());
            }
            // The store says so in the log, and the page has no news.
            Err(error) => tracing::debug!(%error, "the routes could not be looked at"),
        }
        let pause =
            if state.pages.streams.is_watched() { WATCHED } else { USUAL }.max(began.elapsed() * SHARE);
        tokio::select! {
            () = state.stopping.cancelled() => return,
            () = tokio::time::sleep(pause) => {}
        }
    }
}
