use std::{
    sync::Arc,
    time::{Duration, Instant},
};

use super::counts::SHARE;
use crate::operators::State;

/// How often the routes are looked at while nobody watches.
const USUAL: Duration = Duration::from_secs(5);
/// How often while somebody does.
const WATCHED: Duration = Duration::from_secs(1);

/// Looks at the routes now and then, for the charts and for whoever watches, until the process stops.
pub async fn watch(state: Arc<State>) {
    while !state.stopping.is_cancelled() {
        let began = Instant::now();
        let took = match state.pages.counts.renew(&state.engine).await {
            Ok(count) => count.took(),
            // The store says so in the log, and the page has no news.
            Err(error) => {
                tracing::debug!(%error, "the routes could not be looked at");
                began.elapsed()
            }
        };
        let pause = async {
            tokio::time::sleep(WATCHED.max(took * SHARE)).await;
            if !state.pages.streams.is_watched() {
                let _ =
                    tokio::time::timeout(USUAL.saturating_sub(began.elapsed()), state.pages.streams.begun())
                        .await;
            }
        };
        tokio::select! {
            () = state.stopping.cancelled() => return,
            () = pause => {}
        }
    }
}
