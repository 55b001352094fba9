use std::path::{Path, PathBuf};

use crate::{
    Error,
    bench::Bench,
    debts::owe,
    load::{Script, at_rate, for_some_time},
    stats::{Figure, Unit},
    subject::{Database, Installation, Settings, Subject},
    table::{Side, Table},
    vendors::{Manner, Vendor},
};

/// The vendor that is down, and for whom the people wait.
pub(super) const DOWN: Vendor = Vendor::UserCom;

const CONNECTIONS: usize = 32;
/// Those who are updated, so few that they hardly add to those who wait.
const USERS: u64 = 10_000;
/// Updates per second for the latency.
const RATE: u32 = 200;
/// The least of the throughput that must be left with the largest backlog.
const LEFT: f64 = 0.9;

/// Accepting while a vendor is down and people wait for it.
pub(super) fn run(bench: &Bench) -> Result<Table, Error> {
    let title = "Accepting while User.com is down, by the number of people who wait for it";
    let mut table = Table::new("backlog", title, &["updates", "p50", "p99", "p50 at 200/s", "p99 at 200/s"]);
    // While every vendor answers.
    bench.introduced()?;
    bench.block_on(bench.vendors.behave(DOWN, Manner::Refuses))?;
    let measured = measure(bench, &mut table);
    bench.block_on(bench.vendors.behave(DOWN, Manner::Answers))?;
    measured?;
    Ok(table)
}

fn measure(bench: &Bench, table: &mut Table) -> Result<(), Error> {
    let sizes = sizes(bench);
    let databases = sizes.map(|people| with_debts(bench, people));
    let mut turns: [Vec<Turn>; 3] = Default::default();
    for round in 0..bench.options.rounds {
        bench.progress(&format!("backlog: turn {}", round + 1));
        for ((people, database), turns) in sizes.iter().zip(&databases).zip(&mut turns) {
            let database = database.as_ref().map_err(ToString::to_string)?;
            turns.push(turn(bench, database, *people)?);
        }
    }
    for (people, turns) in sizes.iter().zip(&turns) {
        let figure = |at: usize, unit| Figure::new(unit, turns.iter().map(|turn| turn[at]).collect()).into();
        let seconds = |at| figure(at, Unit::Seconds);
        table.row(
            format!("{people} people wait"),
            [figure(0, Unit::PerSecond), seconds(1), seconds(2), seconds(3), seconds(4)],
        );
    }
    let updates = |turns: &[Turn]| Figure::new(Unit::PerSecond, turns.iter().map(|turn| turn[0]).collect());
    let [none, _, most] = &turns;
    let what = format!("updates with {} people waiting ÷ with none", sizes[2]);
    table.target(what, updates(most).over(&updates(none)), Side::AtLeast, LEFT);
    table.note("the three other vendors are served meanwhile; p50 and p99 are those of the 202");
    Ok(())
}

/// The numbers of people who wait.
pub(super) fn sizes(bench: &Bench) -> [u64; 3] {
    if bench.options.quick { [0, 500, 1_000] } else { [0, 100_000, 1_000_000] }
}

/// A closed database in which all users are known, and so many people more wait for the vendor that is down.
pub(super) fn with_debts(bench: &Bench, people: u64) -> Result<PathBuf, Error> {
    bench.progress(&format!("having {people} people wait"));
    let file = bench.empty_directory(&format!("waiting-{people}"))?.join("gateway.db");
    let installation = Installation::prepare(bench, &Settings { name: "waiting", ..Settings::default() })?;
    owe(&installation.config(), DOWN.name(), 0..people)?;
    std::fs::rename(installation.database(), &file)?;
    Ok(file)
}

/// Updates per second, their p50 and p99, and p50 and p99 at a fixed rate.
type Turn = [f64; 5];

fn turn(bench: &Bench, database: &Path, people: u64) -> Result<Turn, Error> {
    let settings = Settings { database: Database::CopyOf(database.to_owned()), ..Settings::default() };
    let subject = Subject::start(bench, &settings)?;
    bench.block_on(async {
        let script = script(bench, &subject);
        let closed = for_some_time(&script, CONNECTIONS, bench.warm_up(), bench.turn()).await?;
        // As long again, at a rate that leaves time.
        #[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "some thousands")]
        let updates = (f64::from(RATE) * bench.options.seconds) as u32;
        let open = at_rate(&script, RATE, updates.max(1)).await?;
        still_wait(&subject, people).await?;
        let [p50, p99] = [50.0, 99.0];
        Ok([
            closed.per_second(),
            closed.percentile(p50),
            closed.percentile(p99),
            open.percentile(p50),
            open.percentile(p99),
        ])
    })
}

/// That nobody of them was served in the meantime: the figures would be about less.
///
/// # Errors
/// When somebody was.
pub(super) async fn still_wait(subject: &Subject, people: u64) -> Result<(), Error> {
    let waiting = subject.pending(DOWN).await?;
    if waiting < people { Err(format!("{waiting} of {people} people wait").into()) } else { Ok(()) }
}

fn script(bench: &Bench, subject: &Subject) -> Script {
    let headers = [subject.authorization().to_owned()];
    Script::update(subject.api, 202, &headers, bench.options.users.min(USERS), &bench.serial)
}
