//! Running simulators.

use std::io;
use std::net::SocketAddr;
use std::sync::Arc;

use crate::config::{Config, Vendor};
use crate::control::{Control, Shared};
use crate::server::Listener;

/// A simulator could not listen.
#[derive(Debug, thiserror::Error)]
#[error("the {} simulator cannot listen on {address}; choose a free address", vendor.name())]
pub struct StartError {
    /// Which one.
    pub vendor: Vendor,
    /// Where it should have listened.
    pub address: SocketAddr,
    source: io::Error,
}

/// One vendor, listening until it is dropped or stopped. Blocking calls take milliseconds, so starting and
/// stopping inside a tokio program is fine.
pub struct Simulator {
    shared: Arc<Shared>,
    address: SocketAddr,
    workers: usize,
    listener: Option<Listener>,
}

impl Simulator {
    /// Starts a vendor; returns when it accepts connections.
    #[expect(clippy::needless_pass_by_value, reason = "a configuration is used once")]
    pub fn start(config: Config) -> Result<Self, StartError> {
        let shared = Arc::new(Shared::new(&config));
        let mut simulator = Self { shared, address: config.listen, workers: config.workers, listener: None };
        simulator.accept_connections()?;
        Ok(simulator)
    }

    /// The vendor that it plays.
    pub fn vendor(&self) -> Vendor {
        self.shared.vendor
    }

    /// Where it listens.
    pub const fn address(&self) -> SocketAddr {
        self.address
    }

    /// `http://<address>` without a path; the vendors' own prefixes (`/api`, `/api/public`) come after it.
    pub fn base_url(&self) -> String {
        format!("http://{}", self.address)
    }

    /// Access to state, history and faults.
    pub fn control(&self) -> Control {
        Control::new(self.shared.clone())
    }

    /// Stops listening and ends every connection: the vendor's host is down. State and history stay.
    pub fn refuse_connections(&mut self) {
        self.listener = None;
    }

    /// Listens again on the same address.
    pub fn accept_connections(&mut self) -> Result<(), StartError> {
        if self.listener.is_some() {
            return Ok(());
        }
        let (vendor, address) = (self.shared.vendor, self.address);
        let listener = Listener::start(self.shared.clone(), address, self.workers)
            .map_err(|source| StartError { vendor, address, source })?;
        self.address = listener.address;
        self.listener = Some(listener);
        Ok(())
    }

    /// Ends it; hanging requests are released. The same happens on drop.
    pub fn stop(self) {}
}

/// All four vendors.
pub struct Simulators {
    /// Communal.
    pub communal: Simulator,
    /// Communifire.
    pub communifire: Simulator,
    /// User.com.
    pub usercom: Simulator,
    /// Village.
    pub village: Simulator,
}

impl Simulators {
    /// Starts the four on free loopback ports; `adjust` sees each configuration before its start.
    pub fn start_all(mut adjust: impl FnMut(&mut Config)) -> Result<Self, StartError> {
        let mut start = |vendor| {
            let mut config = Config::new(vendor);
            adjust(&mut config);
            Simulator::start(config)
        };
        Ok(Self {
            communal: start(Vendor::Communal)?,
            communifire: start(Vendor::Communifire)?,
            usercom: start(Vendor::UserCom)?,
            village: start(Vendor::Village)?,
        })
    }

    /// One of them.
    pub const fn get(&self, vendor: Vendor) -> &Simulator {
        match vendor {
            Vendor::Communal => &self.communal,
            Vendor::Communifire => &self.communifire,
            Vendor::UserCom => &self.usercom,
            Vendor::Village => &self.village,
        }
    }
}
