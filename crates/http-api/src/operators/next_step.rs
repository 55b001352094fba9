use api_types::{Help, REPLACE_CREDENTIAL, names, time};
use delivery::{
    Millis,
    gate::{Pause, PauseCause, PauseReason, RouteCondition},
    lane::{BlockReason, Lane, State, WaitCause},
    status::{self, Standing, StandingState},
};

/// What a lane does next, and who can change that, in a sentence for an operator. `standing`: how the user stands, where that is known.
pub(super) fn next_step(
    route: &str,
    lane: &Lane,
    standing: Option<&Standing>,
    condition: &RouteCondition,
    now: Millis,
) -> String {
    let next = status::next_attempt_at(lane, condition, now);
    let at = |text: &str| next.map_or_else(|| text.to_owned(), |at| format!("{text} at {}", time(at)));
    match lane.state {
        State::Erased => "nothing: the user was erased".to_owned(),
        State::Idle if lane.dirty_since.is_some() => {
            "nothing: the route does not serve the user; retry it when its `when` has changed".to_owned()
        }
        State::Idle => at_rest(route, standing),
        State::InFlight => "a request is under way".to_owned(),
        State::Blocked(reason) => blocked(route, lane, reason, next),
        _ if let Some(pause) = condition.pause => paused(route, pause, now),
        State::Ready | State::Wait(_) if let Some(until) = condition.breaker_until => match until > now {
            true => format!("sent when the vendor answers again; one request is tried at {}", time(until)),
            false => "sent when the vendor answers again; one request is being tried".to_owned(),
        },
        State::Ready | State::Wait(_) if condition.throttled_until.is_some() => {
            let cause = match condition.throttled_by {
                PauseCause::Vendor => "the vendor asked for fewer requests",
                PauseCause::Intermediary => "something before the vendor has answered in its place",
            };
            format!("{}, when the route's pause is over: {cause}", at("sent"))
        }
        State::Wait(WaitCause::HoldRetry) => {
            format!("{}; or retry it, or send another value", at("the refused value is tried again"))
        }
        State::Ready | State::Wait(_) if next.is_none() => {
            "sent as soon as the route's concurrency and rate allow".to_owned()
        }
        State::Ready | State::Wait(WaitCause::Backoff) => at("tried again"),
        State::Wait(WaitCause::Outage) => {
            format!("{}, or as soon as the vendor answers for anybody", at("tried again"))
        }
        State::Wait(WaitCause::Verify) => {
            format!("{}, when no lost request can arrive any more", at("sent once more"))
        }
    }
}

/// Why nothing is sent for a lane that owes nothing.
fn at_rest(route: &str, standing: Option<&Standing>) -> String {
    let confirmed = "the vendor has confirmed everything that the route sends";
    match standing {
        Some(standing) if !standing.kept.is_empty() => {
            let leaves = names(standing.kept.iter().map(|one| &one.kept.leaf));
            format!(
                "nothing: {confirmed}, and keeps what is not the person's any more: {}; when it is put right at the vendor: \
                 routes forget-kept {route} --user ID",
                leaves.join(", ")
            )
        }
        Some(standing) => match standing.state {
            StandingState::InStep => format!("nothing: {confirmed}"),
            StandingState::Assumed => {
                format!(
                    "nothing: {confirmed}, as far as the row of an older version tells; `verify` compares it"
                )
            }
            StandingState::Held => {
                "nothing: the vendor has refused a value; retry it, or send another one".to_owned()
            }
            StandingState::NothingSent => "nothing: nothing that the route sends was ever owed".to_owned(),
            StandingState::NotMatching => "nothing: the route does not serve the user".to_owned(),
            StandingState::NoIdentity => format!("nothing: the user has no identity at {route}"),
            _ => "nothing is to be sent now".to_owned(),
        },
        None => "nothing is to be sent now".to_owned(),
    }
}

fn paused(route: &str, pause: Pause, now: Millis) -> String {
    let what = match pause.reason {
        PauseReason::Auth => {
            &format!("the vendor does not accept the route's credential; {REPLACE_CREDENTIAL}")
        }
        PauseReason::Config => {
            "something else than the vendor's update call answers; compare base_url with the vendor's page"
        }
        PauseReason::Tls => "the vendor's host cannot prove who it is; see the certificate and ca_file",
        PauseReason::WrongSubject => {
            "the vendor has answered about another person; find out who was changed before the route is resumed"
        }
        PauseReason::Operator => {
            return format!("sent when somebody resumes the route: routes resume {route}");
        }
    };
    match pause.probe_at {
        Some(at) if at > now => format!("{what}. One request is tried by itself at {}", time(at)),
        Some(_) => format!("{what}. One request is being tried"),
        None => format!("{what}: routes resume {route}"),
    }
}

fn blocked(route: &str, lane: &Lane, reason: BlockReason, next: Option<Millis>) -> String {
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
    match next {
        None => what,
        Some(at) => format!("{what}; tried by itself at {}", time(at)),
    }
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeMap;

    use adapter::Fate;
    use canonical::Leaf;
    use delivery::{lane::Kept, status::KeptLeaf};

    use super::*;

    fn next(state: State, condition: &RouteCondition) -> String {
        next_step("village", &Lane { state, ..Lane::default() }, None, condition, 0)
    }

    #[test]
    fn a_paused_route_stops_what_would_be_sent_and_not_what_is_blocked() {
        let pause = Pause { reason: PauseReason::Operator, probe_at: None, probes: 0 };
        let paused = RouteCondition { pause: Some(pause), ..RouteCondition::default() };
        assert_eq!(
            next(State::Ready, &paused),
            "sent when somebody resumes the route: routes resume village"
        );
        let refused = Pause { reason: PauseReason::Auth, probe_at: Some(1_000), probes: 1 };
        let refused = RouteCondition { pause: Some(refused), ..RouteCondition::default() };
        let told = next(State::Wait(WaitCause::Backoff), &refused);
        assert!(told.contains("credential") && told.contains("1970-01-01"), "{told}");
        assert!(next(State::Blocked(BlockReason::Forbidden), &paused).contains("credential"));
        assert!(next(State::Idle, &paused).starts_with("nothing"));
    }

    #[test]
    fn everything_is_confirmed_only_where_it_is_and_nothing_is_kept_besides() {
        let standing = |state, kept| Standing {
            state,
            confirmed_version: Some(3),
            behind_since: None,
            leaves: BTreeMap::new(),
            because_of: BTreeMap::new(),
            reason: None,
            kept,
        };
        let told = |standing: &Standing| {
            next_step("crm", &Lane::default(), Some(standing), &RouteCondition::default(), 0)
        };
        let everything = "nothing: the vendor has confirmed everything that the route sends";
        assert_eq!(told(&standing(StandingState::InStep, Vec::new())), everything);
        for state in [
            StandingState::Assumed,
            StandingState::NothingSent,
            StandingState::Held,
            StandingState::NotMatching,
            StandingState::NoIdentity,
            StandingState::Behind,
        ] {
            assert_ne!(told(&standing(state, Vec::new())), everything, "{state:?}");
        }
        let (slot, leaf) = ("phone".into(), Leaf::PhoneNumber);
        let kept = Kept { slot, leaf, version: Some(1), since: Some(0), is_certain: true };
        let kept = KeptLeaf { kept, because: Fate::NotClearable, because_of: None };
        let kept = told(&standing(StandingState::InStepExcept, vec![kept]));
        assert!(
            kept.starts_with(everything) && kept.contains("phone_number; when it is put right"),
            "{kept}"
        );
    }

    #[test]
    fn a_time_that_is_told_lies_ahead_and_a_pause_is_the_vendors_wish_only_where_it_asked() {
        let told = |condition: &RouteCondition, now| {
            let lane = Lane { state: State::Wait(WaitCause::Backoff), next_at: 2_000, ..Lane::default() };
            next_step("village", &lane, None, condition, now)
        };
        let open = RouteCondition::default();
        assert_eq!(told(&open, 1_000), "tried again at 1970-01-01T00:00:02Z");
        assert_eq!(told(&open, 3_000), "sent as soon as the route's concurrency and rate allow");
        let throttled = RouteCondition { throttled_until: Some(9_000), ..open };
        let pause = told(&throttled, 3_000);
        assert!(
            pause.starts_with("sent at 1970-01-01T00:00:09Z") && pause.contains("the vendor asked"),
            "{pause}"
        );
        let walled = RouteCondition { throttled_by: PauseCause::Intermediary, ..throttled };
        let pause = told(&walled, 3_000);
        assert!(pause.contains("something before the vendor") && !pause.contains("asked"), "{pause}");
        let broken = RouteCondition { breaker_until: Some(2_500), ..open };
        assert!(told(&broken, 3_000).ends_with("is being tried") && told(&broken, 1_000).ends_with(":02.5Z"));
        let paused = Pause { reason: PauseReason::Auth, probe_at: Some(2_500), probes: 1 };
        let paused = RouteCondition { pause: Some(paused), ..open };
        assert!(told(&paused, 3_000).ends_with("is being tried") && told(&paused, 1_000).ends_with(":02.5Z"));
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
