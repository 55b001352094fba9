//! What the system tells about a running process, in `/proc`.

use std::{
    collections::BTreeMap,
    fs,
    path::PathBuf,
    time::{Duration, Instant},
};

use crate::Error;

/// Processor time of the threads of a process, by the thread's name; threads of one name are summed.
///
/// # Errors
/// When the process is gone.
pub(crate) fn threads(process: u32) -> Result<BTreeMap<String, Duration>, Error> {
    let mut threads = BTreeMap::new();
    for task in fs::read_dir(format!("/proc/{process}/task"))? {
        let task = task?.path();
        // A thread may end while it is looked at.
        let (Ok(name), Ok(time)) = (fs::read_to_string(task.join("comm")), processor_time(&task)) else {
            continue;
        };
        *threads.entry(name.trim().to_owned()).or_default() += time;
    }
    Ok(threads)
}

/// The first number of `schedstat`: nanoseconds on a processor.
fn processor_time(task: &std::path::Path) -> Result<Duration, Error> {
    let text = fs::read_to_string(task.join("schedstat"))?;
    let nanoseconds = text.split_whitespace().next().ok_or("no schedstat")?.parse()?;
    Ok(Duration::from_nanos(nanoseconds))
}

/// Memory of the process that is in use and in RAM, in bytes.
///
/// # Errors
/// When the process is gone.
pub(crate) fn resident(process: u32) -> Result<u64, Error> {
    let text = fs::read_to_string(PathBuf::from(format!("/proc/{process}/status")))?;
    let line = text.lines().find_map(|line| line.strip_prefix("VmRSS:")).ok_or("no VmRSS")?;
    let kilobytes: u64 = line.trim().trim_end_matches(" kB").parse()?;
    Ok(kilobytes * 1_024)
}

/// How much of the cores some processes use.
pub(crate) struct Busy {
    processes: Vec<u32>,
    before: Duration,
    since: Instant,
}

impl Busy {
    /// Begins to look at these.
    ///
    /// # Errors
    /// When one of them is gone.
    pub(crate) fn begin(processes: &[u32]) -> Result<Self, Error> {
        let (before, since) = (all(processes)?, Instant::now());
        Ok(Self { processes: processes.to_vec(), before, since })
    }

    /// How many cores they have kept busy since then, on average.
    ///
    /// # Errors
    /// When one of them is gone.
    pub(crate) fn cores(&self) -> Result<f64, Error> {
        let used = all(&self.processes)?.saturating_sub(self.before);
        Ok(used.as_secs_f64() / self.since.elapsed().as_secs_f64())
    }
}

fn all(processes: &[u32]) -> Result<Duration, Error> {
    let times = processes.iter().map(|process| Ok(threads(*process)?.into_values().sum::<Duration>()));
    times.sum()
}
