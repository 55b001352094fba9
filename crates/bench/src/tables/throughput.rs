use std::collections::BTreeMap;

use super::arrivals::Arrivals;
use crate::{
    Error,
    bench::Bench,
    floors::Floor,
    load::for_some_time,
    stats::{Figure, Unit},
    subject::{Settings, Subject},
    table::{Cell, Side, Table},
    vendors::VENDORS,
};

/// Who takes part.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
enum Contestant {
    AcceptFloor,
    CommitFloor,
    FanOutFloor,
    Accept,
    Wait,
    Asynchronous,
}

use Contestant::{Accept, AcceptFloor, Asynchronous, CommitFloor, FanOutFloor, Wait};

const ALL: [Contestant; 6] = [AcceptFloor, CommitFloor, FanOutFloor, Accept, Wait, Asynchronous];

/// Connections of callers; the targets are about the first.
const CONNECTIONS: [usize; 3] = [32, 1, 128];

/// The least of what is to be reached.
const WAIT_OVER_FAN_OUT: f64 = 0.65;
const ACCEPT_OVER_COMMIT: f64 = 0.8;

/// What one turn has shown: updates per second, and how long one took.
struct Turn {
    per_second: f64,
    median: f64,
    p99: f64,
}

/// Updates per second, in turns.
pub(super) fn run(bench: &Bench) -> Result<Table, Error> {
    let title = "Updates per second; each caller asks again as soon as it is answered";
    let mut table = Table::new("throughput", title, &["connections", "updates", "p50", "p99"]);
    bench.introduced()?;
    for connections in CONNECTIONS {
        let mut turns: BTreeMap<Contestant, Vec<Turn>> = BTreeMap::new();
        for round in 0..rounds(bench, connections) {
            bench.progress(&format!("throughput: {connections} connections, turn {}", round + 1));
            for contestant in ALL {
                turns.entry(contestant).or_default().push(contestant.turn(bench, connections)?);
            }
        }
        for (contestant, turns) in &turns {
            let figure =
                |unit, of: fn(&Turn) -> f64| Figure::new(unit, turns.iter().map(of).collect()).into();
            let p50: Cell = figure(Unit::Seconds, |turn| turn.median);
            let p99 = figure(Unit::Seconds, |turn| turn.p99);
            let updates = figure(Unit::PerSecond, |turn| turn.per_second);
            table.row(contestant.name(), [connections.to_string().into(), updates, p50, p99]);
        }
        ratios(&mut table, connections, &turns);
    }
    table.note("asynchronous: from the first request until the last one has arrived at every vendor; p50 and p99 are those of the 202");
    Ok(table)
}

/// The targets are about the first number of connections; the others have fewer turns.
fn rounds(bench: &Bench, connections: usize) -> usize {
    let rounds = bench.options.rounds;
    if connections == CONNECTIONS[0] { rounds } else { rounds.min(3) }
}

fn ratios(table: &mut Table, connections: usize, turns: &BTreeMap<Contestant, Vec<Turn>>) {
    let of = |contestant: Contestant| {
        let turns = turns.get(&contestant).into_iter().flatten();
        Figure::new(Unit::PerSecond, turns.map(|turn| turn.per_second).collect())
    };
    let wait = of(Wait).over(&of(FanOutFloor));
    let accept = of(Accept).over(&of(CommitFloor));
    if connections == CONNECTIONS[0] {
        table.target("P wait ÷ F3, 32 connections", wait, Side::AtLeast, WAIT_OVER_FAN_OUT);
        table.target("P accept ÷ F2, 32 connections", accept, Side::AtLeast, ACCEPT_OVER_COMMIT);
    } else {
        let (wait, accept) = (wait.show(), accept.show());
        table.note(format!("{connections} connections: P wait ÷ F3 {wait}, P accept ÷ F2 {accept}"));
    }
}

impl Contestant {
    fn name(self) -> &'static str {
        match self {
            AcceptFloor => "F1 accept floor",
            CommitFloor => "F2 commit floor",
            FanOutFloor => "F3 fan-out floor",
            Accept => "P accept",
            Wait => "P wait",
            Asynchronous => "P asynchronous",
        }
    }

    /// Starts it, measures it, and ends it.
    fn turn(self, bench: &Bench, connections: usize) -> Result<Turn, Error> {
        match self {
            AcceptFloor => floor(bench, Floor::Accept, connections),
            CommitFloor => floor(bench, Floor::Commit, connections),
            FanOutFloor => floor(bench, Floor::FanOut, connections),
            Accept => accept(bench, connections),
            Wait => wait(bench, connections),
            Asynchronous => asynchronous(bench, connections),
        }
    }
}

fn floor(bench: &Bench, floor: Floor, connections: usize) -> Result<Turn, Error> {
    let running = floor.start(bench)?;
    let script = running.script(bench);
    let load = for_some_time(&script, connections, bench.warm_up(), bench.turn());
    Ok(Turn::of(&bench.block_on(load)?))
}

fn accept(bench: &Bench, connections: usize) -> Result<Turn, Error> {
    let subject = Subject::start(bench, &Settings::default())?;
    bench.block_on(async {
        for vendor in VENDORS {
            subject.pause(vendor).await?;
        }
        let script = subject.script(bench);
        Ok(Turn::of(&for_some_time(&script, connections, bench.warm_up(), bench.turn()).await?))
    })
}

fn wait(bench: &Bench, connections: usize) -> Result<Turn, Error> {
    let subject = Subject::start(bench, &Settings::default())?;
    bench.block_on(async {
        let before = bench.vendors.counts().await?;
        let script = subject.script_waiting(bench);
        let outcome = for_some_time(&script, connections, bench.warm_up(), bench.turn()).await?;
        let sent = bench.vendors.counts().await?.since(before);
        if sent.0 != [outcome.total; 4] {
            return Err(format!("{} updates became {sent:?} requests", outcome.total).into());
        }
        Ok(Turn::of(&outcome))
    })
}

fn asynchronous(bench: &Bench, connections: usize) -> Result<Turn, Error> {
    let subject = Subject::start(bench, &Settings::default())?;
    let arrived = bench.block_on(async {
        let arrivals = Arrivals::warm_up(bench, &subject, connections).await?;
        arrivals.measure(&VENDORS).await
    })?;
    Ok(Turn { per_second: arrived.per_second, ..Turn::of(&arrived.answers) })
}

impl Turn {
    fn of(outcome: &crate::load::Outcome) -> Self {
        Self {
            per_second: outcome.per_second(),
            median: outcome.percentile(50.0),
            p99: outcome.percentile(99.0),
        }
    }
}
