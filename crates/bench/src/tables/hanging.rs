use super::arrivals::Arrivals;
use crate::{
    Error,
    bench::Bench,
    stats::{Figure, Unit},
    subject::{Settings, Subject},
    table::{Side, Table},
    vendors::{Manner, Vendor},
};

/// The one that hangs.
const TROUBLED: Vendor = Vendor::Communal;
/// Those that are counted.
const WELL: [Vendor; 3] = [Vendor::Communifire, Vendor::UserCom, Vendor::Village];
/// Connections of callers.
const CONNECTIONS: usize = 32;
/// The least share of its throughput that three vendors keep when the fourth hangs.
const SHARE: f64 = 0.95;

/// What a vendor that hangs costs the others.
pub(super) fn run(bench: &Bench) -> Result<Table, Error> {
    let title = "Updates per second that arrive at three vendors, while the fourth is well or hangs";
    let mut table = Table::new("hanging", title, &["updates"]);
    bench.introduced()?;
    let (mut well, mut hanging) = (Vec::new(), Vec::new());
    for round in 0..bench.options.rounds {
        bench.progress(&format!("hanging: turn {}", round + 1));
        // Neither is always the first.
        if round % 2 == 0 {
            well.push(turn(bench, Manner::Answers)?);
            hanging.push(turn(bench, Manner::Hangs)?);
        } else {
            hanging.push(turn(bench, Manner::Hangs)?);
            well.push(turn(bench, Manner::Answers)?);
        }
    }
    let (well, hanging) = (Figure::new(Unit::PerSecond, well), Figure::new(Unit::PerSecond, hanging));
    let ratio = hanging.over(&well);
    table.row("fourth vendor well", [well.into()]);
    table.row("fourth vendor hangs", [hanging.into()]);
    table.target("hanging ÷ well", ratio, Side::AtLeast, SHARE);
    table.note(
        "a request to the one that hangs is given up after 1 s, so that the breaker has its part in it",
    );
    table.note(
        "one that hangs is asked less and less and gives no answers to read: above 1 the others gain by it",
    );
    Ok(table)
}

/// What arrives at those that are well.
fn turn(bench: &Bench, manner: Manner) -> Result<f64, Error> {
    let settings = Settings { timeout: "1s", settle: "1s", ..Settings::default() };
    let subject = Subject::start(bench, &settings)?;
    let arrived = bench.block_on(async {
        let arrivals = Arrivals::warm_up(bench, &subject, CONNECTIONS).await?;
        bench.vendors.behave(TROUBLED, manner).await?;
        arrivals.measure(&WELL).await
    });
    // Whatever came of it: the vendors outlive the turn.
    drop(subject);
    bench.block_on(bench.vendors.behave(TROUBLED, Manner::Answers))?;
    Ok(arrived?.per_second)
}
