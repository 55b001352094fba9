use std::{fs::File, path::Path, time::Duration};

use rustix::fs::{Advice, fadvise};

use super::backlog::{DOWN, sizes, still_wait, with_debts};
use crate::{
    Error,
    bench::Bench,
    load::exactly,
    process::resident,
    stats::{Figure, Unit},
    subject::{Database, Installation, Settings, Subject},
    table::{Cell, Side, Table},
    vendors::Manner,
};

const START_SECONDS: f64 = 2.0;
const IDLE_BYTES: f64 = 30.0 * 1_048_576.0;
const WAITING_BYTES: f64 = 256.0 * 1_048_576.0;
/// After a second without work the gateway tidies its file; who comes a little later must not have to wait for that.
const QUIET: Duration = Duration::from_millis(1_020);
/// How often somebody comes then, until the memory is looked at.
const VISITS: usize = 3;

/// How a gateway begins.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Beginning {
    /// With an empty database.
    Empty,
    /// With everybody who waits.
    Waiting,
    /// The same, and nothing of the database is in memory, as after the machine was started.
    Cold,
    /// The same, after the gateway before it was killed, as by a power cut.
    Cut,
}

const ALL: [Beginning; 4] = [Beginning::Empty, Beginning::Waiting, Beginning::Cold, Beginning::Cut];

/// From the start of the process until it takes requests, and its memory.
pub(super) fn run(bench: &Bench) -> Result<Table, Error> {
    let people = sizes(bench)[2];
    let title = format!("Start and memory; User.com is down, and {people} people wait for it");
    let columns = ["ready after", "memory then", "memory 3 s later", "slowest 202 after a quiet second"];
    let mut table = Table::new("start", title, &columns);
    // While every vendor answers.
    bench.introduced()?;
    bench.block_on(bench.vendors.behave(DOWN, Manner::Refuses))?;
    let measured = measure(bench, people, &mut table);
    bench.block_on(bench.vendors.behave(DOWN, Manner::Answers))?;
    measured?;
    Ok(table)
}

fn measure(bench: &Bench, people: u64, table: &mut Table) -> Result<(), Error> {
    let waiting = with_debts(bench, people)?;
    for beginning in ALL {
        let mut turns: [Vec<f64>; 4] = Default::default();
        bench.progress(&format!("start: {}", beginning.name()));
        for _ in 0..bench.options.rounds {
            let turn = beginning.turn(bench, &waiting)?;
            turns.iter_mut().zip(turn).for_each(|(turns, figure)| turns.push(figure));
        }
        let [ready, then, later, slowest] = turns;
        let [ready, slowest] = [ready, slowest].map(|time| Figure::new(Unit::Seconds, time));
        let [then, later] = [then, later].map(|memory| Figure::new(Unit::Bytes, memory));
        match beginning {
            Beginning::Empty => table.target("memory, idle", later.clone(), Side::AtMost, IDLE_BYTES),
            Beginning::Waiting => {
                let what = format!("memory, {people} people waiting");
                table.target(what, later.clone(), Side::AtMost, WAITING_BYTES);
                let what = format!("ready, {people} people waiting");
                table.target(what, ready.clone(), Side::AtMost, START_SECONDS);
            }
            Beginning::Cold | Beginning::Cut => {}
        }
        table.row(beginning.name(), [ready, then, later, slowest].map(Cell::from));
    }
    Ok(())
}

impl Beginning {
    fn name(self) -> &'static str {
        match self {
            Self::Empty => "an empty database",
            Self::Waiting => "people waiting",
            Self::Cold => "people waiting, nothing of the file in memory",
            Self::Cut => "people waiting, the same after a kill",
        }
    }

    /// Until it is ready, in seconds; its memory then and later, in bytes; the slowest visit, in seconds.
    fn turn(self, bench: &Bench, waiting: &Path) -> Result<[f64; 4], Error> {
        let database = match self {
            Self::Empty => Database::Empty,
            _ => Database::CopyOf(waiting.to_owned()),
        };
        let mut installation = Installation::prepare(bench, &Settings { database, ..Settings::default() })?;
        if self == Self::Cut {
            let before = Subject::on(bench, installation)?;
            visits(bench, &before)?;
            installation = before.kill();
        }
        if matches!(self, Self::Cold | Self::Cut) {
            fadvise(File::open(installation.database())?, 0, None, Advice::DontNeed)?;
        }
        let subject = Subject::on(bench, installation)?;
        let then = resident(subject.process())?;
        let slowest = visits(bench, &subject)?;
        let later = resident(subject.process())?;
        if self != Self::Empty {
            bench.block_on(still_wait(&subject, sizes(bench)[2]))?;
        }
        #[expect(clippy::cast_precision_loss, reason = "far below 2^52")]
        let figures = [subject.started_in.as_secs_f64(), then as f64, later as f64, slowest];
        Ok(figures)
    }
}

/// Single updates, each after a time without any; the time in seconds in which the slowest was stored.
fn visits(bench: &Bench, subject: &Subject) -> Result<f64, Error> {
    let quiet = if bench.options.quick { QUIET / 10 } else { QUIET };
    let mut slowest: f64 = 0.0;
    for _ in 0..VISITS {
        std::thread::sleep(quiet);
        let visit = bench.block_on(exactly(&subject.script(bench), 1, 1))?;
        slowest = slowest.max(visit.percentile(100.0));
    }
    Ok(slowest)
}
