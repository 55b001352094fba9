use api_types::ReasonWord;
use canonical::UserId;
use delivery::{Millis, RouteSet, lane::BlockReason, millis, store::LaneFilter};
use gateway_config::duration;
use strum::VariantArray;

use crate::callers::{Problem, Query, filter_of};

/// The query parameters that choose lanes.
pub(super) const PARAMETERS: [&str; 7] = ["route", "user", "state", "reason", "older_than", "after", "limit"];

/// Which lanes a query asks for.
///
/// # Errors
/// When a parameter has no valid value; the detail names the valid ones.
pub(super) fn lanes(query: &Query, routes: &RouteSet, now: Millis) -> Result<LaneFilter, Problem> {
    let filter = filter_of(query, routes)?;
    Ok(LaneFilter {
        user: query.text("user").map(user).transpose()?,
        reasons: query.text("reason").map(reasons).transpose()?.unwrap_or_default(),
        since: query.text("older_than").map(|age| since(age, now)).transpose()?,
        ..filter
    })
}

fn user(text: &str) -> Result<UserId, Problem> {
    text.parse().map_err(|invalid: canonical::Invalid| Problem::invalid(format!("user: {}", invalid.0)))
}

fn reasons(text: &str) -> Result<Vec<BlockReason>, Problem> {
    let reason = |word: &str| {
        let known = ReasonWord::VARIANTS.iter().find(|known| <&str>::from(**known) == word);
        known.map(|known| BlockReason::from(*known)).ok_or_else(|| {
            let words: Vec<&str> = ReasonWord::VARIANTS.iter().map(Into::into).collect();
            Problem::invalid(format!("reason takes, separated by commas: {}", words.join(", ")))
        })
    };
    text.split(',').map(reason).collect()
}

fn since(text: &str, now: Millis) -> Result<Millis, Problem> {
    let wrong = || Problem::invalid("older_than takes a duration such as 15m, 2h or 2d; a day has 24 hours");
    Ok(now.saturating_sub(millis(duration::parse(text).ok_or_else(wrong)?)))
}
