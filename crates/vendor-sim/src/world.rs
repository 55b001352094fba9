//! What a vendor remembers, and how changes get into it.

use std::collections::VecDeque;

use crate::config::{Config, Vendor};
use crate::knobs::Knobs;
use crate::seed::SeedUser;
use crate::users::{Record, Users};
use crate::vendors;

/// The vendor's data and settings.
pub(crate) struct World {
    pub(crate) vendor: Vendor,
    pub(crate) credential: String,
    pub(crate) network_id: String,
    pub(crate) knobs: Knobs,
    pub(crate) users: Users,
    /// Id of the next user that somebody creates by mistake.
    pub(crate) next_id: u64,
    /// Counts writes; the time stamps in answers derive from it, so a run is repeatable.
    pub(crate) writes: u64,
    queue: VecDeque<Queued>,
}

struct Queued {
    seq: u64,
    subject: String,
    fields: Record,
    remaining: u32,
}

/// What a request does to the vendor's data.
pub(crate) enum Change {
    /// Nothing.
    Nothing,
    /// The subject's record becomes this.
    Write(String, Record),
    /// A user with the next id comes into being.
    Create(Record),
    /// These fields are written after this many further requests.
    Queue(String, Record, u32),
}

impl World {
    pub(crate) fn new(config: &Config) -> Self {
        let mut world = Self {
            vendor: config.vendor,
            credential: config.credential.clone(),
            network_id: config.network_id.clone(),
            knobs: config.knobs.clone(),
            users: Users::new(vendors::aliases(config.vendor)),
            next_id: 900_000_001,
            writes: 0,
            queue: VecDeque::new(),
        };
        world.seed(&config.users);
        world
    }

    pub(crate) fn seed(&mut self, users: &[SeedUser]) {
        for user in users {
            let (subject, record) = vendors::seeded(self.vendor, user);
            self.users.put(&subject, record);
        }
    }

    /// Carries out a change of request `seq`; says whether it took effect now.
    pub(crate) fn commit(&mut self, seq: u64, change: Change) -> bool {
        match change {
            Change::Nothing => return false,
            Change::Write(subject, record) => self.users.put(&subject, record),
            Change::Create(record) => {
                self.users.put(&self.next_id.to_string(), record);
                self.next_id += 1;
            }
            Change::Queue(subject, fields, remaining) => {
                self.queue.push_back(Queued { seq, subject, fields, remaining });
                return false;
            }
        }
        self.writes += 1;
        true
    }

    /// One more request has come: gives the numbers of the queued requests that are applied now.
    pub(crate) fn age_queue(&mut self) -> Vec<u64> {
        for queued in &mut self.queue {
            queued.remaining = queued.remaining.saturating_sub(1);
        }
        self.release(|queued| queued.remaining == 0)
    }

    /// Applies everything in the queue.
    pub(crate) fn drain_queue(&mut self) -> Vec<u64> {
        self.release(|_| true)
    }

    pub(crate) fn queued(&self) -> usize {
        self.queue.len()
    }

    fn release(&mut self, due: fn(&Queued) -> bool) -> Vec<u64> {
        if !self.queue.iter().any(due) {
            return Vec::new();
        }
        let (ready, waiting) = std::mem::take(&mut self.queue).into_iter().partition::<Vec<_>, _>(due);
        self.queue = waiting.into();
        for queued in &ready {
            if let Some(mut record) = self.users.get(&queued.subject).cloned() {
                record.extend(queued.fields.clone());
                self.users.put(&queued.subject, record);
                self.writes += 1;
            }
        }
        ready.into_iter().map(|queued| queued.seq).collect()
    }

    /// A time stamp that advances with every write and never depends on a clock.
    pub(crate) fn timestamp(&self) -> String {
        let next = self.writes + 1;
        let (second, micro) = (next / 1_000_000, next % 1_000_000);
        format!(
            "2026-02-02T{:02}:{:02}:{:02}.{micro:06}Z",
            second / 3_600 % 24,
            second / 60 % 60,
            second % 60
        )
    }
}
