use std::panic;

use e2e::crash::{Cycles, Figures};

use crate::part::Part;

/// Ends of the process in a round.
const CYCLES: u64 = 20;

/// The real process, killed under load.
#[derive(Default)]
pub(crate) struct Crash {
    figures: Figures,
}

impl Part for Crash {
    fn name(&self) -> &'static str {
        "crash"
    }

    fn round(&mut self, round: u64) -> Result<String, String> {
        let seed = 1_000 + round;
        let ran = panic::catch_unwind(|| Cycles::new(seed).run(CYCLES, |_| {}));
        let figures = ran.map_err(|_| format!("KILL_SEED={seed}: the run came to no end"))?;
        self.figures.merge(&figures);
        if figures.is_good() {
            Ok(format!("{} kills, {} stops, {} operations", figures.kills, figures.stops, figures.ops))
        } else {
            Err(format!("KILL_SEED={seed} cargo test -p e2e --test it whatever_was_acknowledged\n{figures}"))
        }
    }

    fn figures(&self) -> String {
        self.figures.to_string()
    }
}
