//! What the system tells about a running process, in `/proc`.

use std::{collections::BTreeMap, fs, path::PathBuf, time::Duration};

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
