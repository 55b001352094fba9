use std::time::Instant;

use crate::{
    Error,
    bench::Bench,
    load::{Outcome, exactly},
    subject::Subject,
    vendors::{VENDORS, Vendor},
};

/// Updates that are answered when they are stored, and counted where they arrive. Two updates of one user that wait become
/// one request, so every user has at most one in a turn.
pub(super) struct Arrivals<'a> {
    bench: &'a Bench,
    subject: &'a Subject,
    connections: usize,
    updates: u64,
}

/// What a turn has shown.
pub(super) struct Arrived {
    /// Updates per second, from the first request until the last has arrived at each vendor.
    pub(super) per_second: f64,
    /// The answers to the callers.
    pub(super) answers: Outcome,
}

/// The part of the users whose updates go before the measured ones.
const WARM_UP: u64 = 10;

impl<'a> Arrivals<'a> {
    /// Warms the gateway up, waits until it owes nothing, and finds out how many updates it takes for a turn.
    ///
    /// # Errors
    /// When an update is not answered as it should be, or does not arrive.
    pub(super) async fn warm_up(
        bench: &'a Bench,
        subject: &'a Subject,
        connections: usize,
    ) -> Result<Self, Error> {
        let users = bench.options.users;
        let arrivals = Self { bench, subject, connections, updates: users / WARM_UP };
        let per_second = arrivals.measure(&VENDORS).await?.per_second;
        subject.wait_for_rest().await?;
        #[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "bounded by the users")]
        let updates = (per_second * bench.options.seconds) as u64;
        Ok(Self { updates: updates.clamp(1, users - users / WARM_UP), ..arrivals })
    }

    /// Measures a turn by what arrives at these vendors.
    ///
    /// # Errors
    /// When an update is not answered as it should be, or does not arrive.
    pub(super) async fn measure(&self, vendors: &[Vendor]) -> Result<Arrived, Error> {
        let before = self.bench.vendors.counts().await?;
        let script = self.subject.script(self.bench);
        let begun = Instant::now();
        let answers = exactly(&script, self.connections, self.updates).await?;
        self.bench.vendors.wait_for(vendors, before, self.updates).await?;
        #[expect(clippy::cast_precision_loss, reason = "far below 2^52")]
        let per_second = self.updates as f64 / begun.elapsed().as_secs_f64();
        Ok(Arrived { per_second, answers })
    }
}
