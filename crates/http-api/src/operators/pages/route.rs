use actix_web::{
    HttpRequest, HttpResponse,
    http::StatusCode,
    web::{Data, Payload},
};
use askama::Template;
use delivery::{gate::Probe, lane::Rearm, store::RearmTarget};

use super::{
    Refusal,
    access::Visitor,
    answer,
    frame::Frame,
    live::{self, Part, RouteNow},
};
use crate::{
    callers::{Problem, Query},
    operators::{State, lanes::waits},
};

#[derive(Template)]
#[template(path = "route.html")]
struct RoutePage {
    frame: Frame,
    route: RouteNow,
    /// The names of all routes.
    names: String,
}

/// How one route stands, and what can be done with it.
pub(super) async fn show(request: HttpRequest, state: Data<State>) -> Result<HttpResponse, Refusal> {
    let visitor = Visitor::of(&request, &state)?;
    Query::read(&request, &[])?;
    let name = request.match_info().get("name").unwrap_or_default();
    let names = live::names(&state);
    let route = live::look_at(&state, name).await?.ok_or_else(Problem::not_found)?;
    let page = RoutePage { frame: visitor.frame(&state, "routes"), route, names };
    Ok(answer::page(StatusCode::OK, &page))
}

/// Pauses, resumes, probes, resyncs or retries a route, or forgets what its vendor keeps, in the name of the operator's key.
pub(super) async fn act(
    request: HttpRequest,
    state: Data<State>,
    payload: Payload,
) -> Result<HttpResponse, Refusal> {
    let (visitor, form) = Visitor::acting(&request, &state, payload).await?;
    let [name, act] = ["name", "act"].map(|part| request.match_info().get(part).unwrap_or_default());
    let (route, by) = (state.engine.routes().by_name(name).map(|(id, _)| id), visitor.caller.actor());
    let route = route.ok_or_else(Problem::not_found)?;
    let notice = match act {
        "pause" => {
            state.engine.pause(route, by).await?;
            format!("Route {name} is paused. Updates are taken as before and wait.")
        }
        "resume" => {
            state.engine.resume(route, by).await?;
            format!("Route {name} sends again.")
        }
        "probe" => match state.engine.probe(route, by).await? {
            Probe::Begun => format!("One request is tried at route {name}."),
            Probe::NothingToFindOut => format!("There is nothing to find out at route {name}: it sends."),
            Probe::Stopped => format!("Nothing is tried at route {name}: somebody has to resume it."),
        },
        "resync" => {
            let lanes = state.engine.resync(route, by).await?;
            let when = waits(&state, route).map(|when| format!("; {when}")).unwrap_or_default();
            format!("Everything is sent again for {}, behind the updates of callers{when}.", users(lanes))
        }
        "retry" => {
            let lanes = state.engine.rearm(Rearm::Retry, RearmTarget::Attention(route), by).await?;
            let when = waits(&state, route).map(|when| format!("; {when}")).unwrap_or_default();
            format!("What was held or blocked is tried again for {}{when}.", users(lanes))
        }
        "forget-kept" => {
            let lanes = state.engine.forget_kept(route, None, by).await?;
            format!("What the vendor kept is forgotten for {}.", users(lanes))
        }
        _ => return Err(Problem::not_found().into()),
    };
    visitor.tell(&state, notice);
    let redirect_target =
        if form.text("back").is_empty() { format!("/routes/{name}") } else { form.redirect_target("back") };
    Ok(answer::go_to(&redirect_target))
}

fn users(count: u64) -> String {
    if count == 1 { "1 user".to_owned() } else { format!("{count} users") }
}
