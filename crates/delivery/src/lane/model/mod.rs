//! The lane against a vendor that refuses single leaves (named or not), loses answers, applies abandoned requests late and
//! only adds to a set; with updates, operators and crashes in between. Whatever happens, once the chaos ends the vendor
//! must show the newest values of everything it does not refuse.

mod happen;
mod rng;
mod vendor;
mod world;

use world::run;

/// Which rule is switched off, to see that the model notices.
#[derive(Clone, Copy, PartialEq)]
pub(super) enum Mutation {
    None,
    PayloadFromAcked,
    AcknowledgeWithoutEpoch,
    HoldIgnoresVersion,
    AcceptLostWhileRejected,
    AcknowledgeForgetsNewer,
    MembersWrittenAfterSend,
    SuspicionIgnored,
}

#[test]
fn the_vendor_ends_with_the_newest_values_whatever_happens() {
    for seed in 0..20_000 {
        if let Err(problem) = run(seed, Mutation::None) {
            panic!("seed {seed}: {problem}");
        }
    }
}

#[test]
fn the_model_notices_when_a_rule_is_switched_off() {
    for (name, mutation) in [
        ("payload from acked instead of floor", Mutation::PayloadFromAcked),
        ("acknowledge without epoch", Mutation::AcknowledgeWithoutEpoch),
        ("hold ignores the version sent", Mutation::HoldIgnoresVersion),
        ("accept lost while its lane is rejected", Mutation::AcceptLostWhileRejected),
        ("acknowledge sets want = acked", Mutation::AcknowledgeForgetsNewer),
        ("members written after the send", Mutation::MembersWrittenAfterSend),
        ("suspicion ignored", Mutation::SuspicionIgnored),
    ] {
        let caught = (0..20_000)
            .find(|seed| std::panic::catch_unwind(|| run(*seed, mutation)).is_ok_and(|run| run.is_err()));
        assert!(caught.is_some(), "not noticed: {name}");
    }
}
