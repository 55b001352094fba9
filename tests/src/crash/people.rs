use vendor_sim::{Vendor, seed::SeedUser};

use crate::{Person, World};

/// The people of a batch, of whom nobody has spoken before.
#[derive(Debug)]
pub(super) struct Batch {
    pub(super) number: u64,
    pub(super) people: Vec<Person>,
}

fn first_id(batch: u64) -> u64 {
    100_000 + batch * 1_000
}

/// Tells the subjects of the people of the batches before this one.
pub(super) fn former(batch: u64, vendor: Vendor) -> impl Fn(&str) -> bool {
    move |subject: &str| match vendor {
        Vendor::Village => {
            let number = subject.strip_prefix('b').and_then(|rest| rest.split('u').next());
            number.and_then(|number| number.parse().ok()).is_some_and(|number: u64| number < batch)
        }
        _ => subject.parse().is_ok_and(|id: u64| (first_id(0)..first_id(batch)).contains(&id)),
    }
}

impl Batch {
    pub(super) fn new(batch: u64, people: usize) -> Self {
        let person = |at: u64| {
            let id = first_id(batch) + at;
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
        Self { number: batch, people: (0..people as u64).map(person).collect() }
    }

    /// Tells the vendors who they are.
    pub(super) fn seed(&self, world: &World) {
        let seeds: Vec<_> = self.people.iter().map(|person| person.seed.clone()).collect();
        Vendor::ALL.iter().for_each(|vendor| world.vendor(*vendor).seed_users(&seeds));
    }
}
