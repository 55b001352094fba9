use serde_json::{Value, json};
use vendor_sim::seed::{SeedUser, demo_users, many};

/// How many people exist besides those of the demo.
const MANY: u64 = 24;

/// Somebody who exists at all four vendors and whom the gateway may not know yet.
#[derive(Debug, Clone)]
pub struct Person {
    /// The callers' id.
    pub id: String,
    /// What the vendors know.
    pub seed: SeedUser,
}

impl Person {
    /// Everybody.
    pub(crate) fn all() -> Vec<Self> {
        let seeds = demo_users().into_iter().chain(many(MANY));
        seeds.map(|seed| Self { id: format!("crm-{}", seed.communal_id), seed }).collect()
    }

    /// The name of the person at each route.
    pub fn identities(&self) -> Value {
        json!({
            "communal": self.seed.communal_id,
            "communifire": self.seed.communifire_id,
            "usercom": self.seed.usercom_id,
            "village": self.seed.email,
        })
    }

    /// The change that tells the gateway who this is.
    pub fn introduction(&self) -> Value {
        json!({
            "given_name": self.seed.first_name,
            "family_name": self.seed.last_name,
            "email": self.seed.email,
            "identities": self.identities(),
        })
    }
}
