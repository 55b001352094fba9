//! What cannot be had for less: contestants that do a part of the gateway's work and nothing else.

pub(crate) mod accept;
pub(crate) mod commit;
pub(crate) mod fanout;

use std::{fs, net::SocketAddr, path::PathBuf};

use serde::Deserialize;

use crate::{Error, bench::Bench, child::Child, load::Script, vendors::VENDORS};

/// One of the floors.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Floor {
    /// F1: the body is parsed and dropped.
    Accept,
    /// F2: one SQLite group commit around a minimal insert.
    Commit,
    /// F3: the body is forwarded to four vendors and nothing is stored.
    FanOut,
}

/// A floor that takes requests; ended when it is dropped.
pub(crate) struct Running {
    child: Child,
    address: SocketAddr,
    directory: Option<PathBuf>,
}

#[derive(Deserialize)]
struct Ready {
    address: SocketAddr,
}

impl Floor {
    /// Starts it.
    ///
    /// # Errors
    /// When it does not start.
    pub(crate) fn start(self, bench: &Bench) -> Result<Running, Error> {
        let mut directory = None;
        let (role, arguments) = match self {
            Self::Accept => ("f1", Vec::new()),
            Self::Commit => {
                let made = directory.insert(bench.empty_directory("f2")?);
                ("f2", vec!["--database".to_owned(), made.join("floor.db").display().to_string()])
            }
            Self::FanOut => {
                let vendors = VENDORS.map(|vendor| format!("--vendor={}", bench.vendors.address(vendor)));
                ("f3", vendors.to_vec())
            }
        };
        let mut child = Child::start(role, &bench.cores.contestant, &arguments)?;
        let Ready { address } = serde_json::from_value(child.ready()?)?;
        Ok(Running { child, address, directory })
    }
}

impl Running {
    /// The updates that it gets: those of the gateway.
    pub(crate) fn script(&self, bench: &Bench) -> Script {
        Script::update(self.address, 202, &[], bench.options.users, &bench.serial)
    }

    /// The number of its process.
    pub(crate) fn process(&self) -> u32 {
        self.child.id()
    }
}

impl Drop for Running {
    fn drop(&mut self) {
        if let Some(directory) = &self.directory {
            // The run's directory goes at the end in any case.
            let _ = fs::remove_dir_all(directory);
        }
    }
}
