//! The callers' HTTP API: reads requests strictly, hands them to the engine, shows what became of them.
//!
//! Handlers are thin: they check who asks ([`Keys`]), read the request, call [`delivery::engine::Engine`] and turn its
//! answer into a DTO. Every refusal is a [`Problem`]. Nothing here decides what is sent to a vendor.

mod keys;
mod list;
mod problem;
mod state;

mod auth;
mod body;
mod headers;
mod host;
mod lines;
mod needy;
mod page;
mod preconditions;
mod query;
mod quoted;
mod submission;
pub(crate) mod unknown;

mod plan;
mod reading;
mod routes;
mod updates;
mod users;

mod connection;
mod logging;
mod openapi;
mod resource;
mod server;

use std::{io, net::TcpListener, sync::Arc};

use actix_web::{dev::Server, web};

pub use headers::idempotency_key;
pub use keys::Keys;
pub use logging::observe;
pub use openapi::openapi;
pub(crate) use openapi::{Call, USUAL, answer, complete, serve as describe};
pub(crate) use page::Page;
pub use problem::Problem;
pub use server::ServerLimits;
pub use state::{Settings, State};

pub(crate) use auth::Caller;
pub(crate) use body::bytes as body_bytes;
pub(crate) use needy::Needy;
pub(crate) use problem::{no_such_route, unknown_route, user_erased, user_not_found};
pub(crate) use query::Query;
pub(crate) use resource::not_found;
pub use resource::resource;
pub(crate) use routes::list as routes_of;
pub(crate) use server::start;
pub(crate) use state::user_id;
pub(crate) use unknown::is_unknown;
pub(crate) use updates::{MOST_ITEMS, USUAL_ITEMS, filter_of};

/// Adds the callers' calls to an application; [`observe`] is to be wrapped around it.
pub fn configure(state: web::Data<State>, config: &mut web::ServiceConfig) {
    let metrics = web::Data::from(Arc::clone(&state.metrics));
    config.app_data(state).app_data(metrics);
    config.service(
        resource("/v1/users/{id}", "GET, PATCH, DELETE")
            .route(web::get().to(users::read))
            .route(web::patch().to(users::patch))
            .route(web::delete().to(users::erase)),
    );
    config.service(resource("/v1/users/{id}/plan", "POST").route(web::post().to(plan::plan)));
    config.service(resource("/v1/users/{id}/vendors/{name}", "GET").route(web::get().to(reading::user)));
    config.service(resource("/v1/users/{id}/updates", "GET").route(web::get().to(updates::of_user)));
    config.service(resource("/v1/updates", "GET").route(web::get().to(updates::attention)));
    config.service(resource("/v1/updates/{id}", "GET").route(web::get().to(updates::read)));
    config.service(resource("/v1/routes", "GET").route(web::get().to(routes::routes)));
    config.service(resource("/v1/routes/{name}/fields", "GET").route(web::get().to(reading::fields)));
    config.service(resource("/v1/vendors", "GET").route(web::get().to(routes::vendors)));
    config.service(resource("/v1/openapi.json", "GET").route(web::get().to(openapi::serve)));
    config.default_service(not_found());
}

/// Serves the callers on a socket that listens already. The server runs when it is awaited, on threads of its own.
///
/// # Errors
/// When the socket cannot be used.
pub fn serve(listener: TcpListener, state: Arc<State>, limits: ServerLimits) -> io::Result<Server> {
    let state = web::Data::from(state);
    start(listener, limits, move |config| configure(state.clone(), config))
}
