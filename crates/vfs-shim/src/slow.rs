use std::{
    io,
    path::{Path, PathBuf},
    sync::{
        Arc, Mutex, PoisonError, Weak,
        atomic::{AtomicU64, Ordering},
    },
    time::{Duration, Instant},
};

static DISKS: Mutex<Vec<Weak<Inner>>> = Mutex::new(Vec::new());

/// A real disk with slow synchronisations, which it counts. Everything is passed on, nothing is logged.
///
/// For measuring how many updates share a synchronisation where it takes as long as on an ordinary disk. Clones are one disk;
/// the directory is let go with the last one and the last open file.
#[derive(Debug, Clone)]
pub struct SlowDisk(Arc<Inner>);

#[derive(Debug)]
pub(crate) struct Inner {
    directory: PathBuf,
    at_least: Duration,
    syncs: AtomicU64,
}

impl SlowDisk {
    /// Makes every synchronisation of a file in the directory take at least so long, for files that are opened from now on.
    ///
    /// # Errors
    /// When there is no such directory.
    pub fn watch(directory: &Path, at_least: Duration) -> io::Result<Self> {
        let directory = directory.canonicalize()?;
        let inner = Arc::new(Inner { directory, at_least, syncs: AtomicU64::new(0) });
        let mut disks = DISKS.lock().unwrap_or_else(PoisonError::into_inner);
        disks.retain(|disk| disk.strong_count() > 0);
        disks.push(Arc::downgrade(&inner));
        Ok(Self(inner))
    }

    /// How many synchronisations SQLite has asked for and got.
    pub fn syncs(&self) -> u64 {
        self.0.syncs.load(Ordering::Relaxed)
    }
}

/// The slow disk of the directory of this file.
pub(crate) fn find(path: &Path) -> Option<Arc<Inner>> {
    let directory = path.parent()?;
    let disks = DISKS.lock().unwrap_or_else(PoisonError::into_inner);
    disks.iter().filter_map(Weak::upgrade).find(|disk| disk.directory == directory)
}

impl Inner {
    /// Synchronises, counts it and takes the time.
    pub(crate) fn sync(&self, synchronise: impl FnOnce() -> i32) -> i32 {
        let began = Instant::now();
        let code = synchronise();
        std::thread::sleep(self.at_least.saturating_sub(began.elapsed()));
        self.syncs.fetch_add(1, Ordering::Relaxed);
        code
    }
}
