use super::start::{no_facts, window_of};
use crate::{
    audit::{AuditKind, AuditRow},
    lane::{self, Event, State},
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
        return Ok(EraseWrites { user, lanes: Vec::new(), erased, audit: None });
    }
    if !command.precondition.holds(Some(user.version)) {
        return Err(StoreError::VersionMismatch { current: user.version });
    }
    let version = user.version + 1;
    let lanes = lanes.into_iter().map(|row| erase_lane(command, row)).collect();
    let user = UserRow {
        version,
        profile: Default::default(),
        erased_at: Some(command.now),
        updated_at: command.now,
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
    Ok(EraseWrites { user, lanes, erased, audit: Some(audit) })
}

fn erase_lane(command: &Erase, mut row: LaneRow) -> LaneRow {
    let window = window_of(&command.windows, row.route);
    let queued = command.queued.iter().find(|(route, _)| *route == row.route).map(|(_, queued)| *queued);
    if row.lane.state != State::Erased {
        row.lane_mut().revise();
        lane::apply(row.lane_mut(), &no_facts(), Event::Erase { window, queued }, command.now);
    }
    row
}
