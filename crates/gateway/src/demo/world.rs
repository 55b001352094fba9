use std::{
    fmt::Write as _,
    fs,
    net::{SocketAddr, TcpListener},
    os::unix::fs::{DirBuilderExt, OpenOptionsExt},
    path::{Path, PathBuf},
    sync::Arc,
};

use gateway_config::{Config, Environment, Style};
use http_api::callers::Keys;
use vendor_sim::{Simulators, Vendor};

/// The simulated vendors, and a directory with what a real installation would have: a configuration, secrets, a database.
/// The directory goes with it.
pub(super) struct World {
    simulators: Arc<Simulators>,
    directory: PathBuf,
    key: String,
}

impl World {
    pub(super) fn create(listen: SocketAddr) -> Result<Self, String> {
        let simulators = Simulators::start_all(|_| {}).map_err(|error| error.to_string())?;
        let (key, hash) = Keys::generate().map_err(|error| error.to_string())?;
        let directory = std::env::temp_dir().join(format!("profile-gateway-demo-{}", std::process::id()));
        let world = Self { simulators: Arc::new(simulators), directory, key };
        world
            .write(listen, &hash.to_string())
            .map_err(|error| format!("{}: {error}", world.directory.display()))?;
        Ok(world)
    }

    pub(super) fn simulators(&self) -> Arc<Simulators> {
        Arc::clone(&self.simulators)
    }

    /// The demo's key, with all scopes.
    pub(super) fn key(&self) -> &str {
        &self.key
    }

    pub(super) fn config(&self) -> Result<Config, String> {
        let config = Config::load(&self.directory.join("gateway.toml"), &Environment::default());
        config.map_err(|errors| errors.render(Style::Plain))
    }

    fn write(&self, listen: SocketAddr, key_hash: &str) -> std::io::Result<()> {
        fs::DirBuilder::new().mode(0o700).create(&self.directory)?;
        for vendor in Vendor::ALL {
            let credential = vendor_sim::Config::new(vendor).credential;
            write_private(&self.directory.join(vendor.name()), &credential)?;
        }
        write_private(&self.directory.join("gateway.toml"), &self.configuration(listen, key_hash))
    }

    fn configuration(&self, listen: SocketAddr, key_hash: &str) -> String {
        let listen = free(listen);
        let mut text = format!(
            "[server]\nlisten = \"{listen}\"\ndefault_country = \"CA\"\n[operator]\nlisten = \"127.0.0.1:0\"\n\
             [store]\nsqlite = \"gateway.db\"\n[log]\nlevel = \"error\"\n\
             [[keys]]\nname = \"demo\"\nhash = \"{key_hash}\"\nscopes = [\"update\", \"read\", \"operate\", \"erase\"]\n"
        );
        for vendor in Vendor::ALL {
            let (name, base_url) = (vendor.name(), self.simulators.get(vendor).base_url());
            let own = match vendor {
                Vendor::UserCom => "fields = { title = \"job_title\" }\n",
                Vendor::Village => "network_id = \"sim-network\"\n",
                Vendor::Communal | Vendor::Communifire => "",
            };
            let _ = write!(
                text,
                "[routes.{name}]\nvendor = \"{name}\"\nbase_url = \"{base_url}\"\ncredential = {{ file = \"{name}\" }}\n\
                 network = \"loopback\"\n{own}"
            );
        }
        text
    }
}

impl Drop for World {
    fn drop(&mut self) {
        // What cannot be removed lies in the system's directory for such files.
        let _ = fs::remove_dir_all(&self.directory);
    }
}

fn write_private(path: &Path, text: &str) -> std::io::Result<()> {
    let mut file = fs::OpenOptions::new().write(true).create_new(true).mode(0o600).open(path)?;
    std::io::Write::write_all(&mut file, text.as_bytes())
}

/// The address itself, or the same one with a port of the system's choice when it is in use.
fn free(listen: SocketAddr) -> SocketAddr {
    match TcpListener::bind(listen) {
        Ok(_) => listen,
        Err(_) => SocketAddr::new(listen.ip(), 0),
    }
}
