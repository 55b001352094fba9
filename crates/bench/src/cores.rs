use rustix::thread::{CpuSet, sched_getaffinity, sched_setaffinity};
use serde::Serialize;

use crate::Error;

/// Which cores are whose. Numbers are the system's.
#[derive(Debug, Clone, Serialize)]
pub(crate) struct Cores {
    /// Those of the contestant.
    pub(crate) contestant: Vec<usize>,
    /// Those of the load generator and of the vendors.
    pub(crate) load: Vec<usize>,
}

impl Cores {
    /// Shares the cores of this process in halves; the contestant has the larger one. A single core is everybody's.
    ///
    /// # Errors
    /// When the system does not tell the cores.
    pub(crate) fn share() -> Result<Self, Error> {
        let set = sched_getaffinity(None)?;
        let all: Vec<usize> = (0..CpuSet::MAX_CPU).filter(|core| set.is_set(*core)).collect();
        if all.len() < 2 {
            return Ok(Self { contestant: all.clone(), load: all });
        }
        let (contestant, load) = all.split_at(all.len().div_ceil(2));
        Ok(Self { contestant: contestant.to_vec(), load: load.to_vec() })
    }

    /// In words.
    pub(crate) fn describe(&self) -> String {
        if self.contestant == self.load {
            return "one core for everything; nothing is pinned apart".to_owned();
        }
        format!(
            "contestant pinned to core {}, load and vendors to core {}",
            list(&self.contestant),
            list(&self.load)
        )
    }
}

/// Keeps this thread, and all that it will start, on these cores.
///
/// # Errors
/// When the system refuses.
pub(crate) fn pin(cores: &[usize]) -> Result<(), Error> {
    let mut set = CpuSet::new();
    for core in cores {
        set.set(*core);
    }
    Ok(sched_setaffinity(None, &set)?)
}

/// `0,1`, as the children take it.
pub(crate) fn list(cores: &[usize]) -> String {
    cores.iter().map(ToString::to_string).collect::<Vec<_>>().join(",")
}
