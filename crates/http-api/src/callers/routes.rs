use std::collections::BTreeMap;

use actix_web::{HttpRequest, HttpResponse, web::Data};
use api_types::{RouteBody, RoutesBody, VendorBody, VendorsBody};
use delivery::{RouteId, engine::Engine, store::RouteCounts};
use gateway_config::Scope;

use super::{Problem, Query, State};

/// The configured routes, what each carries, and what keeps it from sending.
#[utoipa::path(
    get, path = "/v1/routes", operation_id = "listRoutes", tag = "routes",
    responses((status = 200, body = RoutesBody))
)]
pub(super) async fn routes(request: HttpRequest, state: Data<State>) -> Result<HttpResponse, Problem> {
    state.caller(&request, &[Scope::Read])?;
    Query::read(&request, &[])?;
    Ok(HttpResponse::Ok().json(list(&state.engine, &BTreeMap::new())))
}

/// The configured routes, with the counts that are given.
pub(crate) fn list(engine: &Engine, counts: &BTreeMap<RouteId, RouteCounts>) -> RoutesBody {
    let (conditions, deprecations) = (engine.conditions(), engine.deprecations());
    let set = engine.routes();
    let routes = set.iter().map(|(id, route)| {
        let condition = conditions.get(&id).copied().unwrap_or_default();
        (route.name.clone(), {
            let deprecation = deprecations.get(&id);
            RouteBody::new(route, &condition, deprecation, counts.get(&id), engine.now())
        })
    });
    // Every route counts everybody.
    let users = counts.values().map(RouteCounts::users).max();
    RoutesBody { users, routes: routes.collect() }
}

/// The vendors that a route can be configured for, and what each can carry.
#[utoipa::path(
    get, path = "/v1/vendors", operation_id = "listVendors", tag = "routes",
    responses((status = 200, body = VendorsBody))
)]
pub(super) async fn vendors(request: HttpRequest, state: Data<State>) -> Result<HttpResponse, Problem> {
    state.caller(&request, &[Scope::Read])?;
    Query::read(&request, &[])?;
    let vendors = state.vendors.iter().map(|dialect| (dialect.vendor, VendorBody::new(dialect)));
    Ok(HttpResponse::Ok().json(VendorsBody { vendors: vendors.collect() }))
}
