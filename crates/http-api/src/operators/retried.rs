use api_types::{names, time};
use delivery::{
    Millis,
    gate::RouteCondition,
    lane::{BlockReason, Lane, State},
    status::{Opening, opening},
};

/// When that which was made ready goes out at a route, as the end of a sentence: "… is tried again{when}".
pub(super) fn when(route: &str, condition: &RouteCondition, now: Millis) -> String {
    match opening(condition, now) {
        Opening::Now => String::new(),
        Opening::At(at) => format!(" when the route sends again, at {} at the earliest", time(at)),
        Opening::Unknown if condition.pause.is_some_and(|pause| pause.probe_at.is_none()) => {
            format!(" when somebody resumes the route, not before: routes resume {route}")
        }
        Opening::Unknown => " when the route sends again; one request is being tried".to_owned(),
    }
}

/// Why another try of a lane would change nothing; only where it would not.
pub(super) fn in_vain(lane: &Lane) -> Option<String> {
    match lane.state {
        _ if lane.may_be_tried_again() => None,
        State::Blocked(BlockReason::NeedsData) => Some(format!(
            "another try changes nothing: the vendor needs {}, and the caller has to send it first",
            names(&lane.blocked_leaves).join(", ")
        )),
        _ => {
            Some("nothing of this lane is held, blocked or failing: there is nothing to try again".to_owned())
        }
    }
}
