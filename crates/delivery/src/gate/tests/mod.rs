mod outages;
mod pauses;
mod permits;
mod throttling;

use std::time::Duration;

use super::*;
use crate::Rate;

fn limits(concurrency: u32) -> Limits {
    Limits {
        concurrency,
        rate: Rate::Unlimited,
        rate_key: "test".to_owned(),
        timeout: Duration::from_secs(15),
        settle: Duration::from_secs(60),
        apply_window: None,
    }
}

fn gate() -> Gate {
    Gate { fresh: false, ..Gate::new(&limits(16), 0) }
}

fn ended(lane: i64, sample: Sample, now: Millis) -> Ended {
    Ended { lane, attempt: 0, sample, now, jitter: 0.5 }
}

fn attempt(gate: &mut Gate, lane: i64, sample: Sample, now: Millis) -> Vec<Action> {
    gate.admit(now).expect("admitted");
    gate.settle(ended(lane, sample, now))
}

/// A gate with several requests under way.
fn busy(requests: u32) -> Gate {
    let mut gate = gate();
    (0..requests).for_each(|_| gate.admit(0).expect("admitted"));
    gate
}
