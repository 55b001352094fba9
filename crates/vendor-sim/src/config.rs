//! How one simulator is set up.

use std::fmt;
use std::net::{Ipv4Addr, SocketAddr};

use serde::{Deserialize, Serialize};

use crate::knobs::Knobs;
use crate::seed::{self, SeedUser};

/// The vendor that a simulator plays.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Vendor {
    /// Communal: `PUT /api/users/{id}`.
    Communal,
    /// Communifire (Axero): `POST /api/users/fields?AddUser=false`.
    Communifire,
    /// User.com: `PUT /api/public/users/{id}/`.
    UserCom,
    /// Village: `PATCH /networks/{network}/users/{email}`.
    Village,
}

impl Vendor {
    /// All four, in the order in which they are documented.
    pub const ALL: [Self; 4] = [Self::Communal, Self::Communifire, Self::UserCom, Self::Village];

    /// The name in lower case, as used in flags, JSON and addresses.
    pub const fn name(self) -> &'static str {
        match self {
            Self::Communal => "communal",
            Self::Communifire => "communifire",
            Self::UserCom => "usercom",
            Self::Village => "village",
        }
    }
}

/// Everything that is fixed when a simulator starts; `knobs` and users can change later through the control.
#[derive(Clone)]
pub struct Config {
    /// The vendor to play.
    pub vendor: Vendor,
    /// Where to listen; port 0 takes a free one.
    pub listen: SocketAddr,
    /// The one key that the vendor accepts.
    pub credential: String,
    /// Village's network id; the other vendors ignore it.
    pub network_id: String,
    /// The people that exist at the start.
    pub users: Vec<SeedUser>,
    /// Seed of every random decision (probabilities and jitter of faults).
    pub seed: u64,
    /// Worker threads of the listener.
    pub workers: usize,
    /// How many exchanges and how many violations are kept; the oldest are dropped and counted.
    pub history_cap: usize,
    /// Behaviour that the vendor's documentation leaves open.
    pub knobs: Knobs,
}

impl Config {
    /// The vendor with the demo users on a free loopback port, key `sim-<vendor>-key`, network `sim-network`.
    pub fn new(vendor: Vendor) -> Self {
        Self {
            vendor,
            listen: SocketAddr::from((Ipv4Addr::LOCALHOST, 0)),
            credential: format!("sim-{}-key", vendor.name()),
            network_id: "sim-network".to_owned(),
            users: seed::demo_users(),
            seed: 1,
            workers: 1,
            history_cap: 100_000,
            knobs: Knobs::default(),
        }
    }
}

impl fmt::Debug for Config {
    /// Without the credential and the people.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Config")
            .field("vendor", &self.vendor)
            .field("listen", &self.listen)
            .field("users", &self.users.len())
            .field("seed", &self.seed)
            .finish_non_exhaustive()
    }
}
