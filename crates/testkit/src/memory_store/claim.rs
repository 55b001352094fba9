use canonical::UserId;
use delivery::{
    Millis, RouteSet,
    decide::{self, ClaimLoaded, Due},
    lane,
    store::{ClaimDue, Claimed, LaneRow, Work},
};

use super::state::State;

/// How soon a route is asked again whose retry budget is used up.
const BUDGET_PAUSE: Millis = 1_000;

impl State {
    pub(super) fn claim_one(
        &mut self,
        routes: &RouteSet,
        user_id: UserId,
        row: LaneRow,
        now: Millis,
    ) -> Option<Work> {
        let user = self.user(&user_id)?;
        let (id, before, owner) = (row.route, row.lane.state, user_id.clone());
        let mut loaded = ClaimLoaded { row, user_id, user };
        let work = decide::claim(routes, &mut loaded, now, |key| self.is_taken(id, key, &owner));
        self.write(&owner, &mut loaded.row, before, now);
        work
    }

    pub(super) fn claim(&mut self, command: &ClaimDue) -> Claimed {
        if command.routes.get(command.route).is_none() {
            return Claimed::default();
        }
        let of_route = |lanes: &[(UserId, LaneRow)]| -> Vec<(UserId, LaneRow)> {
            lanes.iter().filter(|(_, row)| row.route == command.route).cloned().collect()
        };
        let due = of_route(&self.lanes).into_iter().filter_map(|(user, row)| {
            let due = row.lane.is_due(command.now, command.released_at);
            due.then_some(Due {
                id: row.id?,
                priority: row.lane.priority,
                next_at: row.lane.next_at,
                retry: decide::is_retry(&row.lane, command.released_at),
                row: (user, row),
            })
        });
        let turn = self.turns.entry(command.route).or_default();
        let chosen = decide::choose(due.collect(), command.limit, command.retries, command.probe, turn);
        let mut claimed = Claimed { more: chosen.more, ..Claimed::default() };
        for due in chosen.lanes {
            let (user, row) = due.row;
            let Some(work) = self.claim_one(&command.routes, user, row, command.now) else { continue };
            claimed.retries += u32::from(due.retry);
            claimed.work.push(work);
        }
        let waiting = of_route(&self.lanes).into_iter();
        let waiting = waiting.filter(|(_, row)| matches!(row.lane.state, lane::State::Wait(_)));
        claimed.next_due = waiting.map(|(_, row)| row.lane.next_at).min().filter(|_| !claimed.more);
        if chosen.postponed {
            claimed.next_due = Some(command.now + BUDGET_PAUSE);
        }
        claimed
    }
}
