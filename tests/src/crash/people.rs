use vendor_sim::{Vendor, seed::SeedUser};

use crate::{Person, World};

/// The people of a batch, of whom nobody has spoken before.
#[derive(Debug)]
pub(super) struct Batch {
    pub(super) people: Vec<Person>,
}

impl Batch {
    pub(super) fn new(batch: u64, people: usize) -> Self {
        let person = |at: u64| {
            let id = 100_000 + batch * 1_000 + at;
            let seed = SeedUser {
                communal_id: id,
                communifire_id: id,
                usercom_id: id,
                custom_id: None,
                email: format!("b{batch}u{at}@home.example"),
                username: format!("b{batch}u{at}"),
                first_name: "First".to_owned(),
                last_name: "Last".to_owned(),
                phone: None,
            };
            Person { id: format!("b{batch}u{at}"), seed }
        };
        Self { people: (0..people as u64).map(person).collect() }
    }

    /// Tells the vendors who they are.
    pub(super) fn seed(&self, world: &World) {
        let seeds: Vec<_> = self.people.iter().map(|person| person.seed.clone()).collect();
        Vendor::ALL.iter().for_each(|vendor| world.vendor(*vendor).seed_users(&seeds));
    }
}
