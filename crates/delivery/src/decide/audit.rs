use crate::{
    Millis, RouteId,
    audit::{AuditKind, AuditRow},
    drift::Verification,
    gate::Pause,
    lane::{BlockReason, Rearm, State},
    store::{Actor, LaneRow, RearmLanes, RearmTarget},
};

const MOST_NAMED: usize = 20;

/// What the audit says of a lane that was just blocked; none of any other change.
pub fn block_audit(before: State, row: &LaneRow, now: Millis) -> Option<AuditRow> {
    let State::Blocked(reason) = row.lane.state else { return None };
    // That data is missing is told to the caller, again and again; it is no event for operators.
    if before == row.lane.state || reason == BlockReason::NeedsData {
        return None;
    }
    let lane = row.id.map_or(0, |id| id.0);
    let detail = format!("lane {lane} {}", <&str>::from(reason));
    Some(AuditRow {
        at: now,
        who: Actor::gateway().0,
        kind: AuditKind::Block,
        route: Some(row.route),
        detail,
    })
}

/// What the audit says of an operator's act on lanes; none of what the gateway does by itself.
pub fn rearm_audit(command: &RearmLanes) -> Option<AuditRow> {
    let kind = match command.rearm {
        Rearm::Retry => AuditKind::Retry,
        Rearm::Resync => AuditKind::Resync,
        // What a comparison with the vendor has shown is in its own entry.
        Rearm::KeptNoMore { epoch: None, .. } => AuditKind::ForgetKept,
        Rearm::Mapping
        | Rearm::KeptNoMore { .. }
        | Rearm::Due
        | Rearm::RouteWorks
        | Rearm::RoutePaused { .. }
        | Rearm::Identity { .. } => return None,
    };
    let (route, detail) = match &command.target {
        RearmTarget::Attention(route) => (Some(*route), "what is held or blocked".to_owned()),
        RearmTarget::Route(route) => (Some(*route), "all lanes".to_owned()),
        RearmTarget::Lanes(lanes) => {
            let ids: Vec<String> = lanes.iter().take(MOST_NAMED).map(|lane| lane.0.to_string()).collect();
            let more = if lanes.len() > MOST_NAMED { ", …" } else { "" };
            (None, format!("lanes {}{more}", ids.join(", ")))
        }
    };
    Some(AuditRow { at: command.now, who: command.by.0.clone(), kind, route, detail })
}

/// What the audit says of an operator who has one request tried.
pub fn probe_audit(route: RouteId, by: Actor, now: Millis) -> AuditRow {
    AuditRow { at: now, who: by.0, kind: AuditKind::Probe, route: Some(route), detail: String::new() }
}

/// What the audit says of a comparison with vendors.
pub fn verify_audit(verification: &Verification, route: Option<RouteId>, by: Actor, now: Millis) -> AuditRow {
    let drifted = verification.results.iter().filter(|verified| verified.outcome.is_drift()).count();
    let detail = format!("{} comparisons, {drifted} with drift", verification.results.len());
    AuditRow { at: now, who: by.0, kind: AuditKind::Verify, route, detail }
}

/// What the audit says of a pause, or of its end; none when the gateway itself goes on with the pause that there is.
pub fn pause_audit(
    route: RouteId,
    before: Option<&Pause>,
    pause: Option<&Pause>,
    by: &Actor,
    now: Millis,
) -> Option<AuditRow> {
    let reason = |pause: Option<&Pause>| pause.map(|pause| pause.reason);
    if *by == Actor::gateway() && reason(before) == reason(pause) {
        return None;
    }
    let (kind, detail) = match reason(pause) {
        None => (AuditKind::Resume, ""),
        Some(reason) => (AuditKind::Pause, <&str>::from(reason)),
    };
    Some(AuditRow { at: now, who: by.0.clone(), kind, route: Some(route), detail: detail.to_owned() })
}
