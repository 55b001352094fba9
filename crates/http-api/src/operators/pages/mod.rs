//! The operator pages: what the operators' calls tell and do, for people with a browser.
//!
//! Every page is complete as it is answered and works without a script; a small script keeps the routes up to date
//! ([`live`]). An operator signs in with a key; a session in memory then stands for it ([`access`]). Pages call the same
//! functions of the engine as the calls with a key do.

mod access;
mod answer;
mod asset;
mod frame;
mod framed;
mod live;
mod text;

mod configuration;
mod lane;
mod lanes;
mod overview;
mod plan;
mod route;
mod sign_in;
mod user;

use std::sync::Arc;

use actix_web::{HttpRequest, http::header::HOST, middleware::from_fn, web};
use api_types::{LastFailureBody, time};
use arc_swap::ArcSwap;

pub use live::{Board, watch};

use crate::callers::{Problem, Settings, resource};
use access::Sessions;
use answer::Refusal;
use framed::framed;
pub(super) use framed::missing;
use live::{Counts, Streams};

/// What the pages work with beside the rest of the operators' state.
#[derive(Debug)]
pub struct Pages {
    sessions: Sessions,
    board: Arc<Board>,
    hosts: Vec<String>,
    settings: Arc<ArcSwap<Settings>>,
    counts: Counts,
    streams: Arc<Streams>,
}

impl Pages {
    /// Pages for a listener that browsers may reach by these names beside its addresses.
    pub fn new(board: Arc<Board>, hosts: Vec<String>, settings: Arc<ArcSwap<Settings>>) -> Self {
        Self {
            sessions: Sessions::default(),
            counts: Counts::new(Arc::clone(&board)),
            board,
            hosts,
            settings,
            streams: Arc::default(),
        }
    }

    /// Refuses what a page of another site asks for under a name that it owns. Whoever is no browser may leave `Host` out.
    ///
    /// # Errors
    /// `forbidden`.
    pub(super) fn refuse_foreign(&self, request: &HttpRequest) -> Result<(), Problem> {
        if request.headers().contains_key(HOST) { access::guard::host(request, &self.hosts) } else { Ok(()) }
    }

    /// The last attempt at a route that failed since the process began.
    pub(super) fn last_failure(&self, route: &str) -> Option<LastFailureBody> {
        let (_, failures) = self.board.read(route);
        let last = failures.first()?;
        Some(LastFailureBody {
            at: time(last.at),
            failure: last.word(),
            status: last.status,
            lane: last.lane,
        })
    }
}

/// Adds the pages to the operators' application.
pub(super) fn configure(config: &mut web::ServiceConfig) {
    let get = |path: &str| resource(path, "GET");
    config.service(get("/").route(web::get().to(overview::show)).wrap(from_fn(framed)));
    config.service(
        resource("/sign-in", "GET, POST")
            .route(web::get().to(sign_in::show))
            .route(web::post().to(sign_in::enter)),
    );
    config.service(resource("/sign-out", "POST").route(web::post().to(sign_in::leave)));
    config.service(get("/routes/{name}").route(web::get().to(route::show)).wrap(from_fn(framed)));
    config.service(
        resource("/routes/{name}/{act}", "POST").route(web::post().to(route::act)).wrap(from_fn(framed)),
    );
    config.service(get("/lanes").route(web::get().to(lanes::show)).wrap(from_fn(framed)));
    config.service(get("/lanes/{id}").route(web::get().to(lane::show)).wrap(from_fn(framed)));
    config.service(
        resource("/lanes/{id}/retry", "POST").route(web::post().to(lane::retry)).wrap(from_fn(framed)),
    );
    let forget_kept = web::post().to(lane::forget_kept);
    config.service(resource("/lanes/{id}/forget-kept", "POST").route(forget_kept).wrap(from_fn(framed)));
    config.service(get("/users").route(web::get().to(user::search)).wrap(from_fn(framed)));
    config.service(get("/users/{id}").route(web::get().to(user::show)).wrap(from_fn(framed)));
    config.service(
        resource("/plan", "GET, POST")
            .route(web::get().to(plan::show))
            .route(web::post().to(plan::plan))
            .wrap(from_fn(framed)),
    );
    config.service(get("/configuration").route(web::get().to(configuration::show)).wrap(from_fn(framed)));
    config.service(get("/events").route(web::get().to(live::events)));
    config.service(get("/assets/{hash}/{name}").route(web::get().to(asset::serve)));
}
