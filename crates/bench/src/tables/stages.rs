use std::collections::{BTreeMap, BTreeSet};

use crate::{
    Error,
    bench::Bench,
    floors::Floor,
    load::{Script, for_some_time},
    process::threads,
    stats::{Figure, Unit},
    subject::{Settings, Subject},
    table::Table,
};

/// Connections of callers.
const CONNECTIONS: usize = 32;

/// Processor time of one update, by the thread's name, in seconds.
type Stages = BTreeMap<&'static str, f64>;

/// Where the processor time of an update goes, the kernel's share included.
pub(super) fn run(bench: &Bench) -> Result<Table, Error> {
    let title =
        "Processor time per update by the threads that spend it; 32 connections that wait for every vendor";
    let mut table = Table::new("stages", title, &["per update", "share"]);
    let (mut gateway, mut floor) = (Vec::new(), Vec::new());
    for round in 0..bench.options.rounds.min(3) {
        bench.progress(&format!("stages: turn {}", round + 1));
        let subject = Subject::start(bench, &Settings::default())?;
        gateway.push(measure(bench, subject.process(), &subject.script_waiting(bench))?);
        drop(subject);
        let running = Floor::FanOut.start(bench)?;
        floor.push(measure(bench, running.process(), &running.script(bench))?);
    }
    rows(&mut table, "P", &gateway);
    rows(&mut table, "F3", &floor);
    Ok(table)
}

fn measure(bench: &Bench, process: u32, script: &Script) -> Result<Stages, Error> {
    bench.block_on(async {
        for_some_time(script, CONNECTIONS, bench.warm_up(), std::time::Duration::ZERO).await?;
        let before = threads(process)?;
        let outcome = for_some_time(script, CONNECTIONS, std::time::Duration::ZERO, bench.turn()).await?;
        let mut spent = threads(process)?;
        for (name, time) in &mut spent {
            *time = time.saturating_sub(before.get(name).copied().unwrap_or_default());
        }
        #[expect(clippy::cast_precision_loss, reason = "far below 2^52")]
        let updates = outcome.total as f64;
        let each = spent.into_iter().map(|(name, time)| (stage(&name), time.as_secs_f64() / updates));
        let mut stages = Stages::new();
        each.for_each(|(stage, time)| *stages.entry(stage).or_default() += time);
        Ok(stages)
    })
}

/// What the threads of this name do; the system keeps fifteen characters of it.
fn stage(name: &str) -> &'static str {
    match name {
        "actix-server wo" => "HTTP: read, check, answer",
        "store-writer" => "store: decide, write, commit",
        "tokio-rt-worker" => "delivery: translate, send, read the verdict",
        _ => "the rest",
    }
}

fn rows(table: &mut Table, who: &str, turns: &[Stages]) {
    let names: BTreeSet<&str> = turns.iter().flat_map(|turn| turn.keys().copied()).collect();
    let all = Figure::new(Unit::Seconds, turns.iter().map(|turn| turn.values().sum()).collect());
    for name in names {
        let times = turns.iter().map(|turn| turn.get(name).copied().unwrap_or_default());
        let time = Figure::new(Unit::Seconds, times.collect());
        let share = time.over(&all);
        table.row(format!("{who} {name}"), [time.into(), share.into()]);
    }
    table.row(format!("{who} in all"), [all.into(), "".into()]);
}
