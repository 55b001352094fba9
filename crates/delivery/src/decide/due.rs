use std::collections::VecDeque;

use crate::{
    LaneId, Millis,
    lane::{Lane, Priority, State, WaitCause},
};

/// A due lane, as far as choosing needs to know it.
#[derive(Debug)]
pub struct Due<T> {
    /// Its id.
    pub id: LaneId,
    /// Which queue it waits in.
    pub priority: Priority,
    /// Since when it is due; later than the present for one that its route's recovery made due.
    pub next_at: Millis,
    /// Whether the retry budget has to allow it; see [`is_retry`].
    pub retry: bool,
    /// What the store needs to claim it.
    pub row: T,
}

/// The due lanes to claim now.
#[derive(Debug)]
pub struct Chosen<T> {
    /// In the order of claiming.
    pub lanes: Vec<Due<T>>,
    /// Whether lanes were left over for want of room.
    pub more: bool,
    /// Whether lanes were left over for want of retry budget.
    pub postponed: bool,
}

/// While both queues have due lanes, every 9th claim comes from the bulk queue.
const BULK_TURN: u32 = 9;

/// Chooses at most `limit` lanes, at most `retries` of them retries: the longest due first, eight of the interactive queue
/// for each of the bulk queue. `turn` is kept per route, so that bulk gets its turn however small the limit is.
///
/// A `probe` of a route that was out of order, a fraction in `[0, 1)`, takes one lane by chance, and one that has not failed
/// before others: else the lanes that the vendor cannot serve would be asked for ever, because they are due the longest.
pub fn choose<T>(
    mut due: Vec<Due<T>>,
    limit: u32,
    retries: u32,
    probe: Option<f64>,
    turn: &mut u32,
) -> Chosen<T> {
    if let Some(fraction) = probe {
        return Chosen { lanes: by_chance(due, fraction), more: false, postponed: false };
    }
    due.sort_by_key(|due| (due.priority, due.next_at, due.id));
    let found = due.len();
    let mut allowed = retries;
    due.retain(|due| {
        let fits = !due.retry || allowed > 0;
        allowed -= u32::from(due.retry && fits);
        fits
    });
    let postponed = due.len() < found;
    let bulk = due.split_off(due.partition_point(|due| due.priority == Priority::Interactive));
    let (mut interactive, mut bulk) = (VecDeque::from(due), VecDeque::from(bulk));
    let mut lanes = Vec::new();
    while lanes.len() < limit as usize {
        *turn = (*turn + 1) % BULK_TURN;
        let next = match *turn {
            0 => bulk.pop_front().or_else(|| interactive.pop_front()),
            _ => interactive.pop_front().or_else(|| bulk.pop_front()),
        };
        let Some(next) = next else { break };
        lanes.push(next);
    }
    let more = !interactive.is_empty() || !bulk.is_empty();
    Chosen { lanes, more, postponed }
}

fn by_chance<T>(due: Vec<Due<T>>, fraction: f64) -> Vec<Due<T>> {
    let (failed, fresh): (Vec<_>, Vec<_>) = due.into_iter().partition(|due| due.retry);
    let mut lanes = if fresh.is_empty() { failed } else { fresh };
    #[expect(
        clippy::cast_possible_truncation,
        clippy::cast_sign_loss,
        clippy::cast_precision_loss,
        reason = "an index"
    )]
    let at = (lanes.len() as f64 * fraction) as usize;
    if at < lanes.len() { vec![lanes.swap_remove(at)] } else { lanes.into_iter().take(1).collect() }
}

/// Whether a due lane repeats a failed attempt. One that its route's recovery made due does not count: the route's slow start
/// limits those.
pub fn is_retry(lane: &Lane, released_at: Option<Millis>) -> bool {
    match lane.state {
        State::Wait(WaitCause::Backoff) => true,
        State::Wait(WaitCause::Outage) => released_at.is_none() || lane.last_send_at >= released_at,
        _ => false,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn due(id: i64, priority: Priority, retry: bool) -> Due<()> {
        Due { id: LaneId(id), priority, next_at: id, retry, row: () }
    }

    fn ids(chosen: &Chosen<()>) -> Vec<i64> {
        chosen.lanes.iter().map(|due| due.id.0).collect()
    }

    #[test]
    fn the_longest_due_goes_first_and_what_is_left_over_is_told() {
        let lanes = [3, 1, 2].map(|id| due(id, Priority::Interactive, false));
        let chosen = choose(lanes.into(), 2, 0, None, &mut 0);
        assert_eq!((ids(&chosen), chosen.more, chosen.postponed), (vec![1, 2], true, false));
    }

    #[test]
    fn retries_over_the_budget_are_postponed_and_others_are_not() {
        let lanes = vec![
            due(1, Priority::Interactive, true),
            due(2, Priority::Interactive, true),
            due(3, Priority::Interactive, false),
        ];
        let chosen = choose(lanes, 9, 1, None, &mut 0);
        assert_eq!((ids(&chosen), chosen.more, chosen.postponed), (vec![1, 3], false, true));
    }

    #[test]
    fn a_probe_takes_a_lane_by_chance_and_one_that_has_not_failed_before_others() {
        let lanes = || (1..=4).map(|id| due(id, Priority::Interactive, id <= 2)).collect::<Vec<_>>();
        let probe = |fraction| ids(&choose(lanes(), 1, 0, Some(fraction), &mut 0));
        assert_eq!((probe(0.0), probe(0.9)), (vec![3], vec![4]));
        let failed = |fraction| {
            ids(&choose(
                lanes()[..].iter().take(2).map(|d| due(d.id.0, d.priority, true)).collect(),
                1,
                0,
                Some(fraction),
                &mut 0,
            ))
        };
        assert_eq!((failed(0.1), failed(0.6)), (vec![1], vec![2]));
    }

    #[test]
    fn bulk_gets_one_claim_in_nine_even_when_claims_come_one_by_one() {
        let mut turn = 0;
        let mut bulk = 0;
        for _ in 0..90 {
            let lanes = vec![due(1, Priority::Bulk, false), due(2, Priority::Interactive, false)];
            bulk += usize::from(ids(&choose(lanes, 1, 0, None, &mut turn)) == [1]);
        }
        assert_eq!(bulk, 10);
    }
}
