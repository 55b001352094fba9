use std::{
    sync::{Mutex, PoisonError},
    time::{Duration, Instant},
};

/// Bounds how many lines of the log strangers can cause: anybody can send requests, and a log that fills the disk is an outage.
#[derive(Debug)]
pub(super) struct Lines(Mutex<Window>);

#[derive(Debug)]
struct Window {
    begun: Option<Instant>,
    written: u32,
    left_out: u64,
}

/// The most lines of one window.
const MOST: u32 = 20;
const LENGTH: Duration = Duration::from_secs(1);

impl Lines {
    pub(super) const fn new() -> Self {
        Self(Mutex::new(Window { begun: None, written: 0, left_out: 0 }))
    }

    /// Whether a line may be written now; then how many were left out before it.
    pub(super) fn admit(&self, now: Instant) -> Option<u64> {
        let mut window = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        if window.begun.is_none_or(|begun| now.saturating_duration_since(begun) >= LENGTH) {
            (window.begun, window.written) = (Some(now), 0);
        }
        if window.written >= MOST {
            window.left_out += 1;
            return None;
        }
        window.written += 1;
        Some(std::mem::take(&mut window.left_out))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_left_out_is_counted_in_the_next_line() {
        let (lines, now) = (Lines::new(), Instant::now());
        let written = (0..1_000).filter_map(|_| lines.admit(now)).count();
        assert_eq!(written, 20);
        assert_eq!((lines.admit(now + LENGTH), lines.admit(now + LENGTH)), (Some(980), Some(0)));
    }
}
