use std::{
    fs,
    path::Path,
    time::{Duration, Instant},
};

use rusqlite::{Connection, OpenFlags};

use crate::{
    Error,
    bench::Bench,
    line::Line,
    load::for_some_time,
    stats::{Figure, Unit},
    subject::{Settings, Subject},
    table::{Side, Table},
    vendors::{Manner, Vendor},
};

const CONNECTIONS: usize = 32;
/// Who fails now and then, so that there are attempts to be kept.
const STUMBLES: Vendor = Vendor::Village;
/// How many slices fit the time for which updates and attempts are kept.
const KEPT: usize = 4;
/// The run is so many times as long as that.
const LONG: usize = 6;
/// The least of its throughput that the end must have of the beginning.
const LEVEL: f64 = 0.95;
/// The most that the file may have grown by once the oldest updates are removed.
const GROWN: f64 = 1.05;

/// A long time in short: updates and attempts come and, after their retention, go.
pub(super) fn run(bench: &Bench) -> Result<Table, Error> {
    let slice = bench.turn();
    let retention = slice * u32::try_from(KEPT)?;
    let title = format!(
        "Slices of {slice:?} of a run in which updates and attempts are kept for {retention:?}; callers wait for every vendor"
    );
    let mut table = Table::new("history", title, &["updates", "file"]);
    // While every vendor answers.
    bench.introduced()?;
    bench.block_on(bench.vendors.behave(STUMBLES, Manner::Stumbles))?;
    let slices = measure(bench, retention);
    bench.block_on(bench.vendors.behave(STUMBLES, Manner::Answers))?;
    let (slices, kept) = slices?;
    for (number, part) in slices.chunks(KEPT).enumerate() {
        let figure = |unit, of: fn(&Slice) -> f64| Figure::new(unit, part.iter().map(of).collect()).into();
        let file = figure(Unit::Bytes, |slice| slice.file);
        let cells = [figure(Unit::PerSecond, |slice| slice.updates), file];
        table.row(format!("retention {}", number + 1), cells);
    }
    judge(&mut table, &slices, slice);
    table.note(kept);
    Ok(table)
}

/// What one slice has shown.
struct Slice {
    /// Updates per second.
    updates: f64,
    /// The database with its log, in bytes.
    file: f64,
}

/// The slices, and what is stored at the end in words.
fn measure(bench: &Bench, retention: Duration) -> Result<(Vec<Slice>, String), Error> {
    let arguments = ["--retention".to_owned(), retention.as_millis().to_string()];
    let subject = Subject::start(bench, &Settings { arguments: arguments.to_vec(), ..Settings::default() })?;
    let script = subject.script_waiting(bench);
    let all = retention * u32::try_from(LONG)?;
    // One load from the beginning to the end, and beside it somebody who looks.
    let load = async { for_some_time(&script, CONNECTIONS, bench.warm_up(), all).await };
    let database = subject.database();
    let (_, slices) = bench.block_on(async { tokio::try_join!(load, look(bench, &database)) })?;
    Ok((slices, kept(&database)?))
}

/// That something was removed, and what there was to remove: by now perhaps every update.
fn kept(database: &Path) -> Result<String, Error> {
    let connection = Connection::open_with_flags(database, OpenFlags::SQLITE_OPEN_READ_ONLY)?;
    let number = |sql: &str| connection.query_row(sql, [], |row| row.get::<_, i64>(0));
    let updates = number("SELECT count(*) FROM updates")?;
    let attempts = number("SELECT count(*) FROM attempts")?;
    let made = number("SELECT coalesce(max(attempt_id), 0) FROM attempts")?;
    let age = number("SELECT coalesce(max(at) - min(at), 0) FROM updates")?;
    Ok(format!(
        "kept at the end: {updates} updates of {age} ms, and {attempts} of {made} attempts that were made"
    ))
}

async fn look(bench: &Bench, database: &Path) -> Result<Vec<Slice>, Error> {
    tokio::time::sleep(bench.warm_up()).await;
    let mut slices = Vec::new();
    for _ in 0..KEPT * LONG {
        let (begun, before) = (Instant::now(), bench.serial.so_far());
        tokio::time::sleep(bench.turn()).await;
        #[expect(clippy::cast_precision_loss, reason = "far below 2^52")]
        let updates = (bench.serial.so_far() - before) as f64 / begun.elapsed().as_secs_f64();
        slices.push(Slice { updates, file: size(database)? });
        bench.progress(&format!("history: {updates:.0} updates per second"));
    }
    Ok(slices)
}

/// The bytes of a database with its log.
fn size(database: &Path) -> Result<f64, Error> {
    let mut log = database.as_os_str().to_owned();
    log.push("-wal");
    let log = fs::metadata(log).map_or(0, |file| file.len());
    #[expect(clippy::cast_precision_loss, reason = "far below 2^52")]
    let size = (fs::metadata(database)?.len() + log) as f64;
    Ok(size)
}

/// Whether the end is as the time before: what comes and goes in turns is compared over whole retentions.
fn judge(table: &mut Table, slices: &[Slice], slice: Duration) {
    // At the beginning there is less to remove than is added.
    let steady = &slices[KEPT.min(slices.len())..];
    let updates: Vec<f64> = steady.iter().map(|slice| slice.updates).collect();
    let (first, last) = updates.split_at(updates.len() / 2);
    let figure = |part: &[f64]| Figure::new(Unit::PerSecond, part.to_vec()).median;
    let level = Figure::once(Unit::Ratio, figure(last) / figure(first));
    table.target("updates, second half ÷ first half", level, Side::AtLeast, LEVEL);
    let largest = |part: &[Slice]| part.iter().map(|slice| slice.file).fold(0.0, f64::max);
    let (first, last) = steady.split_at(steady.len() / 2);
    let grown = Figure::once(Unit::Ratio, largest(last) / largest(first));
    table.target("largest file, second half ÷ first half", grown, Side::AtMost, GROWN);
    if let Some(line) = Line::through(&updates) {
        let per_minute = 60.0 / slice.as_secs_f64() / line.mean * 100.0;
        let (slope, margin) = (line.slope * per_minute, line.margin * per_minute);
        table.note(format!("throughput changes by {slope:+.2} % ± {margin:.2} % a minute (95 % confidence)"));
    }
}
