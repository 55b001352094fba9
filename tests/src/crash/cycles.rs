use std::{path::PathBuf, sync::Arc};

use proof::{history::check, world::Dice};

use super::{
    board::Board,
    callers::Callers,
    figures::Figures,
    gather,
    ledger::Ledger,
    lives::Lives,
    operators,
    people::Batch,
    routes,
    sends::Sent,
    weather::{self, Mood},
};
use crate::World;

/// How a process is killed again and again.
#[derive(Debug, Clone)]
pub struct Cycles {
    /// What every chance follows from. Threads and the kernel have a say of their own: a seed names the load, not the run.
    pub seed: u64,
    /// Callers at work.
    pub callers: usize,
    /// People of a batch.
    pub people: usize,
    /// Cycles of a batch.
    pub batch: u64,
    /// The binaries that take turns; none: the present one alone.
    pub binaries: Vec<PathBuf>,
    /// What is done behind the gateway's back, to see whether it is found out.
    pub sabotage: Option<Sabotage>,
}

/// A broken promise on purpose.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Sabotage {
    /// After a kill the database is as it was before the last process.
    Forget,
    /// A vendor confirms requests and does not apply them.
    Lie,
}

impl Cycles {
    /// The usual form.
    pub fn new(seed: u64) -> Self {
        Self { seed, callers: 4, people: 12, batch: 20, binaries: Vec::new(), sabotage: None }
    }

    /// Runs so many cycles, and tells the sums after each batch. A batch with a finding is the last.
    ///
    /// # Panics
    /// When the gateway does not start, does not end or does not come to rest.
    pub fn run(&self, cycles: u64, mut progress: impl FnMut(&Figures)) -> Figures {
        let ledger = Arc::new(Ledger::new());
        let mut world = World::new();
        routes::configure(&mut world);
        let mut figures = Figures::new(self.seed);
        let mut lives = Lives::new(&world, &ledger, self);
        let mut left = cycles;
        for number in 0.. {
            let of_batch = left.min(self.batch);
            if of_batch == 0 || !figures.is_good() {
                break;
            }
            self.batch(number, of_batch, &world, &ledger, &mut lives, &mut figures);
            left -= of_batch;
            progress(&figures);
        }
        lives.stop();
        figures
    }

    fn batch(
        &self,
        number: u64,
        cycles: u64,
        world: &World,
        ledger: &Arc<Ledger>,
        lives: &mut Lives<'_>,
        figures: &mut Figures,
    ) {
        let mut dice = Dice::of(&[self.seed, number]);
        let batch = Arc::new(Batch::new(number, self.people));
        batch.seed(world);
        let sent = Sent::after_now(world);
        lives.begin_batch();
        let first_lane = operators::last_lane(&lives.gateway().operator());
        let board = Arc::new(Board::new());
        let callers = Callers::start(self, number, &batch, &board, ledger);
        for cycle in 0..cycles {
            let mood = Mood::of(&mut dice, cycle, cycles);
            weather::set(world, &mood, self.sabotage);
            lives.cycle(&mut dice, &board, figures);
        }
        weather::calm(world);
        board.put(lives.running());
        callers.finish();
        operators::bring_to_rest(&lives.gateway().operator(), ledger, figures);
        let record = ledger.take();
        figures.add_record(&record);
        let history = gather::history(world, lives.gateway(), &batch, ledger, record, &sent, first_lane);
        figures.add(&history, &check(&history));
        figures.violations = gather::violations(world);
        figures.batches += 1;
    }
}
