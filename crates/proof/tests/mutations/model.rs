//! Caught by the model of one lane, which holds every word against the vendor's record.

use delivery::mutation::Mutation as M;
use proof::model::run;

use crate::catches;

/// What the model says of a seed.
fn wrong(seed: u64) -> Option<String> {
    let wrong = run(seed).err()?;
    let line = wrong.lines().next().unwrap_or_default();
    let words = line.split(": ").skip(1).take(2).collect::<Vec<_>>().join(": ");
    Some(format!("model: {}", words.chars().take(60).collect::<String>()))
}

macro_rules! caught {
    ($($test:ident $mutation:ident $most:literal,)*) => {
        $(#[test]
        fn $test() {
            catches(M::$mutation, $most, wrong);
        })*
    };
}

caught! {
    way_not_compared WayNotCompared 1000,
    place_not_compared PlaceNotCompared 1000,
    hold_ignores_way HoldIgnoresWay 1000,
    hold_ignores_version_in_the_model HoldIgnoresVersion 1000,
    nothing_sent_is_a_success NothingSentIsASuccess 1000,
    half_is_none HalfIsNone 1000,
    unknown_is_not_in_doubt_in_the_model UnknownIsNotInDoubt 1000,
    start_without_suspicion_in_the_model StartWithoutSuspicion 1000,
    acknowledge_forgets_newer_in_the_model AcknowledgeForgetsNewer 1000,
    confirmed_after_send_in_the_model ConfirmedAfterSend 1000,
    accept_lost_while_rejected_in_the_model AcceptLostWhileRejected 1000,
    no_pass_after_reload NoPassAfterReload 1000,
    kept_is_not_told KeptIsNotTold 1000,
    kept_for_certain_in_doubt KeptForCertainInDoubt 1000,
    migration_trusts_watermark MigrationTrustsWatermark 1000,
    in_step_in_doubt InStepInDoubt 1000,
    superseded_is_replaced SupersededIsReplaced 1000,
    confirm_at_settle ConfirmAtSettle 1000,
}
