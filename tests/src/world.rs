use std::{
    fs::{self, OpenOptions},
    io::Write,
    os::unix::fs::OpenOptionsExt,
    path::{Path, PathBuf},
    thread,
};

use serde_json::Value;
use tempfile::TempDir;
use vendor_sim::{Config, Control, Simulators, Vendor, ViolationKind};

use crate::{Client, Gateway, Person, Settings, binary, eventually, run};

/// Four simulated vendors, and a directory with what a real installation would have.
pub struct World {
    /// The vendors.
    pub simulators: Simulators,
    /// What the configuration file will say; see [`World::write_config`].
    pub settings: Settings,
    directory: TempDir,
    people: Vec<Person>,
    key: String,
    allowed: Vec<ViolationKind>,
}

impl World {
    /// A new world, in which no gateway runs yet.
    pub fn new() -> Self {
        let people = Person::all();
        let seeds: Vec<_> = people.iter().map(|person| person.seed.clone()).collect();
        let simulators = Simulators::start_all(|config| config.users.clone_from(&seeds));
        let simulators = simulators.expect("loopback ports are free");
        let output = run(&["key", "new", "--name", "crm", "--json"], &[]);
        let made: Value = serde_json::from_slice(&output.stdout).expect("a key is printed as JSON");
        let text = |name: &str| made[name].as_str().unwrap_or_default().to_owned();
        let directory = tempfile::Builder::new().prefix("profile-gateway-").tempdir();
        let world = Self {
            settings: Settings::new(&simulators, &text("hash")),
            simulators,
            directory: directory.expect("a temporary directory"),
            people,
            key: text("key"),
            allowed: Vec::new(),
        };
        for vendor in Vendor::ALL {
            world.write_secret(vendor, &Config::new(vendor).credential);
        }
        world
    }

    /// Writes the configuration and starts the gateway.
    #[track_caller]
    pub fn start(&self) -> Gateway {
        self.start_as(binary())
    }

    /// The same with another binary.
    #[track_caller]
    pub fn start_as(&self, binary: &Path) -> Gateway {
        Gateway::start(binary, &self.write_config(), &self.key)
    }

    /// Writes the configuration and starts this binary without waiting for it.
    pub fn launch(&self, binary: &Path) -> Gateway {
        Gateway::spawn(binary, &self.write_config(), &self.key)
    }

    /// Writes the configuration anew and says where it is.
    pub fn write_config(&self) -> PathBuf {
        let path = self.path("gateway.toml");
        fs::write(&path, self.settings.text()).expect("the directory can be written");
        path
    }

    /// Writes the credential of a vendor where the gateway reads it.
    pub fn write_secret(&self, vendor: Vendor, secret: &str) {
        self.write_private(vendor.name(), secret);
    }

    /// Writes a file that its owner alone can read.
    pub fn write_private(&self, name: &str, text: &str) {
        let file =
            OpenOptions::new().write(true).create(true).truncate(true).mode(0o600).open(self.path(name));
        file.and_then(|mut file| writeln!(file, "{text}")).expect("the directory can be written");
    }

    /// A file in the world's directory.
    pub fn path(&self, name: &str) -> PathBuf {
        self.directory.path().join(name)
    }

    /// The world's directory.
    pub fn directory(&self) -> &Path {
        self.directory.path()
    }

    /// The vendors' names with their base URLs.
    pub fn addresses(&self) -> Vec<(&'static str, String)> {
        Vendor::ALL.iter().map(|vendor| (vendor.name(), self.simulators.get(*vendor).base_url())).collect()
    }

    /// The caller's key.
    pub fn key(&self) -> &str {
        &self.key
    }

    /// Everybody who exists at the vendors.
    pub fn people(&self) -> &[Person] {
        &self.people
    }

    /// Access to one vendor.
    pub fn vendor(&self, vendor: Vendor) -> Control {
        self.simulators.get(vendor).control()
    }

    /// One violation that a test brings about on purpose.
    pub fn allow(&mut self, violation: ViolationKind) {
        self.allowed.push(violation);
    }

    /// Tells the gateway who somebody is, and waits until every vendor is in step.
    #[track_caller]
    pub fn introduce(&self, api: &Client, person: &Person) {
        api.patch_through(&person.id, &person.introduction());
    }

    /// Waits until nothing is owed to any vendor and no lost request can come back.
    #[track_caller]
    pub fn wait_for_rest(&self, operator: &Client) {
        eventually("all lanes are at rest", || {
            let lanes = operator.get("/v1/lanes?limit=100").expect(200).json();
            let lanes = lanes["lanes"].as_array().cloned().unwrap_or_default();
            assert!(lanes.len() < 100, "more lanes than one page shows");
            let rests = |lane: &Value| {
                let done = lane["state"] == "idle" || lane["state"] == "erased";
                done && lane["suspect_until"].is_null()
            };
            match lanes.iter().find(|lane| !rests(lane)) {
                Some(lane) => Err(lane.to_string()),
                None => Ok(()),
            }
        });
    }
}

impl Default for World {
    fn default() -> Self {
        Self::new()
    }
}

impl Drop for World {
    /// Whatever a test is about: no request may have been one that a gateway must never send.
    fn drop(&mut self) {
        if thread::panicking() {
            return;
        }
        for vendor in Vendor::ALL {
            let violations = self.vendor(vendor).violations();
            let unexpected: Vec<_> =
                violations.iter().filter(|violation| !self.allowed.contains(&violation.kind)).collect();
            assert!(unexpected.is_empty(), "{}: {unexpected:?}", vendor.name());
        }
    }
}
