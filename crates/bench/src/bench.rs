use std::{
    cell::OnceCell,
    fs,
    path::{Path, PathBuf},
};

use tokio::runtime::Runtime;

use crate::{
    Error,
    cores::{self, Cores},
    load::Serial,
    machine::Machine,
    options::{Arguments, Options},
    subject,
    vendors::Vendors,
};

/// What all tables share: the machine, the vendors, and the users that the gateway has been told of.
pub(crate) struct Bench {
    /// How much is measured.
    pub(crate) options: Options,
    /// Whose cores are whose.
    pub(crate) cores: Cores,
    /// The machine.
    pub(crate) machine: Machine,
    /// The four vendors.
    pub(crate) vendors: Vendors,
    /// The numbers of the updates: no two of a run are the same, so every update is a change.
    pub(crate) serial: Serial,
    introduced: OnceCell<PathBuf>,
    runtime: Runtime,
    directory: Directory,
}

/// Where the databases are; goes with the run.
struct Directory(PathBuf);

const RUN: &str = "run-";

impl Directory {
    /// A directory with the number of this process. Those that runs have left which were killed are removed.
    fn make() -> Result<Self, Error> {
        let home = home()?;
        fs::create_dir_all(&home)?;
        for entry in fs::read_dir(&home)? {
            let entry = entry?;
            let name = entry.file_name().to_string_lossy().into_owned();
            let is_left = |number: &str| !Path::new("/proc").join(number).exists();
            if name.strip_prefix(RUN).is_some_and(is_left) {
                fs::remove_dir_all(entry.path())?;
            }
        }
        let directory = home.join(format!("{RUN}{}", std::process::id()));
        fs::create_dir_all(&directory)?;
        Ok(Self(directory))
    }
}

impl Drop for Directory {
    fn drop(&mut self) {
        // What cannot be removed lies below the target directory.
        let _ = fs::remove_dir_all(&self.0);
    }
}

impl Bench {
    /// Shares the cores, starts the vendors and looks at the machine.
    ///
    /// # Errors
    /// When the machine does not let it.
    pub(crate) fn new(arguments: &Arguments) -> Result<Self, Error> {
        let cores = Cores::share()?;
        cores::pin(&cores.load)?;
        let directory = Directory::make()?;
        Ok(Self {
            options: Options::of(arguments),
            vendors: Vendors::start(&cores.load)?,
            machine: Machine::look(&directory.0)?,
            serial: Serial::default(),
            introduced: OnceCell::new(),
            runtime: tokio::runtime::Builder::new_current_thread().enable_all().build()?,
            cores,
            directory,
        })
    }

    /// Runs the load generator's side of a measurement, on this thread.
    pub(crate) fn block_on<F: Future>(&self, future: F) -> F::Output {
        self.runtime.block_on(future)
    }

    /// An empty directory on the disk of the databases.
    ///
    /// # Errors
    /// When it cannot be made.
    pub(crate) fn empty_directory(&self, name: &str) -> Result<PathBuf, Error> {
        let directory = self.directory.0.join(name);
        if directory.exists() {
            fs::remove_dir_all(&directory)?;
        }
        fs::create_dir_all(&directory)?;
        Ok(directory)
    }

    /// A database, closed, in which all users are known and every vendor is in step with all of them. It is made once, and
    /// to be copied.
    ///
    /// # Errors
    /// When the gateway does not get there.
    pub(crate) fn introduced(&self) -> Result<&Path, Error> {
        if self.introduced.get().is_none() {
            let made = subject::introduce_all(self)?;
            // Nobody else is there who could have set it.
            let _ = self.introduced.set(made);
        }
        self.introduced.get().map(PathBuf::as_path).ok_or_else(|| "nobody was introduced".into())
    }

    /// Says what is being measured, for whoever waits.
    pub(crate) fn progress(&self, what: &str) {
        if !self.options.quick {
            eprintln!("… {what}");
        }
    }

    /// How long one turn is measured.
    pub(crate) fn turn(&self) -> std::time::Duration {
        std::time::Duration::from_secs_f64(self.options.seconds)
    }

    /// How long a turn goes on before it is measured: connections are made, caches are filled, the gateway finds out how
    /// many requests a vendor bears.
    pub(crate) fn warm_up(&self) -> std::time::Duration {
        (self.turn() / 3).min(std::time::Duration::from_secs(2))
    }
}

/// The directory `bench` below the target directory, in which this program lies.
///
/// # Errors
/// When the program does not lie in a target directory.
pub(crate) fn home() -> Result<PathBuf, Error> {
    let program = std::env::current_exe()?;
    let target = program.ancestors().nth(2).ok_or("the program lies in no target directory")?;
    Ok(target.join("bench"))
}
