use crate::{
    Millis,
    gate::{Pause, RouteCondition},
    lane::{Hold, Lane, State},
};

/// When a route lets a request out again.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Opening {
    /// It does now.
    Now,
    /// Not before then.
    At(Millis),
    /// Nobody knows: an operator has to resume the route, or a probe is to find out.
    Unknown,
}

/// When a route lets a request out again by itself, whatever keeps it from that: the last of its reasons to end counts.
pub fn opening(condition: &RouteCondition, now: Millis) -> Opening {
    let probe = match condition.pause {
        Some(Pause { probe_at: None, .. }) => return Opening::Unknown,
        Some(Pause { probe_at, .. }) => probe_at,
        None => None,
    };
    let (breaker, throttle) = (condition.breaker_until, condition.throttled_until);
    match [probe, breaker, throttle].into_iter().flatten().max() {
        None => Opening::Now,
        Some(at) if at > now => Opening::At(at),
        // A probe is due or under way, and its answer decides.
        Some(_) => Opening::Unknown,
    }
}

/// When a lane is tried next: when its own time has come and its route lets a request out. None when that is now, or when nobody knows.
pub fn next_attempt_at(lane: &Lane, condition: &RouteCondition, now: Millis) -> Option<Millis> {
    let own = match lane.state {
        State::Ready => now,
        State::Wait(_) => lane.next_at,
        State::Blocked(_) if lane.next_at > 0 => lane.next_at,
        State::Idle | State::InFlight | State::Blocked(_) | State::Erased => return None,
    };
    not_before(own, condition, now)
}

/// When what a vendor refused is tried again by itself, and its route lets a request out. None when that is now, never, or when nobody
/// knows.
pub fn next_try_at(hold: &Hold, condition: &RouteCondition, now: Millis) -> Option<Millis> {
    not_before(hold.next_try()?, condition, now)
}

/// When something that is due at a time goes out at a route; none when that is now, or when nobody knows.
pub(super) fn not_before(own: Millis, condition: &RouteCondition, now: Millis) -> Option<Millis> {
    let at = match opening(condition, now) {
        Opening::Now => own,
        Opening::At(at) => own.max(at),
        Opening::Unknown => return None,
    };
    Some(at).filter(|at| *at > now)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{
        gate::PauseReason,
        lane::{BlockReason, WaitCause},
    };

    const NOW: Millis = 10_000;

    fn pause(reason: PauseReason, probe_at: Option<Millis>) -> RouteCondition {
        RouteCondition { pause: Some(Pause { reason, probe_at, probes: 0 }), ..RouteCondition::default() }
    }

    #[test]
    fn the_next_attempt_is_the_later_of_the_lanes_time_and_the_routes_and_never_past() {
        let throttled = |until| RouteCondition { throttled_until: Some(until), ..RouteCondition::default() };
        let broken = |until| RouteCondition { breaker_until: Some(until), ..RouteCondition::default() };
        let waits = |next_at| (State::Wait(WaitCause::Outage), next_at);
        let both = RouteCondition { throttled_until: Some(70_000), ..broken(20_000) };
        for ((state, next_at), condition, expected) in [
            (waits(11_700), throttled(5_010_000), Some(5_010_000)),
            (waits(11_700), broken(60_000), Some(60_000)),
            (waits(90_000), broken(60_000), Some(90_000)),
            (waits(11_700), both, Some(70_000)),
            (waits(11_700), RouteCondition::default(), Some(11_700)),
            (waits(9_000), RouteCondition::default(), None),
            (waits(9_000), broken(9_500), None),
            (waits(11_700), pause(PauseReason::Auth, Some(300_000)), Some(300_000)),
            (waits(11_700), pause(PauseReason::Operator, None), None),
            ((State::Ready, 0), throttled(40_000), Some(40_000)),
            ((State::Ready, 0), RouteCondition::default(), None),
            ((State::InFlight, 11_000), throttled(40_000), None),
            ((State::Blocked(BlockReason::NeedsData), 0), throttled(40_000), None),
            ((State::Blocked(BlockReason::Forbidden), 30_000), throttled(40_000), Some(40_000)),
        ] {
            let lane = Lane { state, next_at, ..Lane::default() };
            assert_eq!(
                next_attempt_at(&lane, &condition, NOW),
                expected,
                "{state:?} {next_at} {condition:?}"
            );
        }
    }
}
