//! How the vendors misbehave.

use proof::world::Dice;
use vendor_sim::{Apply, Fault, FaultRule, RetryAfter, Vendor};

use super::Sabotage;
use crate::World;

/// The weather of one cycle.
#[derive(Debug, Clone, Copy)]
pub(super) struct Mood {
    /// This vendor closes every connection.
    out: Option<Vendor>,
}

impl Mood {
    /// Outages are over long before the batch is, so that nobody waits for breakers at its end.
    pub(super) fn of(dice: &mut Dice, cycle: u64, cycles: u64) -> Self {
        let out = cycle * 2 < cycles && dice.percent(6);
        Self { out: out.then(|| *dice.pick(&Vendor::ALL)) }
    }
}

/// Vendors that are slow, fail before and after applying, lose connections, apply late and twice, and answer nonsense.
pub(super) fn set(world: &World, mood: &Mood, sabotage: Option<Sabotage>) {
    for vendor in Vendor::ALL {
        let control = world.vendor(vendor);
        control.remove_faults(None);
        if mood.out == Some(vendor) {
            control.add_fault(FaultRule::always(Fault::close_before_applying()));
        }
        if sabotage == Some(Sabotage::Lie) {
            let lie = Fault::default().applying(Apply::Never);
            // Often: what was lost, too, is asserted once more, which mends a lie.
            control.add_fault(FaultRule::always(lie).with_probability(0.5));
        }
        for (fault, probability) in faults() {
            control.add_fault(FaultRule::always(fault).with_probability(probability));
        }
    }
}

/// All faults end.
pub(super) fn calm(world: &World) {
    Vendor::ALL.iter().for_each(|vendor| world.vendor(*vendor).remove_faults(None));
}

/// After the next try of a lost request, and well before it counts as lost for good; in milliseconds.
const LATE: u64 = 2_200;

fn faults() -> Vec<(Fault, f64)> {
    vec![
        (Fault::status(503), 0.03),
        (Fault::status(503).applying(Apply::Once), 0.02),
        (Fault::status(503).applying(Apply::Later(LATE)), 0.015),
        (Fault::status(503).retry_after(RetryAfter::Seconds(1)), 0.002),
        (Fault::reset(), 0.015),
        (Fault::close_after_applying(), 0.02),
        (Fault::close_then_apply_later(300), 0.01),
        (Fault::close_then_apply_later(LATE), 0.015),
        (Fault::latency(1_200), 0.02),
        (Fault::half_body(), 0.01),
        (Fault::applied_twice(), 0.02),
        (Fault::html(200), 0.003),
        (Fault { jitter_ms: 60, ..Fault::latency(10) }, 0.5),
    ]
}
