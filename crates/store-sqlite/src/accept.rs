use delivery::{
    RouteId,
    decide::{self, AcceptWrites, Loaded},
    lane::State,
    mutation::{self, Mutation},
    store::{Accept, AcceptError, Accepted, Names, StoreError, UpdateRow},
};

use crate::{
    error::OpError,
    idempotency::{self, Known, Stamp},
    reports,
    tx::Tx,
    updates, users,
};

/// Takes one update.
pub(crate) fn accept(tx: &mut Tx<'_>, command: &Accept) -> Result<Accepted, OpError<AcceptError>> {
    let stamp = command.idempotency.as_ref().map(|key| tx.memory.macs.stamp(key));
    if let Some(stamp) = &stamp
        && let Some(update) = known(tx, command, stamp)?
    {
        return replay(tx, command, update);
    }
    let user = users::load(tx.connection, &command.user)?;
    let manager = match decide::next_manager(command, user.as_ref()) {
        Some(manager) => users::names(tx.connection, &manager)?,
        None => Names::default(),
    };
    let loaded =
        Loaded { user, lanes: tx.lanes_of(&command.user, command.now)?, taken: taken(tx, command)?, manager };
    let writes = decide::accept(command, loaded)?;
    tx.savepoint(|tx| write(tx, command, writes, stamp.as_ref()))
}

fn known(
    tx: &mut Tx<'_>,
    command: &Accept,
    stamp: &Stamp,
) -> Result<Option<UpdateRow>, OpError<AcceptError>> {
    let Some(caller) = tx.known_caller(&command.caller)? else { return Ok(None) };
    match idempotency::find(tx.connection, caller, stamp, command.now)? {
        None => Ok(None),
        Some(Known::Other) => Err(AcceptError::IdempotencyMismatch.into()),
        // An update that is not kept any more has outlived its key.
        Some(Known::Same(id)) => Ok(updates::load(tx.connection, id)?),
    }
}

fn replay(tx: &mut Tx<'_>, command: &Accept, update: UpdateRow) -> Result<Accepted, OpError<AcceptError>> {
    let Some(user) = users::load(tx.connection, &update.user)? else {
        return Err(AcceptError::from(StoreError::Damaged("an update has no user".to_owned())).into());
    };
    let lanes = tx.lanes_of(&update.user, command.now)?;
    Ok(Accepted { update, replayed: true, user, lanes, work: Vec::new() })
}

fn taken(tx: &mut Tx<'_>, command: &Accept) -> Result<Vec<RouteId>, OpError> {
    let mut taken = Vec::new();
    for (route, key) in decide::identity_keys(command) {
        if tx.is_taken(route, &key, &command.user)? {
            taken.push(route);
        }
    }
    Ok(taken)
}

fn write(
    tx: &mut Tx<'_>,
    command: &Accept,
    writes: AcceptWrites,
    stamp: Option<&Stamp>,
) -> Result<Accepted, OpError<AcceptError>> {
    let AcceptWrites { user, user_changed, lanes: mut written, untouched, update, audit, renamed } = writes;
    let caller = tx.caller(&command.caller)?;
    updates::write(tx.connection, &update, caller)?;
    if user_changed {
        users::write(tx.connection, &command.user, &user, Some(update.id))?;
    } else {
        users::note_update(tx.connection, &command.user, update.id)?;
    }
    for row in &mut written {
        tx.write_lane(&command.user, row, State::Idle, command.now)?;
    }
    for entry in audit {
        tx.audit(entry)?;
    }
    reports::look_again(tx, &command.user, &command.routes, &renamed, command.now)?;
    if mutation::is_on(Mutation::KeyInSecondTransaction) {
        tx.flush()?;
        tx.connection.execute_batch("COMMIT; BEGIN IMMEDIATE")?;
    }
    if let (Some(stamp), Some(key)) = (stamp, &command.idempotency) {
        idempotency::write(tx.connection, caller, stamp, update.id, key.expires_at)?;
    }
    let mut lanes = written;
    lanes.extend(untouched);
    lanes.sort_by_key(|row| row.route);
    Ok(Accepted { update, replayed: false, user, lanes, work: Vec::new() })
}

/// Claims the lanes of an accepted update for which a permit is in hand, after everything else of the batch was taken.
pub(crate) fn claim_granted(
    tx: &mut Tx<'_>,
    command: &Accept,
    accepted: &mut Accepted,
) -> Result<(), OpError> {
    if accepted.replayed || command.grants.is_empty() {
        return Ok(());
    }
    // A later operation of the batch may have changed the user, as it may have changed a lane, and what a manager is called without
    // another version of the user.
    let is_newest = accepted.user.profile.manager_id().is_none()
        && users::version(tx.connection, &command.user)? == Some(accepted.user.version);
    for grant in &command.grants {
        let Some(at) = accepted.lanes.iter().position(|row| row.route == *grant) else { continue };
        let Some(id) = accepted.lanes[at].id else { continue };
        if accepted.lanes[at].lane.state != State::Ready {
            continue;
        }
        let Some((user_id, mut row)) = tx.lane(id, command.now)? else { continue };
        if row.lane.state != State::Ready {
            continue;
        }
        let user = if is_newest {
            Some(accepted.user.clone())
        } else {
            tx.user_of_lane(&user_id, &mut row, command.now)?
        };
        let Some(user) = user else { continue };
        accepted.work.extend(tx.claim(&command.routes, row, user_id, user, command.now)?);
        if let Some((_, row)) = tx.changes.get(id) {
            accepted.lanes[at] = row.clone();
        }
    }
    Ok(())
}
