//! Caught by the simulated world.

use std::collections::BTreeSet;

use delivery::mutation::Mutation as M;
use proof::world::{Clock, Crashes, Faults, Options, Stress, Weather, delays, differences, run, tries};

use crate::catches;

/// The rules that a run of the world breaks.
fn broken(seed: u64, options: Options) -> Option<String> {
    let report = run(seed, options);
    let rules: BTreeSet<String> =
        report.verdict.findings.iter().map(|finding| finding.rule.to_owned()).collect();
    let violations = report.violations.iter().map(|violation| format!("{violation:?}"));
    let all: Vec<String> = rules.into_iter().chain(violations).collect();
    (!all.is_empty()).then(|| format!("world: {}", all.join(" ")))
}

fn anything(seed: u64) -> Option<String> {
    broken(seed, Options::default())
}

fn lost_answers(seed: u64) -> Option<String> {
    broken(seed, Options { faults: Faults::LostAnswers, crashes: Crashes::None, ..Options::default() })
}

fn weather(seed: u64, route: usize, weather: Weather) -> Option<String> {
    let faults = Faults::At { route, weather, user: None };
    broken(seed, Options { faults, crashes: Crashes::None, ..Options::default() })
}

fn busy(seed: u64, weather: Weather, crashes: Crashes) -> Option<String> {
    let faults = Faults::At { route: 0, weather, user: None };
    broken(seed, Options { faults, crashes, updates: 120, ..Options::default() })
}

fn stress(seed: u64, stress: Stress) -> Option<String> {
    let updates = 80;
    broken(
        seed,
        Options { faults: Faults::None, crashes: Crashes::None, stress, updates, ..Options::default() },
    )
}

/// A failing lane is not left in peace.
fn too_often(seed: u64, route: usize, weather: Weather) -> Option<String> {
    let tries = tries(seed, route, weather);
    (tries > 14).then(|| format!("world: a failing lane is asked {tries} times"))
}

#[test]
fn acknowledge_without_epoch() {
    // Somebody is forgotten, comes back and is sent to again while a request of the life before is on its way: one run in fifty, so
    // that the search begins near one.
    catches(M::AcknowledgeWithoutEpoch, 20, |seed| {
        let seed = seed + 40;
        let route = usize::try_from(seed % 4).unwrap_or_default();
        let faults = Faults::At { route, weather: Weather::Tardy, user: None };
        let stress = Stress::Erasures;
        broken(seed, Options { faults, crashes: Crashes::None, stress, updates: 80, ..Options::default() })
    });
}

#[test]
fn acknowledge_forgets_newer() {
    catches(M::AcknowledgeForgetsNewer, 60, |seed| busy(seed, Weather::Tardy, Crashes::None));
}

#[test]
fn unknown_is_not_in_doubt() {
    catches(M::UnknownIsNotInDoubt, 40, lost_answers);
}

#[test]
fn suspicion_ends_with_answer() {
    catches(M::SuspicionEndsWithAnswer, 100, |seed| weather(seed, 0, Weather::Tardy));
}

#[test]
fn merged_patches() {
    catches(M::MergedPatches, 40, |seed| busy(seed, Weather::Hang, Crashes::None));
}

#[test]
fn backoff_reset_on_accept() {
    catches(M::BackoffResetOnAccept, 4, |seed| too_often(seed, 3, Weather::Unreachable));
}

#[test]
fn breaker_counts_poisoned_lane() {
    catches(M::BreakerCountsPoisonedLane, 60, |seed| {
        let delays = delays(seed, 0, Weather::Hang);
        (!delays.is_empty()).then(|| format!("world: {} requests of others are late", delays.len()))
    });
}

#[test]
fn permit_leaked_on_timeout() {
    catches(M::PermitLeakedOnTimeout, 4, |seed| weather(seed, 0, Weather::Hang));
}

#[test]
fn erase_without_epoch() {
    catches(M::EraseWithoutEpoch, 40, |seed| stress(seed, Stress::Erasures));
}

#[test]
fn follow_redirects() {
    catches(M::FollowRedirects, 8, |seed| weather(seed, 3, Weather::Proxy));
}

#[test]
fn add_user_omitted() {
    catches(M::AddUserOmitted, 4, anything);
}

#[test]
fn is_error_ignored() {
    catches(M::IsErrorIgnored, 20, anything);
}

#[test]
fn retry_after_to_lane_only() {
    catches(M::RetryAfterToLaneOnly, 20, |seed| weather(seed, 0, Weather::Throttled));
}

#[test]
fn reload_under_send() {
    catches(M::ReloadUnderSend, 40, |seed| stress(seed, Stress::Reloads));
}

#[test]
fn way_not_compared_in_the_world() {
    catches(M::WayNotCompared, 8, |seed| stress(seed, Stress::Reloads));
}

#[test]
fn place_not_compared_in_the_world() {
    catches(M::PlaceNotCompared, 8, |seed| stress(seed, Stress::Reloads));
}

#[test]
fn half_a_group() {
    catches(M::HalfAGroup, 60, anything);
}

#[test]
fn manager_as_given() {
    catches(M::ManagerAsGiven, 20, anything);
}

#[test]
fn manager_renamed_unheard() {
    catches(M::ManagerRenamedUnheard, 60, anything);
}

#[test]
fn absence_taken_on_trust() {
    catches(M::AbsenceTakenOnTrust, 100, |seed| weather(seed, 2, Weather::Lies));
}

#[test]
fn start_without_suspicion() {
    catches(M::StartWithoutSuspicion, 60, |seed| busy(seed, Weather::Tardy, Crashes::Random));
}

#[test]
fn stored_times_believed() {
    catches(M::StoredTimesBelieved, 100, |seed| {
        broken(seed, Options { clock: Clock::Decades, ..Options::default() })
    });
}

#[test]
fn shared_pool() {
    catches(M::SharedPool, 4, |seed| {
        let differences = differences(seed, 0, Weather::Hang);
        (!differences.is_empty())
            .then(|| format!("world: {} requests of other routes differ", differences.len()))
    });
}

#[test]
fn unreadable_retried_hot() {
    catches(M::UnreadableRetriedHot, 4, |seed| too_often(seed, 0, Weather::Garbled));
}

#[test]
fn hold_ignores_version() {
    catches(M::HoldIgnoresVersion, 60, |seed| busy(seed, Weather::Picky, Crashes::None));
}

#[test]
fn accept_lost_while_rejected() {
    catches(M::AcceptLostWhileRejected, 60, |seed| busy(seed, Weather::Picky, Crashes::None));
}

#[test]
fn confirmed_after_send() {
    catches(M::ConfirmedAfterSend, 200, anything);
}
