use actix_web::{HttpRequest, HttpResponse, web::Data};
use api_types::UpdateBody;
use api_types::problem::Kind;
use delivery::{
    LaneId, RouteSet, UpdateId,
    store::{LaneFilter, LaneStateFilter, UpdateCursor, UpdateRow, UserSnapshot},
};
use gateway_config::Scope;

use super::{
    Needy, Page, Problem, Query, State,
    list::{AttentionBody, UpdatesBody},
    problem::{unknown_route, user_not_found},
    state::user_id,
    unknown,
};

/// The most items of a list.
pub(crate) const MOST_ITEMS: u32 = 100;
/// How many items a list has unless asked otherwise.
pub(crate) const USUAL_ITEMS: u32 = 20;

/// One update. With `wait`, answers as soon as no route is pending, and in any case after so many seconds.
#[utoipa::path(
    get, path = "/v1/updates/{id}", operation_id = "readUpdate", tag = "updates",
    responses((status = 200, body = UpdateBody))
)]
pub(super) async fn read(request: HttpRequest, state: Data<State>) -> Result<HttpResponse, Problem> {
    state.caller(&request, &[Scope::Read])?;
    let wait = Query::read(&request, &["wait"])?.wait()?;
    let gone =
        || Problem::new(Kind::UpdateExpired, "the id is wrong, or the update is older than the retention");
    let id: UpdateId = request.match_info().get("id").and_then(|id| id.parse().ok()).ok_or_else(gone)?;
    let store = state.engine.store();
    let update = store.update(id).await?.ok_or_else(gone)?;
    let waiter = state.engine.wait_for(&update.user);
    let UserSnapshot { user, lanes, .. } = store.user(&update.user).await?.ok_or_else(gone)?;
    let (status, _) = state.engine.settled(waiter, &update, &user, lanes, wait).await;
    Ok(HttpResponse::Ok().json(UpdateBody::new(&update, &status, &state.engine.routes())))
}

/// The updates of a user, newest first.
#[utoipa::path(
    get, path = "/v1/users/{id}/updates", operation_id = "listUpdatesOfUser", tag = "users",
    responses((status = 200, body = UpdatesBody))
)]
pub(super) async fn of_user(request: HttpRequest, state: Data<State>) -> Result<HttpResponse, Problem> {
    state.caller(&request, &[Scope::Read])?;
    let query = Query::read(&request, &["after", "limit"])?;
    let (after, limit) = (query.parse::<UpdateId>("after")?, query.limit(USUAL_ITEMS, MOST_ITEMS)?);
    let store = state.engine.store();
    let UserSnapshot { id, user, lanes } =
        store.user(&user_id(&request)?).await?.ok_or_else(user_not_found)?;
    let read = async |limit| store.updates_of(&id, after.map(UpdateCursor), limit).await;
    let Page { items, next } = Page::read(limit, read, |update| update.id.to_string()).await?;
    let routes = state.engine.routes();
    let show =
        |update: &UpdateRow| UpdateBody::new(update, &state.engine.status(update, &user, &lanes), &routes);
    Ok(HttpResponse::Ok().json(UpdatesBody { updates: items.iter().map(show).collect(), next }))
}

/// What needs attention: users whose values a vendor refused, or for whom nothing is sent before something changes.
#[utoipa::path(
    get, path = "/v1/updates", operation_id = "listAttention", tag = "updates",
    responses((status = 200, body = AttentionBody))
)]
pub(super) async fn attention(request: HttpRequest, state: Data<State>) -> Result<HttpResponse, Problem> {
    state.caller(&request, &[Scope::Read])?;
    let query = Query::read(&request, &["state", "route", "after", "limit"])?;
    let routes = state.engine.routes();
    if let Some(wanted) = unknown::asked_for(&query, &routes, USUAL_ITEMS, MOST_ITEMS)? {
        let page = Page::without_identity(&**state.engine.store(), wanted).await?;
        return Ok(HttpResponse::Ok().json(AttentionBody::new(&page, &routes, &Needy::default())));
    }
    let mut filter = filter_of(&query, &routes)?;
    if filter.states.is_empty() {
        filter.states = vec![LaneStateFilter::Blocked, LaneStateFilter::Held];
    }
    let page = Page::of_lanes(&**state.engine.store(), filter).await?;
    let needy = Needy::of(&**state.engine.store(), &page.items).await?;
    Ok(HttpResponse::Ok().json(AttentionBody::new(&page, &routes, &needy)))
}

/// Which lanes `state`, `route`, `after` and `limit` ask for.
///
/// # Errors
/// When one of them has no valid value.
pub(crate) fn filter_of(query: &Query, routes: &RouteSet) -> Result<LaneFilter, Problem> {
    let states = query.text("state").filter(|text| !text.is_empty()).map(states).transpose()?;
    let route = query.text("route").filter(|text| !text.is_empty());
    let id = |name| routes.by_name(name).map(|(id, _)| id).ok_or_else(|| unknown_route(routes));
    Ok(LaneFilter {
        route: route.map(id).transpose()?,
        states: states.unwrap_or_default(),
        after: query.after()?.map(LaneId),
        limit: query.limit(USUAL_ITEMS, MOST_ITEMS)?,
        ..LaneFilter::default()
    })
}

fn states(text: &str) -> Result<Vec<LaneStateFilter>, Problem> {
    let wrong = || {
        let words = "blocked, held, pending, in_doubt and keeps, separated by commas, or no_identity alone";
        Problem::invalid(format!("state takes {words}"))
    };
    let state = |word| match word {
        "blocked" => Ok(LaneStateFilter::Blocked),
        "held" => Ok(LaneStateFilter::Held),
        "pending" => Ok(LaneStateFilter::Pending),
        "in_doubt" => Ok(LaneStateFilter::InDoubt),
        "keeps" => Ok(LaneStateFilter::Keeps),
        _ => Err(wrong()),
    };
    text.split(',').map(state).collect()
}
