use actix_web::{HttpRequest, HttpResponse, web::Data};
use futures_util::future::join_all;

use super::State;
use crate::{
    callers::{Problem, Query, unknown_route},
    doctor::{Examinations, examine},
};

/// Proves the routes against their vendors, without changing anybody: reached, TLS, credential, fields.
#[utoipa::path(
    post, path = "/v1/doctor", operation_id = "examineRoutes", tag = "routes", responses((status = 200, body = Examinations))
)]
pub(super) async fn doctor(request: HttpRequest, state: Data<State>) -> Result<HttpResponse, Problem> {
    state.operator(&request)?;
    let query = Query::read(&request, &["route"])?;
    let routes = state.engine.routes();
    let only = query.text("route").filter(|name| !name.is_empty());
    if only.is_some_and(|name| routes.by_name(name).is_none()) {
        return Err(unknown_route(&routes));
    }
    let wanted = routes.iter().filter(|(_, route)| only.is_none_or(|name| route.name == name));
    // All at once: one that hangs costs the others nothing.
    let examined = wanted.map(|(id, route)| examine(route, Some((&state.engine, id))));
    let mut found = Examinations { routes: join_all(examined).await };
    let (conditions, deprecations) = (state.engine.conditions(), state.engine.deprecations());
    for examination in &mut found.routes {
        let pause = routes.by_name(&examination.route).and_then(|(id, _)| conditions.get(&id)?.pause);
        pause.into_iter().for_each(|pause| examination.note_pause(pause.reason));
        // A vendor may warn in its answers to updates alone.
        let warning = routes.by_name(&examination.route).and_then(|(id, _)| deprecations.get(&id));
        warning.into_iter().for_each(|warning| examination.note_deprecation(warning));
    }
    Ok(HttpResponse::Ok().json(found))
}
