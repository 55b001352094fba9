use std::time::{Duration, Instant};

use hdrhistogram::Histogram;
use tokio::task::JoinSet;

use super::{Connection, Script};
use crate::Error;

/// What a load has come to.
#[derive(Debug)]
pub(crate) struct Outcome {
    /// Updates that were answered in the measured time.
    pub(crate) updates: u64,
    /// All updates, those of the warm-up too.
    pub(crate) total: u64,
    /// The measured time.
    pub(crate) elapsed: Duration,
    /// How long the answers took, in nanoseconds.
    latency: Histogram<u64>,
}

impl Outcome {
    /// Nothing yet.
    pub(super) fn none() -> Result<Self, Error> {
        // From a microsecond to a minute, in three digits.
        let latency = Histogram::new_with_bounds(1_000, 60_000_000_000, 3)?;
        Ok(Self { updates: 0, total: 0, elapsed: Duration::ZERO, latency })
    }

    /// Updates in one second.
    #[expect(clippy::cast_precision_loss, reason = "far below 2^52")]
    pub(crate) fn per_second(&self) -> f64 {
        self.updates as f64 / self.elapsed.as_secs_f64()
    }

    /// The time in seconds within which so many of a hundred answers came.
    pub(crate) fn percentile(&self, percent: f64) -> f64 {
        Duration::from_nanos(self.latency.value_at_percentile(percent)).as_secs_f64()
    }

    pub(super) fn note(&mut self, took: Duration) {
        self.updates += 1;
        self.latency.saturating_record(u64::try_from(took.as_nanos()).unwrap_or(u64::MAX));
    }

    pub(super) fn add(&mut self, other: &Self) -> Result<(), Error> {
        self.updates += other.updates;
        self.total += other.total;
        Ok(self.latency.add(&other.latency)?)
    }
}

/// When a connection stops asking.
#[derive(Debug, Clone, Copy)]
enum Until {
    /// At this time; what is answered before the other time is not measured.
    Time { measured_from: Instant, end: Instant },
    /// After so many requests.
    Count(u64),
}

/// Each connection asks again as soon as it is answered, for this time; the warm-up goes before it.
///
/// # Errors
/// When an answer does not have the expected status, or does not come.
pub(crate) async fn for_some_time(
    script: &Script,
    connections: usize,
    warm_up: Duration,
    measured: Duration,
) -> Result<Outcome, Error> {
    let measured_from = Instant::now() + warm_up;
    let until = Until::Time { measured_from, end: measured_from + measured };
    let outcome = all(script, std::iter::repeat_n(until, connections)).await?;
    Ok(Outcome { elapsed: measured, ..outcome })
}

/// The same for so many updates in all, every one of them measured.
///
/// # Errors
/// When an answer does not have the expected status, or does not come.
pub(crate) async fn exactly(script: &Script, connections: usize, updates: u64) -> Result<Outcome, Error> {
    let begun = Instant::now();
    let count = connections as u64;
    let share = |at| updates / count + u64::from(at < updates % count);
    let outcome = all(script, (0..count).map(|at| Until::Count(share(at)))).await?;
    Ok(Outcome { elapsed: begun.elapsed(), ..outcome })
}

async fn all(script: &Script, connections: impl Iterator<Item = Until>) -> Result<Outcome, Error> {
    let mut tasks = JoinSet::new();
    for until in connections {
        tasks.spawn(ask(script.clone(), until));
    }
    let mut outcome = Outcome::none()?;
    while let Some(part) = tasks.join_next().await {
        outcome.add(&part??)?;
    }
    Ok(outcome)
}

async fn ask(mut script: Script, until: Until) -> Result<Outcome, Error> {
    let mut connection = Connection::open(script.address).await?;
    let mut outcome = Outcome::none()?;
    let mut begun = Instant::now();
    loop {
        match until {
            Until::Time { end, .. } if begun >= end => return Ok(outcome),
            Until::Count(count) if outcome.total >= count => return Ok(outcome),
            _ => {}
        }
        let expected = script.expected;
        expect(connection.exchange(script.next()).await?, expected)?;
        outcome.total += 1;
        let answered = Instant::now();
        match until {
            Until::Time { measured_from, end } if answered < measured_from || answered >= end => {}
            _ => outcome.note(answered - begun),
        }
        begun = answered;
    }
}

/// A refusal is quick and would make a contestant look fast.
pub(super) fn expect(answer: super::Answer<'_>, status: u16) -> Result<(), Error> {
    if answer.status == status {
        return Ok(());
    }
    let body = String::from_utf8_lossy(answer.body);
    Err(format!("answered {} where {status} was expected: {body}", answer.status).into())
}
