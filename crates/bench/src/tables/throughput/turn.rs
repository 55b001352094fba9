use crate::{
    Error,
    bench::Bench,
    floors::Floor,
    load::{Outcome, Script, for_some_time},
    process::Busy,
    subject::{Settings, Subject},
    tables::arrivals::Arrivals,
    vendors::VENDORS,
};

/// Who takes part.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Contestant {
    AcceptFloor,
    CommitFloor,
    FanOutFloor,
    Accept,
    Wait,
    Asynchronous,
}

use Contestant::{Accept, AcceptFloor, Asynchronous, CommitFloor, FanOutFloor, Wait};

/// All of them, in the order of their turns.
pub(super) const ALL: [Contestant; 6] = [AcceptFloor, CommitFloor, FanOutFloor, Accept, Wait, Asynchronous];

/// What one turn has shown.
pub(super) struct Turn {
    /// Updates per second.
    pub(super) per_second: f64,
    /// How long half of the callers waited for their answers at most, in seconds.
    pub(super) p50: f64,
    /// The same for 99 of 100.
    pub(super) p99: f64,
    /// How many cores the contestant kept busy.
    pub(super) contestant: f64,
    /// How many cores the callers and the vendors kept busy.
    pub(super) load: f64,
}

impl Contestant {
    /// For the table.
    pub(super) fn name(self) -> &'static str {
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
    ///
    /// # Errors
    /// When it does not do what it should.
    pub(super) fn turn(self, bench: &Bench, connections: usize) -> Result<Turn, Error> {
        let floor = match self {
            AcceptFloor => Floor::Accept,
            CommitFloor => Floor::Commit,
            FanOutFloor => Floor::FanOut,
            Accept | Wait | Asynchronous => {
                let subject = Subject::start(bench, &Settings::default())?;
                return bench.block_on(self.gateway(bench, &subject, connections));
            }
        };
        let running = floor.start(bench)?;
        let script = running.script(bench);
        bench.block_on(closed(bench, running.process(), &script, connections)).map(|(turn, _)| turn)
    }

    async fn gateway(self, bench: &Bench, subject: &Subject, connections: usize) -> Result<Turn, Error> {
        let process = subject.process();
        if self == Asynchronous {
            let arrivals = Arrivals::warm_up(bench, subject, connections).await?;
            let sides = Sides::begin(bench, process)?;
            let arrived = arrivals.measure(&VENDORS).await?;
            return sides.turn(arrived.per_second, &arrived.answers);
        }
        if self == Accept {
            for vendor in VENDORS {
                subject.pause(vendor).await?;
            }
            return closed(bench, process, &subject.script(bench), connections).await.map(|(turn, _)| turn);
        }
        let before = bench.vendors.counts().await?;
        let (turn, updates) = closed(bench, process, &subject.script_waiting(bench), connections).await?;
        let sent = bench.vendors.counts().await?.since(before);
        if sent.0 == [updates; 4] {
            Ok(turn)
        } else {
            Err(format!("{updates} updates became {sent:?}").into())
        }
    }
}

/// A turn in which each caller asks again as soon as it is answered, and the number of updates with those of the warm-up.
async fn closed(
    bench: &Bench,
    process: u32,
    script: &Script,
    connections: usize,
) -> Result<(Turn, u64), Error> {
    let sides = Sides::begin(bench, process)?;
    let outcome = for_some_time(script, connections, bench.warm_up(), bench.turn()).await?;
    Ok((sides.turn(outcome.per_second(), &outcome)?, outcome.total))
}

/// The two sides of a measurement; the one that keeps its cores busy is the one that was measured.
struct Sides {
    contestant: Busy,
    load: Busy,
}

impl Sides {
    fn begin(bench: &Bench, contestant: u32) -> Result<Self, Error> {
        let load = [std::process::id(), bench.vendors.process()];
        Ok(Self { contestant: Busy::begin(&[contestant])?, load: Busy::begin(&load)? })
    }

    fn turn(&self, per_second: f64, answers: &Outcome) -> Result<Turn, Error> {
        Ok(Turn {
            per_second,
            p50: answers.percentile(50.0),
            p99: answers.percentile(99.0),
            contestant: self.contestant.cores()?,
            load: self.load.cores()?,
        })
    }
}
