use delivery::decide;
use rusqlite::params;

use crate::{
    error::OpError,
    op::{PAGE, Page, StartPage},
    tx::Tx,
};

/// Finds one page of what the last process left.
pub(crate) fn start(tx: &mut Tx<'_>, page: &StartPage) -> Result<Page, OpError> {
    const LEFT: &str = "WHERE lane_id > ?1 AND (state = 2 OR suspect_until IS NOT NULL OR next_at > ?2) AND state <> 5 \
         ORDER BY lane_id LIMIT ?3";
    let too_far = decide::too_far(page.now);
    let lanes = tx.lanes(LEFT, params![page.after.0, too_far, PAGE], page.now)?;
    let next = lanes.last().and_then(|(_, row)| row.id).filter(|_| lanes.len() >= PAGE as usize);
    let mut changed = 0;
    for (user_id, mut row) in lanes {
        let before = row.lane.state;
        if decide::start(&mut row, &page.windows, page.now) {
            tx.write_lane(&user_id, &mut row, before, page.now)?;
            changed += 1;
        }
    }
    Ok(Page { changed, next })
}
