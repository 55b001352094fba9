//! The operators' HTTP API: health, metrics, and the acts that need the scope `operate`; and pages that show the same. It listens
//! on a socket of its own, by default on the loopback interface, so that no caller's key reaches it by accident.

mod health;
mod metrics;
mod state;

mod audit;
mod docs;
mod doctor;
mod explain;
mod filter;
mod lane;
mod lanes;
mod next_step;
mod openapi;
mod reload;
mod retried;
mod routes;
mod verification;
mod verify;

mod pages;

use std::{io, net::TcpListener, sync::Arc};

use actix_web::{dev::Server, web};

pub use audit::ReportBody;
pub use openapi::openapi;
pub use pages::{Board, Pages, watch};
pub use reload::reload_as;
pub use reload::{ReloadReport, Reloader};
pub use state::State;

use crate::callers::{ServerLimits, resource, start};

/// Adds the operators' calls to an application; [`crate::callers::observe`] is to be wrapped around it.
pub fn configure(state: web::Data<State>, config: &mut web::ServiceConfig) {
    let metrics = web::Data::from(Arc::clone(&state.metrics));
    config.app_data(state).app_data(metrics);
    config.service(resource("/live", "GET").route(web::get().to(health::live)));
    config.service(resource("/ready", "GET").route(web::get().to(health::ready)));
    config.service(resource("/metrics", "GET").route(web::get().to(metrics::metrics)));
    config.service(resource("/v1/lanes", "GET").route(web::get().to(lanes::list)));
    config.service(resource("/v1/lanes/retry", "POST").route(web::post().to(lanes::retry_page)));
    config.service(resource("/v1/lanes/{id}", "GET").route(web::get().to(lanes::read)));
    config.service(resource("/v1/lanes/{id}/retry", "POST").route(web::post().to(lanes::retry)));
    config.service(resource("/v1/routes", "GET").route(web::get().to(routes::list)));
    config.service(resource("/v1/routes/{name}/retry", "POST").route(web::post().to(routes::retry)));
    config.service(resource("/v1/routes/{name}/pause", "POST").route(web::post().to(routes::pause)));
    config.service(resource("/v1/routes/{name}/resume", "POST").route(web::post().to(routes::resume)));
    config.service(resource("/v1/routes/{name}/probe", "POST").route(web::post().to(routes::probe)));
    config.service(resource("/v1/routes/{name}/resync", "POST").route(web::post().to(routes::resync)));
    let forget_kept = web::post().to(routes::forget_kept);
    config.service(resource("/v1/routes/{name}/forget-kept", "POST").route(forget_kept));
    let explain = web::get().to(explain::explain);
    config.service(resource("/v1/users/{id}/routes/{name}", "GET").route(explain));
    config.service(resource("/v1/verify", "POST").route(web::post().to(verify::verify)));
    config.service(resource("/v1/openapi.json", "GET").route(web::get().to(openapi::serve)));
    config.service(resource("/v1/doctor", "POST").route(web::post().to(doctor::doctor)));
    config.service(resource("/v1/reload", "POST").route(web::post().to(reload::reload)));
    config.service(resource("/v1/audit", "GET").route(web::get().to(audit::list)));
    docs::configure(config);
    config.service(resource("/v1/audit/verify", "GET").route(web::get().to(audit::verify)));
    pages::configure(config);
    config.default_service(web::to(pages::missing));
}

/// Serves the operators on a socket that listens already. The server runs when it is awaited, on threads of its own.
///
/// # Errors
/// When the socket cannot be used.
pub fn serve(listener: TcpListener, state: Arc<State>, limits: ServerLimits) -> io::Result<Server> {
    let state = web::Data::from(state);
    start(listener, limits, move |config| configure(state.clone(), config))
}
