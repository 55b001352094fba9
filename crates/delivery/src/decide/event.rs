use crate::{
    Millis, RouteId,
    event::{self, EventKind, EventRow, Facts},
    gate::Pause,
    store::Note,
};

/// What is told of a pause, or of its end; none when it goes on for the same reason.
pub fn pause_event(
    route: RouteId,
    before: Option<&Pause>,
    pause: Option<&Pause>,
    now: Millis,
) -> Option<EventRow> {
    let reason = |pause: Option<&Pause>| pause.map(|pause| pause.reason);
    if reason(before) == reason(pause) {
        return None;
    }
    let kind = if pause.is_some() { EventKind::RoutePaused } else { EventKind::RouteResumed };
    Some(EventRow { at: now, kind, route, facts: event::pause(pause.or(before)) })
}

/// What is told of a condition that lasted, with these facts, or did not; none when it is as it was.
pub fn note_event(lasted: Option<&Facts>, note: &Note) -> Option<EventRow> {
    let kind = match (lasted, note.lasts) {
        (None, true) => note.condition.begins(),
        (Some(before), true) if note.condition.has_turned(before, &note.facts) => note.condition.begins(),
        (Some(_), false) => note.condition.ends(),
        _ => return None,
    };
    Some(EventRow { at: note.now, kind, route: note.route, facts: note.facts.clone() })
}
