use std::{
    fs::{self, File, OpenOptions},
    io::Write,
    net::SocketAddr,
    os::unix::fs::OpenOptionsExt,
    path::{Path, PathBuf},
    time::{Duration, Instant},
};

use gateway::api::Keys;

use super::settings::{Database, FILE, Settings};
use crate::{
    Error,
    bench::Bench,
    child::Child,
    load::{Script, call},
    serve::listen,
    vendors::{VENDORS, Vendor},
};

/// A gateway that runs; killed when it is dropped, and its directory with it.
pub(crate) struct Subject {
    child: Option<Child>,
    /// Where callers reach it.
    pub(crate) api: SocketAddr,
    /// Where operators reach it.
    pub(crate) operator: SocketAddr,
    /// From its start to its being ready.
    pub(crate) started_in: Duration,
    directory: PathBuf,
    authorization: String,
}

/// How long a start may take.
const PATIENCE: Duration = Duration::from_secs(120);
/// How often it is asked whether it is ready.
const LOOK: Duration = Duration::from_millis(1);
/// How often it is asked whether it owes anything; it counts its users for that.
const COUNT: Duration = Duration::from_millis(100);

impl Subject {
    /// Writes the configuration, brings the database, starts the gateway and waits until it is ready.
    ///
    /// # Errors
    /// When it does not start.
    pub(crate) fn start(bench: &Bench, settings: &Settings) -> Result<Self, Error> {
        let directory = bench.empty_directory(settings.name)?;
        match &settings.database {
            Database::Empty => {}
            Database::Introduced => copy(bench.introduced()?, &directory)?,
            Database::CopyOf(file) => copy(file, &directory)?,
        }
        let (api, operator) = free_addresses()?;
        let (token, hash) = Keys::generate().map_err(|error| error.to_string())?;
        for vendor in VENDORS {
            write_private(&directory.join(vendor.name()), &format!("credential-of-{}", vendor.name()))?;
        }
        let config = directory.join("gateway.toml");
        fs::write(&config, settings.text(bench, &hash.to_string(), api, operator))?;
        let mut arguments = vec!["--config".to_owned(), config.display().to_string()];
        arguments.extend_from_slice(&settings.arguments);
        let begun = Instant::now();
        let child = Child::start("gateway", &bench.cores.contestant, &arguments)?;
        let authorization = format!("Authorization: Bearer {token}");
        let (child, started_in) = (Some(child), Duration::ZERO);
        let mut subject = Self { child, api, operator, started_in, directory, authorization };
        bench.block_on(subject.wait_until_ready(begun))?;
        subject.started_in = begun.elapsed();
        Ok(subject)
    }

    async fn wait_until_ready(&mut self, begun: Instant) -> Result<(), Error> {
        while let Err(error) = call(self.operator, "GET", "/ready", &[]).await {
            if let Some(status) = self.child.as_mut().map(Child::ended).transpose()?.flatten() {
                return Err(format!("the gateway has ended: {status}").into());
            }
            if begun.elapsed() > PATIENCE {
                return Err(format!("the gateway is not ready: {error}").into());
            }
            tokio::time::sleep(LOOK).await;
        }
        Ok(())
    }

    /// The updates that it gets, each of which is answered when it is stored.
    pub(crate) fn script(&self, bench: &Bench) -> Script {
        let headers = [self.authorization.clone()];
        Script::update(self.api, 202, &headers, bench.options.users, &bench.serial)
    }

    /// The updates that it gets, each of which is answered when it is settled at all vendors.
    pub(crate) fn script_waiting(&self, bench: &Bench) -> Script {
        let headers = [self.authorization.clone(), "Prefer: wait=30".to_owned()];
        Script::update(self.api, 200, &headers, bench.options.users, &bench.serial)
    }

    /// The header line with the key.
    pub(crate) fn authorization(&self) -> &str {
        &self.authorization
    }

    /// Stops sending at a route.
    ///
    /// # Errors
    /// When it refuses.
    pub(crate) async fn pause(&self, vendor: Vendor) -> Result<(), Error> {
        self.operate(&format!("/v1/routes/{}/pause", vendor.name())).await
    }

    /// Sends again at a route.
    ///
    /// # Errors
    /// When it refuses.
    pub(crate) async fn resume(&self, vendor: Vendor) -> Result<(), Error> {
        self.operate(&format!("/v1/routes/{}/resume", vendor.name())).await
    }

    async fn operate(&self, path: &str) -> Result<(), Error> {
        call(self.operator, "POST", path, std::slice::from_ref(&self.authorization)).await.map(drop)
    }

    /// How many users a route owes something.
    ///
    /// # Errors
    /// When the gateway does not say.
    pub(crate) async fn pending(&self, vendor: Vendor) -> Result<u64, Error> {
        let metrics = String::from_utf8(call(self.operator, "GET", "/metrics", &[]).await?)?;
        let name = vendor.name();
        let series = format!("profile_gateway_lanes{{route=\"{name}\",state=\"pending\"}} ");
        let number = metrics.lines().find_map(|line| line.strip_prefix(&series));
        Ok(number.ok_or("there is no metric of pending users")?.parse()?)
    }

    /// Waits until no vendor is owed anything.
    ///
    /// # Errors
    /// When the gateway does not say.
    pub(crate) async fn wait_for_rest(&self) -> Result<(), Error> {
        for vendor in VENDORS {
            while self.pending(vendor).await? > 0 {
                tokio::time::sleep(COUNT).await;
            }
        }
        Ok(())
    }

    /// The number of its process.
    pub(crate) fn process(&self) -> u32 {
        self.child.as_ref().map(Child::id).unwrap_or_default()
    }

    /// The file of its database.
    pub(crate) fn database(&self) -> PathBuf {
        self.directory.join(FILE)
    }

    /// Tells it to stop, waits until it has, and puts the closed database there.
    ///
    /// # Errors
    /// When it does not end well.
    pub(crate) fn stop_and_keep(mut self, file: &Path) -> Result<(), Error> {
        if let Some(child) = self.child.take() {
            child.stop()?;
        }
        Ok(fs::rename(self.database(), file)?)
    }
}

impl Drop for Subject {
    fn drop(&mut self) {
        drop(self.child.take());
        // The run's directory goes at the end in any case.
        let _ = fs::remove_dir_all(&self.directory);
    }
}

/// Copies a closed database, durably: what the disk still has to write would slow down who is measured.
fn copy(database: &Path, directory: &Path) -> Result<(), Error> {
    let file = directory.join(FILE);
    fs::copy(database, &file)?;
    Ok(File::open(file)?.sync_all()?)
}

fn write_private(path: &Path, text: &str) -> std::io::Result<()> {
    let mut file = OpenOptions::new().write(true).create_new(true).mode(0o600).open(path)?;
    file.write_all(text.as_bytes())
}

/// Two addresses that are free now: the gateway tells those of the system's choice in its log alone, below the level that
/// it has here.
fn free_addresses() -> Result<(SocketAddr, SocketAddr), Error> {
    let (first, second) = (listen()?, listen()?);
    Ok((first.local_addr()?, second.local_addr()?))
}
