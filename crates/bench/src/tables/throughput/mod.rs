mod turn;

use std::collections::BTreeMap;

use self::turn::{ALL, Contestant, Turn};
use crate::{
    Error,
    bench::Bench,
    stats::{Figure, Unit},
    table::{Side, Table},
};

/// Connections of callers; the targets are about the first.
const CONNECTIONS: [usize; 3] = [32, 1, 128];

/// The least of what is to be reached.
const WAIT_OVER_FAN_OUT: f64 = 0.65;
const ACCEPT_OVER_COMMIT: f64 = 0.8;

/// What a column tells of a turn.
type Column = (&'static str, Unit, fn(&Turn) -> f64);

const COLUMNS: [Column; 5] = [
    ("updates", Unit::PerSecond, |turn| turn.per_second),
    ("p50", Unit::Seconds, |turn| turn.p50),
    ("p99", Unit::Seconds, |turn| turn.p99),
    ("its cores", Unit::Count, |turn| turn.contestant),
    ("load's cores", Unit::Count, |turn| turn.load),
];

/// The turns of each contestant.
type Turns = BTreeMap<Contestant, Vec<Turn>>;

/// Updates per second, in turns.
pub(super) fn run(bench: &Bench) -> Result<Table, Error> {
    let title = "Updates per second; each caller asks again as soon as it is answered";
    let columns = ["connections"].into_iter().chain(COLUMNS.map(|(name, ..)| name));
    let mut table = Table::new("throughput", title, &columns.collect::<Vec<_>>());
    bench.introduced()?;
    let cases = if bench.options.quick { &CONNECTIONS[..1] } else { &CONNECTIONS };
    for &connections in cases {
        let mut turns = Turns::new();
        for round in 0..rounds(bench, connections) {
            bench.progress(&format!("throughput: {connections} connections, turn {}", round + 1));
            for contestant in ALL {
                turns.entry(contestant).or_default().push(contestant.turn(bench, connections)?);
            }
        }
        for (contestant, turns) in &turns {
            let figure = |(_, unit, of): Column| Figure::new(unit, turns.iter().map(of).collect()).into();
            let cells = [connections.to_string().into()].into_iter().chain(COLUMNS.map(figure));
            table.row(contestant.name(), cells);
        }
        ratios(&mut table, connections, &turns);
    }
    table.note(
        "asynchronous: until the last update has arrived at every vendor; p50 and p99 are those of the 202",
    );
    table.note("cores: how many the contestant, and callers with vendors, kept busy; the busy side is the one that was measured");
    Ok(table)
}

/// The targets are about the first number of connections; the others have fewer turns.
fn rounds(bench: &Bench, connections: usize) -> usize {
    let rounds = bench.options.rounds;
    if connections == CONNECTIONS[0] { rounds } else { rounds.min(3) }
}

fn ratios(table: &mut Table, connections: usize, turns: &Turns) {
    let of = |contestant: Contestant| {
        let turns = turns.get(&contestant).into_iter().flatten();
        Figure::new(Unit::PerSecond, turns.map(|turn| turn.per_second).collect())
    };
    let wait = of(Contestant::Wait).over(&of(Contestant::FanOutFloor));
    let accept = of(Contestant::Accept).over(&of(Contestant::CommitFloor));
    if connections == CONNECTIONS[0] {
        table.target("P wait ÷ F3, 32 connections", wait, Side::AtLeast, WAIT_OVER_FAN_OUT);
        table.target("P accept ÷ F2, 32 connections", accept, Side::AtLeast, ACCEPT_OVER_COMMIT);
    } else {
        let (wait, accept) = (wait.show(), accept.show());
        table.note(format!("{connections} connections: P wait ÷ F3 {wait}, P accept ÷ F2 {accept}"));
    }
}
