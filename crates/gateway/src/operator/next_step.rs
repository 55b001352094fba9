use delivery::{
    engine::RouteCondition,
    gate::Pause,
    lane::{BlockReason, Lane, State, WaitCause},
};

use crate::api::dto::{Help, names, time};

/// What a lane does next, and who can change that, in a sentence for an operator.
pub(super) fn next_step(route: &str, lane: &Lane, condition: &RouteCondition) -> String {
    let at = time(lane.next_at);
    match lane.state {
        State::Erased => "nothing: the user was erased".to_owned(),
        State::Idle => "nothing: the vendor has confirmed everything that the route carries".to_owned(),
        State::InFlight => "a request is under way".to_owned(),
        State::Blocked(reason) => blocked(route, lane, reason),
        _ if let Some(pause) = condition.pause => paused(pause),
        State::Ready | State::Wait(_) if let Some(until) = condition.breaker_until => {
            format!("sent when the vendor answers again; one request is tried at {}", time(until))
        }
        State::Ready | State::Wait(_) if let Some(until) = condition.throttled_until => {
            format!("sent when the pause is over that the vendor asked for, at {}", time(until))
        }
        State::Ready => "sent as soon as the route's concurrency and rate allow".to_owned(),
        State::Wait(WaitCause::Backoff) => format!("tried again at {at}"),
        State::Wait(WaitCause::Outage) => {
            format!("tried again at {at}, or as soon as the vendor answers for anybody")
        }
        State::Wait(WaitCause::Verify) => {
            format!("sent once more at {at}, when no lost request can arrive any more")
        }
        State::Wait(WaitCause::HoldRetry) => {
            format!("what the vendor refused is tried again at {at}; or retry it, or send another value")
        }
    }
}

fn paused(pause: Pause) -> String {
    match pause.probe_at {
        Some(at) => format!("sent when the route is open again; one request is tried at {}", time(at)),
        None => "sent when somebody resumes the route".to_owned(),
    }
}

fn blocked(route: &str, lane: &Lane, reason: BlockReason) -> String {
    let help = Help::against(reason.into(), route, &names(&lane.blocked_leaves));
    let what = match reason {
        BlockReason::Forbidden => {
            "give the route's credential the right to change this user, then retry".to_owned()
        }
        BlockReason::WrongSubject => {
            format!(
                "find out why the vendor answers about another person, correct identities.{route}, then retry"
            )
        }
        BlockReason::Protocol => {
            "compare the vendor's answers with its page (see the attempts), then retry".to_owned()
        }
        BlockReason::Internal => "look for the cause in the gateway's log, then retry".to_owned(),
        _ => help.hint.map_or_else(|| "retry it".to_owned(), |hint| format!("the caller has to {hint}")),
    };
    match lane.next_at {
        0 => what,
        at => format!("{what}; tried by itself at {}", time(at)),
    }
}

#[cfg(test)]
mod tests {
    use delivery::gate::PauseReason;

    use super::*;

    fn next(state: State, condition: &RouteCondition) -> String {
        next_step("village", &Lane { state, ..Lane::default() }, condition)
    }

    #[test]
    fn a_paused_route_stops_what_would_be_sent_and_not_what_is_blocked() {
        let pause = Pause { reason: PauseReason::Operator, probe_at: None, probes: 0 };
        let paused = RouteCondition { pause: Some(pause), ..RouteCondition::default() };
        assert_eq!(next(State::Ready, &paused), "sent when somebody resumes the route");
        assert!(next(State::Blocked(BlockReason::Forbidden), &paused).contains("credential"));
        assert!(next(State::Idle, &paused).starts_with("nothing"));
    }

    #[test]
    fn who_can_help_is_said() {
        let condition = RouteCondition::default();
        assert!(
            next(State::Blocked(BlockReason::Unaddressable), &condition).starts_with("the caller has to")
        );
        assert!(next(State::Blocked(BlockReason::Internal), &condition).contains("log"));
    }
}
