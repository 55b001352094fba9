use std::{fs, time::Instant};

use crate::Error;

/// Whether this machine did something else meanwhile.
pub(crate) struct Others {
    vendors: u32,
    before: u64,
    since: Instant,
}

/// The system counts in hundredths of a second, whatever its clock does (`USER_HZ`).
const TICKS_PER_SECOND: f64 = 100.0;

impl Others {
    /// Begins to look. Contestants are counted when they have ended, so none may run now or at the end.
    ///
    /// # Errors
    /// When the system does not tell.
    pub(crate) fn begin(vendors: u32) -> Result<Self, Error> {
        Ok(Self { vendors, before: ticks(vendors)?, since: Instant::now() })
    }

    /// How many cores were kept busy since then, on average, by processes that have nothing to do with the benchmark.
    ///
    /// # Errors
    /// When the system does not tell.
    #[expect(clippy::cast_precision_loss, reason = "far below 2^52")]
    pub(crate) fn cores(&self) -> Result<f64, Error> {
        let used = ticks(self.vendors)?.saturating_sub(self.before) as f64 / TICKS_PER_SECOND;
        Ok(used / self.since.elapsed().as_secs_f64())
    }
}

/// What all processes have used of the cores, less what the benchmark has.
fn ticks(vendors: u32) -> Result<u64, Error> {
    let all = fs::read_to_string("/proc/stat")?;
    let all: Vec<u64> = numbers(all.lines().next().unwrap_or_default().trim_start_matches("cpu"));
    // user, nice, system, then idle and waiting for the disk, then interrupts and what other machines took.
    let busy = all.iter().take(8).sum::<u64>() - all.iter().skip(3).take(2).sum::<u64>();
    Ok(busy.saturating_sub(own("self", 4)? + own(&vendors.to_string(), 2)?))
}

/// The first of: user, system, and the same of children that have ended.
fn own(process: &str, fields: usize) -> Result<u64, Error> {
    let text = fs::read_to_string(format!("/proc/{process}/stat"))?;
    // The name is in parentheses and may hold anything; user is the twelfth field after it.
    let (_, rest) = text.rsplit_once(')').ok_or("no name in stat")?;
    let rest: Vec<&str> = rest.split_whitespace().skip(11).take(fields).collect();
    Ok(numbers(&rest.join(" ")).iter().sum())
}

fn numbers(text: &str) -> Vec<u64> {
    text.split_whitespace().filter_map(|number| number.parse().ok()).collect()
}
