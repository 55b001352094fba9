//! Process after process.

use std::{
    fs,
    path::{Path, PathBuf},
    thread,
    time::{Duration, Instant},
};

use proof::world::Dice;

use super::{Cycles, Figures, Sabotage, board::Board, ledger::Ledger, operators};
use crate::{Client, Gateway, World};

/// The processes on one database, one after the other.
pub(super) struct Lives<'a> {
    world: &'a World,
    ledger: &'a Ledger,
    gateway: Option<Gateway>,
    /// Processes so far.
    number: usize,
    cycles: &'a Cycles,
    /// The files of the database before the last process.
    kept: Vec<(PathBuf, Vec<u8>)>,
}

/// How long callers may take for the answers of a cycle.
const BOUND: Duration = Duration::from_secs(60);

impl<'a> Lives<'a> {
    pub(super) fn new(world: &'a World, ledger: &'a Ledger, cycles: &'a Cycles) -> Self {
        Self { world, ledger, gateway: None, number: 0, cycles, kept: Vec::new() }
    }

    /// The binary whose turn it is.
    fn binary(&mut self) -> &'a Path {
        self.number += 1;
        let binaries = &self.cycles.binaries;
        if binaries.is_empty() { crate::binary() } else { &binaries[self.number % binaries.len()] }
    }

    /// The process that runs.
    pub(super) fn gateway(&self) -> &Gateway {
        self.gateway.as_ref().expect("a process runs")
    }

    /// A caller of the process that runs.
    pub(super) fn running(&self) -> Client {
        self.gateway().api()
    }

    /// A process of the batch runs, the first one of its record.
    pub(super) fn begin_batch(&mut self) {
        self.ledger.lock().starts.push(self.ledger.now());
        if self.gateway.is_none() {
            self.gateway = Some(self.world.start_as(self.binary()));
        }
    }

    /// Lets the process work for a while, ends it at a random moment and starts the next one. One in five is asked to stop;
    /// one in seven is killed once more while it starts.
    pub(super) fn cycle(&mut self, dice: &mut Dice, board: &Board, figures: &mut Figures) {
        board.put(self.running());
        operators::meddle(dice, &self.gateway().operator(), self.ledger);
        let answers = dice.range(1, 60);
        assert!(board.wait_for_answers(answers, BOUND), "callers do not get {answers} answers");
        // Many end right after an answer, while others are under way; some live long enough for what the last one left.
        let longest = *dice.pick(&[0, 0, 0, 0, 0, 250_000, 250_000, 250_000, 250_000, 2_500_000]);
        thread::sleep(Duration::from_micros(dice.below(longest)));
        board.clear();
        let gateway = self.gateway.take().expect("a process runs");
        if dice.percent(20) {
            gateway.stop();
            figures.stops += 1;
        } else {
            gateway.kill();
            figures.kills += 1;
        }
        self.ended();
        if self.cycles.sabotage == Some(Sabotage::Forget) {
            self.forget();
        }
        if dice.percent(15) {
            self.ledger.lock().starts.push(self.ledger.now());
            let gateway = self.world.launch(self.binary());
            thread::sleep(Duration::from_micros(dice.below(80_000)));
            gateway.kill();
            figures.kills_at_start += 1;
            self.ended();
        }
        let begun = Instant::now();
        self.ledger.lock().starts.push(self.ledger.now());
        self.gateway = Some(self.world.start_as(self.binary()));
        figures.started(begun.elapsed());
    }

    /// The process that runs stops.
    pub(super) fn stop(&mut self) {
        if let Some(gateway) = self.gateway.take() {
            gateway.stop();
        }
    }

    /// Puts back what was kept after the process before, and keeps what is there now.
    fn forget(&mut self) {
        let files = ["gateway.db", "gateway.db-wal"].map(|name| self.world.path(name));
        let read = |path: &PathBuf| Some((path.clone(), fs::read(path).ok()?));
        let now: Vec<_> = files.iter().filter_map(read).collect();
        let kept = std::mem::replace(&mut self.kept, now);
        if kept.is_empty() {
            return;
        }
        for path in files.iter().chain([&self.world.path("gateway.db-shm")]) {
            // What was not there need not go.
            let _ = fs::remove_file(path);
        }
        for (path, bytes) in kept {
            fs::write(path, bytes).expect("the directory can be written");
        }
    }

    fn ended(&self) {
        let now = self.ledger.now();
        self.ledger.lock().stops.push(now);
    }
}
