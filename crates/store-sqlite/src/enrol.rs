use canonical::UserId;
use delivery::{decide, lane::State};
use rusqlite::params;

use crate::{
    error::OpError,
    op::{EnrolPage, Enrolled, PAGE},
    tx::Tx,
    users,
};

/// Gives lanes to one page of the users who have none at the route.
pub(crate) fn enrol(tx: &mut Tx<'_>, page: &EnrolPage) -> Result<Enrolled, OpError> {
    const WITHOUT: &str = "SELECT user_id FROM users WHERE erased_at IS NULL AND user_id > ?1 AND NOT EXISTS \
         (SELECT 1 FROM lanes WHERE lanes.route_id = ?2 AND lanes.user_id = users.user_id) ORDER BY user_id LIMIT ?3";
    let command = &page.command;
    let Some(route) = command.routes.get(command.route) else { return Ok(Enrolled { made: 0, next: None }) };
    let after = page.after.as_ref().map_or("", UserId::as_str);
    let users: Vec<String> = tx
        .connection
        .prepare_cached(WITHOUT)?
        .query_map(params![after, command.route.0, PAGE], |row| row.get(0))?
        .collect::<Result<_, _>>()?;
    let users: Vec<UserId> = users.iter().filter_map(|id| id.parse().ok()).collect();
    let mut made = 0;
    for id in &users {
        let Some(user) = users::load(tx.connection, id)? else { continue };
        let Some(mut row) = decide::enrol(command.route, route, &user, command.now) else { continue };
        tx.write_lane(id, &mut row, State::Idle, command.now)?;
        made += 1;
    }
    let next = users.last().filter(|_| users.len() >= PAGE as usize).cloned();
    Ok(Enrolled { made, next })
}
