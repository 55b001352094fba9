use std::{
    sync::{
        Mutex, PoisonError,
        atomic::{AtomicU64, Ordering},
    },
    thread,
};

use proof::world::{Clock, Figures, Options, run};

use crate::part::Part;

/// Seeds of a round.
const SEEDS: u64 = 400;

/// The simulated world.
#[derive(Default)]
pub(crate) struct World {
    figures: Figures,
}

/// Most rounds are like the ordinary tests; in some, sets are wide or the clock jumps by decades.
fn options(round: u64) -> Options {
    let usual = Options::default();
    match round % 5 {
        3 => Options { wide_sets: true, ..usual },
        4 => Options { clock: Clock::Decades, ..usual },
        _ => usual,
    }
}

impl Part for World {
    fn name(&self) -> &'static str {
        "world"
    }

    fn round(&mut self, round: u64) -> Result<String, String> {
        // The ordinary tests have the seeds before.
        let first = 10_000 + round * SEEDS;
        let (next, failures) = (AtomicU64::new(first), Mutex::new(Vec::new()));
        let figures = Mutex::new(&mut self.figures);
        thread::scope(|scope| {
            for _ in 0..thread::available_parallelism().map_or(1, usize::from) {
                scope.spawn(|| {
                    loop {
                        let seed = next.fetch_add(1, Ordering::Relaxed);
                        if seed >= first + SEEDS {
                            break;
                        }
                        let report = run(seed, options(round));
                        figures.lock().unwrap_or_else(PoisonError::into_inner).add(&report);
                        if !report.is_good() {
                            failures.lock().unwrap_or_else(PoisonError::into_inner).push(report.to_string());
                        }
                    }
                });
            }
        });
        let failures = failures.into_inner().unwrap_or_else(PoisonError::into_inner);
        if failures.is_empty() {
            Ok(format!("seeds {first}..{}", first + SEEDS))
        } else {
            Err(failures.join("\n"))
        }
    }

    fn figures(&self) -> String {
        self.figures.to_string()
    }
}
