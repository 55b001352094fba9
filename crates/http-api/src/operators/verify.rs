use std::time::Duration;

use actix_web::{HttpRequest, HttpResponse, web::Data};
use canonical::UserId;

use super::{State, verification::VerificationBody};
use crate::callers::{Problem, Query, unknown_route, user_not_found};

/// The most users of one call.
const MOST: u32 = 100;
/// No new user is started after this time.
const LIMIT: Duration = Duration::from_secs(15);

/// Compares users with what the gateway believes that the vendors hold, leaf by leaf. Asks the vendors now, at each route's rate,
/// and answers in time: users for whom there was none are named.
#[utoipa::path(
    post, path = "/v1/verify", operation_id = "verify", tag = "routes",
    responses((status = 200, body = VerificationBody))
)]
pub(super) async fn verify(request: HttpRequest, state: Data<State>) -> Result<HttpResponse, Problem> {
    let operator = state.operator(&request)?;
    let query = Query::read(&request, &["user", "sample", "route"])?;
    let routes = state.engine.routes();
    let route = match query.text("route") {
        None => None,
        Some(name) => Some(routes.by_name(name).ok_or_else(|| unknown_route(&routes))?.0),
    };
    let users = match (query.text("user"), query.parse::<u32>("sample")?) {
        (Some(user), None) => vec![known(&state, user).await?],
        (None, Some(count @ 1..=MOST)) => state.engine.sample(route, count as usize).await?,
        _ => {
            let detail =
                format!("name one user (user=crm-42), or how many to pick at random (sample=1 to {MOST})");
            return Err(Problem::invalid(detail));
        }
    };
    let verification = state.engine.verify_as(users, route, LIMIT, operator.actor()).await?;
    Ok(HttpResponse::Ok().json(VerificationBody::new(verification, &routes)))
}

async fn known(state: &State, user: &str) -> Result<UserId, Problem> {
    let user: UserId = user
        .parse()
        .map_err(|invalid: canonical::Invalid| Problem::invalid(format!("user: {}", invalid.0)))?;
    let snapshot = state.engine.store().user(&user).await?;
    match snapshot {
        Some(snapshot) if snapshot.user.erased_at.is_none() => Ok(user),
        _ => Err(user_not_found()),
    }
}
