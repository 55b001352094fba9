use std::{
    fs,
    net::SocketAddr,
    path::{Path, PathBuf},
    time::{Duration, Instant},
};

use super::{Installation, Settings};
use crate::{
    Error,
    bench::Bench,
    child::Child,
    load::{Script, call},
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
    // The last field: its directory is removed after the process has ended.
    installation: Installation,
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
        Self::on(bench, Installation::prepare(bench, settings)?)
    }

    /// Starts the gateway on what there is and waits until it is ready.
    ///
    /// # Errors
    /// When it does not start.
    pub(crate) fn on(bench: &Bench, installation: Installation) -> Result<Self, Error> {
        let begun = Instant::now();
        let child = Child::start("gateway", &bench.cores.contestant, &installation.arguments)?;
        let Installation { api, operator, .. } = installation;
        let (child, started_in) = (Some(child), Duration::ZERO);
        let mut subject = Self { child, api, operator, started_in, installation };
        bench.block_on(subject.wait_until_ready(begun))?;
        subject.started_in = begun.elapsed();
        Ok(subject)
    }

    /// Ends it at once, as a power cut does.
    pub(crate) fn kill(self) -> Installation {
        drop(self.child);
        self.installation
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
        let headers = [self.installation.authorization.clone()];
        Script::update(self.api, 202, &headers, bench.options.users, &bench.serial)
    }

    /// The updates that it gets, each of which is answered when it is settled at all vendors.
    pub(crate) fn script_waiting(&self, bench: &Bench) -> Script {
        let headers = [self.installation.authorization.clone(), "Prefer: wait=30".to_owned()];
        Script::update(self.api, 200, &headers, bench.options.users, &bench.serial)
    }

    /// The header line with the key.
    pub(crate) fn authorization(&self) -> &str {
        &self.installation.authorization
    }

    /// Stops sending at a route.
    ///
    /// # Errors
    /// When it refuses.
    pub(crate) async fn pause(&self, vendor: Vendor) -> Result<(), Error> {
        self.operate(&format!("/v1/routes/{}/pause", vendor.name())).await
    }

    async fn operate(&self, path: &str) -> Result<(), Error> {
        call(self.operator, "POST", path, std::slice::from_ref(&self.installation.authorization))
            .await
            .map(drop)
    }

    /// How many users a route owes something.
    ///
    /// # Errors
    /// When the gateway does not say.
    pub(crate) async fn pending(&self, vendor: Vendor) -> Result<u64, Error> {
        self.lanes(vendor, "pending").await
    }

    async fn lanes(&self, vendor: Vendor, state: &str) -> Result<u64, Error> {
        let metrics = String::from_utf8(call(self.operator, "GET", "/metrics", &[]).await?)?;
        let name = vendor.name();
        let series = format!("profile_gateway_lanes{{route=\"{name}\",state=\"{state}\"}} ");
        let number = metrics.lines().find_map(|line| line.strip_prefix(&series));
        Ok(number.ok_or("there is no metric of users in this state")?.parse()?)
    }

    /// Waits until no vendor is owed anything.
    ///
    /// # Errors
    /// When the gateway does not say.
    pub(crate) async fn wait_for_rest(&self) -> Result<(), Error> {
        for vendor in VENDORS {
            while self.lanes(vendor, "pending").await? + self.lanes(vendor, "in_doubt").await? > 0 {
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
        self.installation.database()
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
