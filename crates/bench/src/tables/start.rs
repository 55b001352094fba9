use std::{fs::File, path::Path, time::Duration};

use rustix::fs::{Advice, fadvise};

use super::backlog::{DOWN, sizes, with_debts};
use crate::{
    Error,
    bench::Bench,
    process::resident,
    stats::{Figure, Unit},
    subject::{Database, Installation, Settings, Subject},
    table::{Side, Table},
    vendors::Manner,
};

const START_SECONDS: f64 = 2.0;
const IDLE_BYTES: f64 = 30.0 * 1_048_576.0;
const WAITING_BYTES: f64 = 256.0 * 1_048_576.0;
/// How long a gateway runs until its memory is looked at: it begins at once to try the vendor.
const SETTLED: Duration = Duration::from_secs(3);

/// How a gateway begins.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Beginning {
    /// With an empty database.
    Empty,
    /// With everybody who waits.
    Waiting,
    /// The same, and nothing of the database is in memory, as after the machine was started.
    Cold,
    /// The same, after the gateway before it was killed.
    Killed,
}

const ALL: [Beginning; 4] = [Beginning::Empty, Beginning::Waiting, Beginning::Cold, Beginning::Killed];

/// From the start of the process until it takes requests, and its memory.
pub(super) fn run(bench: &Bench) -> Result<Table, Error> {
    let people = sizes(bench)[2];
    let title = format!("Start and memory; User.com is down, and {people} people wait for it");
    let mut table = Table::new("start", title, &["ready after", "memory then", "memory 3 s later"]);
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
        let mut turns: [Vec<f64>; 3] = Default::default();
        for _ in 0..bench.options.rounds {
            let turn = beginning.turn(bench, &waiting)?;
            turns.iter_mut().zip(turn).for_each(|(turns, figure)| turns.push(figure));
        }
        let [ready, then, later] = turns;
        let ready = Figure::new(Unit::Seconds, ready);
        let [then, later] = [then, later].map(|memory| Figure::new(Unit::Bytes, memory));
        match beginning {
            Beginning::Empty => table.target("memory, idle", later.clone(), Side::AtMost, IDLE_BYTES),
            Beginning::Waiting => {
                let what = format!("memory, {people} people waiting");
                table.target(what, later.clone(), Side::AtMost, WAITING_BYTES);
                let what = format!("ready, {people} people waiting");
                table.target(what, ready.clone(), Side::AtMost, START_SECONDS);
            }
            Beginning::Cold | Beginning::Killed => {}
        }
        table.row(beginning.name(), [ready.into(), then.into(), later.into()]);
    }
    Ok(())
}

impl Beginning {
    fn name(self) -> &'static str {
        match self {
            Self::Empty => "an empty database",
            Self::Waiting => "people waiting",
            Self::Cold => "people waiting, nothing of the file in memory",
            Self::Killed => "people waiting, after a kill",
        }
    }

    /// Until it is ready, in seconds, and its memory then and later, in bytes.
    fn turn(self, bench: &Bench, waiting: &Path) -> Result<[f64; 3], Error> {
        let database = match self {
            Self::Empty => Database::Empty,
            _ => Database::CopyOf(waiting.to_owned()),
        };
        let mut installation = Installation::prepare(bench, &Settings { database, ..Settings::default() })?;
        match self {
            Self::Empty | Self::Waiting => {}
            Self::Cold => fadvise(File::open(installation.database())?, 0, None, Advice::DontNeed)?,
            Self::Killed => {
                let before = Subject::on(bench, installation)?;
                std::thread::sleep(SETTLED);
                installation = before.kill();
            }
        }
        let subject = Subject::on(bench, installation)?;
        let then = resident(subject.process())?;
        std::thread::sleep(SETTLED);
        let later = resident(subject.process())?;
        #[expect(clippy::cast_precision_loss, reason = "far below 2^52")]
        let figures = [subject.started_in.as_secs_f64(), then as f64, later as f64];
        Ok(figures)
    }
}
