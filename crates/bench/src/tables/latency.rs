use std::collections::BTreeMap;

use crate::{
    Error,
    bench::Bench,
    floors::Floor,
    load::{Outcome, Script, at_rate},
    machine,
    stats::{Figure, Unit},
    subject::{Settings, Subject},
    table::{Side, Table},
    vendors::Vendor,
};

/// Who takes part.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
enum Contestant {
    Direct,
    FanOutFloor,
    Wait,
}

use Contestant::{Direct, FanOutFloor, Wait};

const ALL: [Contestant; 3] = [Direct, FanOutFloor, Wait];

/// Updates per second: far below what anybody bears.
const RATE: u32 = 50;
/// A turn is so much longer than one of the other tables.
const LONGER: f64 = 4.0;
/// Updates that nobody measures.
const WARM_UP: u32 = 25;

/// What P may take above F3, beside two synchronisations of the disk, in seconds.
const OVERHEAD: f64 = 0.000_5;

const PERCENTILES: [f64; 3] = [50.0, 90.0, 99.0];

/// How long one update takes when there is no other.
pub(super) fn run(bench: &Bench) -> Result<Table, Error> {
    let title = format!("Time of one update at {RATE} in a second, from the moment at which each was due");
    let mut table = Table::new("latency", title, &["p50", "p90", "p99"]);
    bench.introduced()?;
    let mut syncs = Vec::new();
    let mut turns: BTreeMap<Contestant, Vec<Outcome>> = BTreeMap::new();
    for round in 0..bench.options.rounds {
        bench.progress(&format!("latency: turn {}", round + 1));
        for contestant in ALL {
            turns.entry(contestant).or_default().push(contestant.turn(bench)?);
        }
        syncs.push(machine::fsync(&bench.empty_directory("fsync")?)?.median);
    }
    let figure = |contestant: Contestant, percent: f64| {
        let turns = turns.get(&contestant).into_iter().flatten();
        Figure::new(Unit::Seconds, turns.map(|outcome| outcome.percentile(percent)).collect())
    };
    for contestant in ALL {
        table.row(contestant.name(), PERCENTILES.map(|percent| figure(contestant, percent).into()));
    }
    let syncs = Figure::new(Unit::Seconds, syncs);
    table.note(format!("one fsync of this disk between the turns: {}", syncs.show()));
    let added = figure(Wait, PERCENTILES[0]).minus(&figure(FanOutFloor, PERCENTILES[0]));
    table.target("P wait − F3, p50", added, Side::AtMost, 2.0 * syncs.median + OVERHEAD);
    Ok(table)
}

impl Contestant {
    fn name(self) -> &'static str {
        match self {
            Direct => "direct call of one vendor",
            FanOutFloor => "F3 fan-out floor",
            Wait => "P wait",
        }
    }

    /// Starts it, measures it, and ends it.
    fn turn(self, bench: &Bench) -> Result<Outcome, Error> {
        match self {
            Direct => {
                let address = bench.vendors.address(Vendor::Communal);
                let script = Script::update(address, 200, &[], bench.options.users, &bench.serial);
                measure(bench, &script)
            }
            FanOutFloor => {
                let running = Floor::FanOut.start(bench)?;
                measure(bench, &running.script(bench))
            }
            Wait => {
                let subject = Subject::start(bench, &Settings::default())?;
                measure(bench, &subject.script_waiting(bench))
            }
        }
    }
}

fn measure(bench: &Bench, script: &Script) -> Result<Outcome, Error> {
    #[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "seconds of at most hours")]
    let updates = (LONGER * bench.options.seconds * f64::from(RATE)) as u32;
    bench.block_on(async {
        at_rate(script, RATE, WARM_UP).await?;
        at_rate(script, RATE, updates.max(1)).await
    })
}
