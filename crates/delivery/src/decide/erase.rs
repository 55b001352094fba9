use super::{
    accept::names_managers,
    start::{UNKNOWN_WINDOW, no_facts},
};
use crate::{
    RouteId,
    audit::{AuditKind, AuditRow},
    lane::{self, Event, State},
    millis,
    store::{Erase, Erased, LaneRow, StoreError, UserRow},
};

/// What a store is to write.
#[derive(Debug)]
pub struct EraseWrites {
    /// The tombstone.
    pub user: UserRow,
    /// The lanes that change.
    pub lanes: Vec<LaneRow>,
    /// What the caller is told.
    pub erased: Erased,
    /// What goes into the audit; none when the user was erased before.
    pub audit: Option<AuditRow>,
    /// As [`AcceptWrites::renamed`](super::AcceptWrites): the routes that do not name the user any more.
    pub renamed: Vec<RouteId>,
}

/// Forgets a user. The row stays as a tombstone: versions never restart, and an upstream that comes late cannot bring the
/// person back by accident.
///
/// # Errors
/// When the precondition does not hold. One of a user that was erased before is not looked at: what was asked for is done.
pub fn erase(command: &Erase, user: UserRow, lanes: Vec<LaneRow>) -> Result<EraseWrites, StoreError> {
    let disclosed_to =
        lanes.iter().filter(|row| row.lane.last_send_at.is_some()).map(|row| row.route).collect();
    if let Some(at) = user.erased_at {
        let erased = Erased { version: user.version, at, disclosed_to };
        return Ok(EraseWrites { user, lanes: Vec::new(), erased, audit: None, renamed: Vec::new() });
    }
    if !command.precondition.holds(Some(user.version)) {
        return Err(StoreError::VersionMismatch { current: user.version });
    }
    let version = user.version + 1;
    let named = lanes.iter().filter(|row| row.lane.subject.is_some()).map(|row| row.route);
    let renamed = named.filter(|route| names_managers(&command.routes, *route)).collect();
    let lanes = lanes.into_iter().map(|row| erase_lane(command, row)).collect();
    let user = UserRow {
        version,
        profile: Default::default(),
        erased_at: Some(command.now),
        updated_at: command.now,
        manager: Default::default(),
        ..user
    };
    let audit = AuditRow {
        at: command.now,
        who: command.by.0.clone(),
        kind: AuditKind::Erase,
        route: None,
        detail: format!("user {}", command.user),
    };
    let erased = Erased { version, at: command.now, disclosed_to };
    Ok(EraseWrites { user, lanes, erased, audit: Some(audit), renamed })
}

fn erase_lane(command: &Erase, mut row: LaneRow) -> LaneRow {
    let route = command.routes.get(row.route);
    let window = route.map_or(UNKNOWN_WINDOW, |route| millis(route.window()));
    let queued = route.and_then(|route| route.limits.apply_window).map(millis);
    if row.lane.state != State::Erased {
        row.lane_mut().revise();
        lane::apply(row.lane_mut(), &no_facts(), Event::Erase { window, queued }, command.now);
    }
    row
}
