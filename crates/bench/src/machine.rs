use std::{
    fs::{self, File},
    io::Write,
    path::Path,
    time::Instant,
};

use serde::Serialize;

use crate::{
    Error,
    stats::{Figure, Unit},
};

/// Where the figures come from.
#[derive(Debug, Serialize)]
pub(crate) struct Machine {
    /// The processor's model.
    processor: String,
    /// How many cores there are.
    cores: usize,
    /// The kernel's release.
    kernel: String,
    /// How many processes wanted a core in the minute before: above a few tenths the machine was busy with something else.
    load_before: f64,
    /// How long the disk of the databases takes to make 4 KiB durable.
    pub(crate) fsync: Figure,
}

/// How often a piece of a file is made durable, to see how long it takes.
const SYNCS: usize = 200;
const PIECE: usize = 4_096;

impl Machine {
    /// Looks at the machine and measures the disk of this directory.
    ///
    /// # Errors
    /// When the directory cannot be written.
    pub(crate) fn look(directory: &Path) -> Result<Self, Error> {
        let read = |path| fs::read_to_string(path).unwrap_or_default();
        let cpus = read("/proc/cpuinfo");
        let model = cpus.lines().find_map(|line| line.strip_prefix("model name")).unwrap_or("unknown");
        let load = read("/proc/loadavg");
        Ok(Self {
            processor: model.trim_start_matches([' ', '\t', ':']).to_owned(),
            cores: cpus.lines().filter(|line| line.starts_with("processor")).count(),
            kernel: read("/proc/sys/kernel/osrelease").trim().to_owned(),
            load_before: load.split(' ').next().and_then(|load| load.parse().ok()).unwrap_or(f64::NAN),
            fsync: fsync(directory)?,
        })
    }

    /// In words.
    pub(crate) fn describe(&self) -> String {
        format!(
            "{}, {} cores, Linux {}; load before {:.2}; fsync {}",
            self.processor,
            self.cores,
            self.kernel,
            self.load_before,
            self.fsync.show()
        )
    }
}

/// How long it takes to append 4 KiB to a file in this directory and to make them durable.
///
/// # Errors
/// When the directory cannot be written.
pub(crate) fn fsync(directory: &Path) -> Result<Figure, Error> {
    let path = directory.join("fsync");
    let mut file = File::create(&path)?;
    let mut times = Vec::with_capacity(SYNCS);
    for _ in 0..SYNCS {
        let begun = Instant::now();
        file.write_all(&[0x5a; PIECE])?;
        file.sync_data()?;
        times.push(begun.elapsed().as_secs_f64());
    }
    fs::remove_file(path)?;
    Ok(Figure::new(Unit::Seconds, times))
}
