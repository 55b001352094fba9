use actix_web::{HttpRequest, HttpResponse, web::Data};
use api_types::{FieldsBody, LookBody};
use delivery::status;
use gateway_config::Scope;

use super::{
    Problem, Query, State, no_such_route,
    problem::{user_erased, user_not_found},
    state::user_id,
};

/// What a vendor shows of a user, beside what the gateway believes. The vendor is asked now, at the route's rate.
#[utoipa::path(
    get, path = "/v1/users/{id}/vendors/{name}", operation_id = "readUserAtVendor", tag = "users",
    responses((status = 200, body = LookBody))
)]
pub(super) async fn user(request: HttpRequest, state: Data<State>) -> Result<HttpResponse, Problem> {
    state.caller(&request, &[Scope::Read])?;
    Query::read(&request, &[])?;
    let user = user_id(&request)?;
    let routes = state.engine.routes();
    let (id, route) = routes.by_name(route_name(&request)).ok_or_else(|| no_such_route(&routes))?;
    let snapshot = state.engine.store().user(&user).await?.ok_or_else(user_not_found)?;
    if let Some(at) = snapshot.user.erased_at {
        return Err(user_erased(at));
    }
    let look = state.engine.look(&snapshot, id).await?;
    let lane = snapshot.lanes.iter().find(|row| row.route == id).map(|row| &*row.lane);
    let condition = state.engine.conditions().get(&id).copied().unwrap_or_default();
    let standing = status::of_user(route, &snapshot.user, lane, &condition);
    Ok(HttpResponse::Ok().json(LookBody::new(user.as_str(), route, &standing, look)))
}

/// The fields that a vendor's customer has defined, and which leaves go to them. The vendor is asked now, at the route's rate.
#[utoipa::path(
    get, path = "/v1/routes/{name}/fields", operation_id = "listVendorFields", tag = "routes",
    responses((status = 200, body = FieldsBody))
)]
pub(super) async fn fields(request: HttpRequest, state: Data<State>) -> Result<HttpResponse, Problem> {
    state.caller(&request, &[Scope::Read])?;
    let with_values = Query::read(&request, &["values"])?.parse("values")?.unwrap_or(false);
    let routes = state.engine.routes();
    let (id, route) = routes.by_name(route_name(&request)).ok_or_else(|| no_such_route(&routes))?;
    let definitions = state.engine.definitions(id, with_values).await?;
    Ok(HttpResponse::Ok().json(FieldsBody::new(route, definitions)))
}

fn route_name(request: &HttpRequest) -> &str {
    request.match_info().get("name").unwrap_or_default()
}
