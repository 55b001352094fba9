use std::collections::BTreeMap;

use actix_web::{HttpRequest, HttpResponse, http::StatusCode, web::Data};
use api_types::UserBody;
use askama::Template;
use canonical::{UserId, Value};
use delivery::{
    Millis,
    store::{UserRow, UserSnapshot},
};
use gateway_config::Scope;

use super::{
    Refusal,
    access::Visitor,
    answer,
    frame::Frame,
    text::{clock, filters},
};
use crate::{
    callers::{Problem, Query, user_erased, user_id, user_not_found},
    operators::State,
};

/// How many updates of a user are shown.
const UPDATES: u32 = 10;

#[derive(Template)]
#[template(path = "search.html")]
struct SearchPage {
    frame: Frame,
    id: String,
    refusal: Option<String>,
}

#[derive(Template)]
#[template(path = "user.html")]
struct UserPage {
    frame: Frame,
    user: UserBody,
    /// When the newest version was accepted.
    since: String,
    now: Millis,
    lanes: BTreeMap<String, i64>,
    leaves: Vec<LeafNow>,
    updates: Vec<UpdateNow>,
}

impl UserPage {
    /// The id of the user's lane at a route.
    fn lane_of(&self, route: &str) -> Option<i64> {
        self.lanes.get(route).copied()
    }
}

/// One leaf of the user.
struct LeafNow {
    name: String,
    /// None when it was cleared.
    value: Option<String>,
    version: u64,
}

/// One update of the user.
struct UpdateNow {
    at: String,
    version: u64,
    caller: String,
    changed: Vec<String>,
}

/// Asks for a user's id, and leads to the user.
pub(super) async fn search(request: HttpRequest, state: Data<State>) -> Result<HttpResponse, Refusal> {
    let visitor = Visitor::of(&request, &state)?;
    let query = Query::read(&request, &["id"])?;
    let id = query.text("id").unwrap_or_default().trim_matches(|c: char| c == '+' || c.is_whitespace());
    let refusal = match id.parse::<UserId>() {
        Ok(id) => return Ok(answer::go_to(&format!("/users/{id}"))),
        Err(invalid) => (!id.is_empty()).then(|| invalid.0.to_owned()),
    };
    let status = if refusal.is_some() { StatusCode::BAD_REQUEST } else { StatusCode::OK };
    let page = SearchPage { frame: visitor.frame(&state, "users"), id: id.to_owned(), refusal };
    Ok(answer::page(status, &page))
}

/// One user across the vendors; takes the scope of `GET /v1/users/{id}`.
pub(super) async fn show(request: HttpRequest, state: Data<State>) -> Result<HttpResponse, Refusal> {
    let visitor = Visitor::with(&request, &state, &[Scope::Read])?;
    Query::read(&request, &[])?;
    let store = state.engine.store();
    let snapshot: UserSnapshot = store.user(&user_id(&request)?).await?.ok_or_else(user_not_found)?;
    if let Some(at) = snapshot.user.erased_at {
        return Err(Problem::into(user_erased(at)));
    }
    let routes = state.engine.routes();
    let updates = store.updates_of(&snapshot.id, None, UPDATES).await?;
    let page = UserPage {
        frame: visitor.frame(&state, "users"),
        user: UserBody::new(&snapshot, &routes, &state.engine.conditions()),
        since: clock(snapshot.user.updated_at),
        now: state.engine.now(),
        lanes: snapshot
            .lanes
            .iter()
            .filter_map(|row| Some((routes.get(row.route)?.name.clone(), row.id?.0)))
            .collect(),
        leaves: leaves(&snapshot.user),
        updates: updates
            .into_iter()
            .map(|update| UpdateNow {
                at: clock(update.at),
                version: update.version,
                caller: update.caller,
                changed: update.changed.iter().map(ToString::to_string).collect(),
            })
            .collect(),
    };
    Ok(answer::page(StatusCode::OK, &page))
}

fn leaves(user: &UserRow) -> Vec<LeafNow> {
    let leaf = user.profile.iter().map(|(leaf, entry)| LeafNow {
        name: leaf.name().to_owned(),
        value: entry.value.as_ref().map(text),
        version: entry.version,
    });
    leaf.collect()
}

fn text(value: &Value) -> String {
    value.to_text().unwrap_or_else(|| match value.to_json() {
        serde_json::Value::Array(items) => {
            items.iter().filter_map(serde_json::Value::as_str).collect::<Vec<_>>().join(", ")
        }
        other => other.to_string(),
    })
}
