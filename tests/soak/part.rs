use crate::{crash, disk, fuzz, isolation, java, upgrade, world};

/// One kind of proof.
pub(crate) trait Part {
    /// Its name on the command line.
    fn name(&self) -> &'static str;

    /// Runs a round with seeds of its own, and answers what there was, or all that is needed to see what failed.
    fn round(&mut self, round: u64) -> Result<String, String>;

    /// The sums over all rounds.
    fn figures(&self) -> String;
}

pub(crate) fn all() -> Vec<Box<dyn Part>> {
    vec![
        Box::new(world::World::default()),
        Box::new(crash::Crash::default()),
        Box::new(upgrade::Upgrade::default()),
        Box::new(disk::PowerLoss::default()),
        Box::new(disk::Calls::default()),
        Box::new(fuzz::Fuzz::default()),
        Box::new(isolation::Isolation::default()),
        Box::new(java::Java::default()),
    ]
}
