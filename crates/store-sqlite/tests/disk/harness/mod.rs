//! A store on a disk that fails, its clients, and who judges what is left.

pub(crate) mod client;
pub(crate) mod image;
pub(crate) mod ledger;
pub(crate) mod lives;
pub(crate) mod told;
pub(crate) mod verdict;

use std::{fmt::Debug, future::Future, path::Path, str::FromStr, sync::Mutex, time::Duration};

use tempfile::TempDir;

/// A directory that goes away, in memory where there is such a place: nothing here needs a real disk.
pub(crate) fn directory() -> TempDir {
    let memory = Path::new("/dev/shm");
    let made = if memory.is_dir() { tempfile::tempdir_in(memory) } else { tempfile::tempdir() };
    made.expect("a directory")
}

/// The value of an environment variable, or the usual one.
pub(crate) fn setting<T: FromStr<Err: Debug>>(name: &str, usual: T) -> T {
    std::env::var(name).map_or(usual, |text| text.parse().expect("a number"))
}

/// Runs to the end, and says so when there is none.
pub(crate) fn block_on<T>(future: impl Future<Output = T>) -> T {
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().expect("a runtime");
    let bounded = async { tokio::time::timeout(Duration::from_secs(120), future).await };
    runtime.block_on(bounded).expect("the store answers")
}

/// Does every job, on as many threads as there are processors.
pub(crate) fn on_all_processors<J: Send>(jobs: impl Iterator<Item = J> + Send, work: impl Fn(J) + Sync) {
    let jobs = Mutex::new(jobs);
    let threads = std::thread::available_parallelism().map_or(1, usize::from);
    std::thread::scope(|scope| {
        for _ in 0..threads {
            scope.spawn(|| {
                loop {
                    let Some(job) = jobs.lock().expect("no job panics with the lock").next() else { break };
                    work(job);
                }
            });
        }
    });
}
