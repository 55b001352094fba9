use std::time::{Duration, Instant};

use tokio::task::JoinSet;

use super::{Connection, Outcome, Script, closed::expect};
use crate::Error;

/// Connections that take turns, so that an answer that is late keeps no other request waiting.
const CONNECTIONS: u32 = 16;
/// The timers of the runtime are as coarse as a millisecond: the rest of a wait is spent looking at the clock.
const COARSE: Duration = Duration::from_millis(2);

/// Asks at a fixed rate, whatever the answers take. Each is measured from the moment at which it was to be asked for, so that
/// a contestant that stops for a while is charged for everything that had to wait.
///
/// # Errors
/// When an answer does not have the expected status, or does not come.
pub(crate) async fn at_rate(script: &Script, per_second: u32, updates: u32) -> Result<Outcome, Error> {
    let interval = Duration::from_secs(1) / per_second.max(1);
    // Connections are made in the meantime.
    let begun = Instant::now() + Duration::from_millis(100);
    let mut tasks = JoinSet::new();
    for first in 0..CONNECTIONS.min(updates) {
        let due = (first..updates).step_by(CONNECTIONS as usize).map(move |at| begun + interval * at);
        tasks.spawn(ask(script.clone(), due));
    }
    let mut outcome = Outcome::none()?;
    while let Some(part) = tasks.join_next().await {
        outcome.add(&part??)?;
    }
    outcome.elapsed = interval * updates;
    Ok(outcome)
}

async fn ask(mut script: Script, due: impl Iterator<Item = Instant>) -> Result<Outcome, Error> {
    let mut connection = Connection::open(script.address).await?;
    let mut outcome = Outcome::none()?;
    for due in due {
        wait_until(due).await;
        let expected = script.expected;
        expect(connection.exchange(script.next()).await?, expected)?;
        outcome.total += 1;
        outcome.note(due.elapsed());
    }
    Ok(outcome)
}

async fn wait_until(due: Instant) {
    let coarse = due.saturating_duration_since(Instant::now()).saturating_sub(COARSE);
    if !coarse.is_zero() {
        tokio::time::sleep(coarse).await;
    }
    while Instant::now() < due {
        // Answers to others are read in between.
        tokio::task::yield_now().await;
    }
}
