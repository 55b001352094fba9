use delivery::{
    decide::{self, Loaded},
    lane,
    store::{Accept, AcceptError, Accepted, LaneRow, Work},
};

use super::state::{Key, State};

impl State {
    pub(super) fn accept(&mut self, command: &Accept) -> Result<Accepted, AcceptError> {
        let name = |key: &str| (command.caller.0.clone(), key.to_owned());
        if let Some(key) = &command.idempotency
            && let Some(known) = self.keys.get(&name(&key.key)).filter(|known| known.expires_at > command.now)
        {
            if known.request != key.request {
                return Err(AcceptError::IdempotencyMismatch);
            }
            if let Some(update) = self.updates.get(&known.update)
                && let Some(user) = self.user(&update.user)
            {
                let lanes = self.lanes_of(&update.user);
                return Ok(Accepted {
                    update: update.clone(),
                    replayed: true,
                    user,
                    lanes,
                    work: Vec::new(),
                });
            }
        }
        let keys = decide::identity_keys(command);
        let taken = self.taken(&command.user, keys);
        let user = self.user(&command.user);
        let manager = decide::next_manager(command, user.as_ref());
        let manager = manager.map(|manager| self.names_of(&manager)).unwrap_or_default();
        let loaded = Loaded { user, lanes: self.lanes_of(&command.user), taken, manager };
        let mut writes = decide::accept(command, loaded)?;
        if writes.user_changed {
            self.users.insert(command.user.clone(), writes.user.clone());
        }
        for row in &mut writes.lanes {
            self.write(&command.user, row, lane::State::Idle, command.now);
        }
        writes.audit.into_iter().for_each(|entry| self.audit(entry));
        self.look_again(&command.user, &command.routes, &writes.renamed, command.now);
        self.updates.insert(writes.update.id, writes.update.clone());
        if let Some(key) = &command.idempotency {
            let (request, update) = (key.request.clone(), writes.update.id);
            self.keys.insert(name(&key.key), Key { request, update, expires_at: key.expires_at });
        }
        let work = self.claim_granted(command);
        let lanes = self.lanes_of(&command.user);
        Ok(Accepted { update: writes.update, replayed: false, user: writes.user, lanes, work })
    }

    fn claim_granted(&mut self, command: &Accept) -> Vec<Work> {
        let lanes = self.lanes_of(&command.user).into_iter();
        let granted =
            lanes.filter(|row| command.grants.contains(&row.route) && row.lane.state == lane::State::Ready);
        let granted: Vec<LaneRow> = granted.collect();
        let claim = |row: LaneRow| self.claim_one(&command.routes, command.user.clone(), row, command.now);
        granted.into_iter().filter_map(claim).collect()
    }
}
