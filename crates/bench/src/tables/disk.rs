use std::path::Path;

use rusqlite::{Connection, OpenFlags};

use crate::{
    Error,
    bench::Bench,
    load::{exactly, for_some_time},
    serve::listen,
    slow_disk::syncs,
    stats::{Figure, Unit},
    subject::{Settings, Subject},
    table::{Side, Table},
    vendors::VENDORS,
};

/// How long each synchronisation takes at least, in milliseconds.
const LEAST_SYNC: u32 = 2;
/// The most synchronisations of an update with many callers at one time.
const SYNCS_PER_UPDATE: f64 = 0.2;
const MANY: usize = 32;

/// What the disk has to bear: synchronisations, and bytes that stay.
pub(super) fn run(bench: &Bench) -> Result<Table, Error> {
    let title = format!(
        "Synchronisations where each takes at least {LEAST_SYNC} ms, and bytes of the database that stay"
    );
    let mut table = Table::new("disk", title, &["per update", "updates"]);
    for way in [Way::Accept, Way::Wait] {
        for connections in [1, MANY] {
            bench.progress(&format!("disk: {}, {connections} connections", way.name()));
            let mut turns = Vec::new();
            for _ in 0..bench.options.rounds.min(3) {
                turns.push(turn(bench, way, connections)?);
            }
            let (per_update, rate): (Vec<f64>, Vec<f64>) = turns.into_iter().unzip();
            let per_update = Figure::new(Unit::Count, per_update);
            let name = format!("synchronisations, {}, {connections} connections", way.name());
            if connections == MANY {
                let what = format!("synchronisations per update, {}, {MANY} connections", way.name());
                table.target(what, per_update.clone(), Side::AtMost, SYNCS_PER_UPDATE);
            }
            table.row(name, [per_update.into(), Figure::new(Unit::PerSecond, rate).into()]);
        }
    }
    bytes(bench, &mut table)?;
    Ok(table)
}

/// What callers wait for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Way {
    /// Being told that the update is stored, while nothing is sent.
    Accept,
    /// Every vendor.
    Wait,
}

impl Way {
    fn name(self) -> &'static str {
        match self {
            Self::Accept => "stored, routes paused",
            Self::Wait => "settled at four vendors",
        }
    }
}

/// Synchronisations per update and updates per second.
fn turn(bench: &Bench, way: Way, connections: usize) -> Result<(f64, f64), Error> {
    let count_at = listen()?.local_addr()?;
    let arguments =
        ["--least-sync".to_owned(), LEAST_SYNC.to_string(), "--count-at".to_owned(), count_at.to_string()];
    let subject = Subject::start(bench, &Settings { arguments: arguments.to_vec(), ..Settings::default() })?;
    bench.block_on(async {
        let script = match way {
            Way::Accept => {
                for vendor in VENDORS {
                    subject.pause(vendor).await?;
                }
                subject.script(bench)
            }
            Way::Wait => subject.script_waiting(bench),
        };
        for_some_time(&script, connections, bench.warm_up(), std::time::Duration::ZERO).await?;
        let before = syncs(count_at).await?;
        let outcome = for_some_time(&script, connections, std::time::Duration::ZERO, bench.turn()).await?;
        let made = syncs(count_at).await? - before;
        Ok((count(made) / count(outcome.total), outcome.per_second()))
    })
}

/// Lets every user be updated twice more, and sees of what the closed database consists.
fn bytes(bench: &Bench, table: &mut Table) -> Result<(), Error> {
    let subject = Subject::start(bench, &Settings { name: "weighed", ..Settings::default() })?;
    let users = bench.options.users;
    bench.block_on(async {
        exactly(&subject.script(bench), MANY, 2 * users).await?;
        subject.wait_for_rest().await
    })?;
    let file = bench.empty_directory("weighing")?.join("gateway.db");
    subject.stop_and_keep(&file)?;
    let weighed = Weighed::of(&file)?;
    std::fs::remove_file(&file)?;
    let bytes = |bytes: u64, each: u64| Figure::once(Unit::Bytes, count(bytes) / count(each));
    table.row(
        "bytes of an update until its retention ends",
        [bytes(weighed.updates, weighed.update_rows).into(), "".into()],
    );
    table.row("bytes of a user with four vendors, for ever", [bytes(weighed.users, users).into(), "".into()]);
    table.note(format!(
        "{users} users, {} updates kept, {:.1} MiB",
        weighed.update_rows,
        count(weighed.all) / 1_048_576.0
    ));
    Ok(())
}

/// Bytes of a database's pages by what they are for.
struct Weighed {
    all: u64,
    updates: u64,
    users: u64,
    update_rows: u64,
}

impl Weighed {
    fn of(file: &Path) -> Result<Self, Error> {
        let connection = Connection::open_with_flags(file, OpenFlags::SQLITE_OPEN_READ_ONLY)?;
        let number = |sql: &str| connection.query_row(sql, [], |row| row.get(0).map(i64::cast_unsigned));
        // `dbstat` tells the pages of each B-tree.
        let of_updates = "name LIKE 'update%'";
        Ok(Self {
            all: number("SELECT coalesce(sum(pgsize), 0) FROM dbstat")?,
            updates: number(&format!("SELECT coalesce(sum(pgsize), 0) FROM dbstat WHERE {of_updates}"))?,
            users: number(&format!("SELECT coalesce(sum(pgsize), 0) FROM dbstat WHERE NOT {of_updates}"))?,
            update_rows: number("SELECT count(*) FROM updates")?,
        })
    }
}

#[expect(clippy::cast_precision_loss, reason = "far below 2^52")]
fn count(number: u64) -> f64 {
    number as f64
}
