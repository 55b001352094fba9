use std::time::Duration;

/// A point in time: milliseconds since the Unix epoch, by a clock that never goes backwards while the process lives.
pub type Millis = i64;

/// Where the engine gets the time from.
pub trait Clock: Send + Sync + std::fmt::Debug {
    /// The time now.
    fn now(&self) -> Millis;
}

/// The process's clock: the wall clock at start, then the monotonic clock of tokio, so that it stands still and jumps
/// with a paused runtime and not with the wall clock.
#[derive(Debug)]
pub struct ProcessClock {
    started_at: Millis,
    since: tokio::time::Instant,
}

impl ProcessClock {
    /// Starts the clock.
    pub fn start() -> Self {
        let started_at = std::time::SystemTime::now().duration_since(std::time::UNIX_EPOCH);
        let started_at = started_at.map_or(0, millis);
        Self { started_at, since: tokio::time::Instant::now() }
    }
}

impl Clock for ProcessClock {
    fn now(&self) -> Millis {
        self.started_at + millis(self.since.elapsed())
    }
}

/// A duration in milliseconds.
pub fn millis(duration: Duration) -> Millis {
    Millis::try_from(duration.as_millis()).unwrap_or(Millis::MAX / 4)
}

/// The time from `now` until `at`; zero when it has passed.
pub fn until(at: Millis, now: Millis) -> Duration {
    Duration::from_millis(u64::try_from(at.saturating_sub(now)).unwrap_or(0))
}
