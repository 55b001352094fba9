use delivery::{
    RouteSet,
    lane::Lane,
    store::{LaneRow, LaneView, Store, StoreError, WithoutIdentity},
};

use super::{Page, Problem, Query, no_such_route};

/// The word of `state` that asks for users for whom a route has no identity. They have no lane there, so that no other state and no
/// other filter goes with it.
pub(crate) const NO_IDENTITY: &str = "no_identity";

/// Which users without an identity a query asks for; none when it asks for something else.
///
/// # Errors
/// When the query asks for more than that, or names no route.
pub(crate) fn asked_for(
    query: &Query,
    routes: &RouteSet,
    usual: u32,
    most: u32,
) -> Result<Option<WithoutIdentity>, Problem> {
    let states = query.text("state").unwrap_or_default();
    if !states.split(',').any(|state| state == NO_IDENTITY) {
        return Ok(None);
    }
    let others = ["user", "reason", "older_than"].iter().any(|name| query.text(name).is_some());
    let route = query.text("route").filter(|_| states == NO_IDENTITY && !others);
    let Some(route) = route else {
        let detail = "state=no_identity goes with route, after and limit alone: name one route";
        return Err(Problem::invalid(detail));
    };
    let (route, _) = routes.by_name(route).ok_or_else(|| no_such_route(routes))?;
    let after = query.parse("after")?;
    Ok(Some(WithoutIdentity { route, after, limit: query.limit(usual, most)? }))
}

impl Page<LaneView> {
    /// Users for whom a route has no identity, as lanes that do not exist yet.
    ///
    /// # Errors
    /// When the store fails.
    pub(crate) async fn without_identity(
        store: &dyn Store,
        wanted: WithoutIdentity,
    ) -> Result<Self, StoreError> {
        let read = async |limit| {
            let found = store.without_identity(WithoutIdentity { limit, ..wanted.clone() }).await?;
            let row = LaneRow { id: None, route: wanted.route, lane: Lane::default().into() };
            let view = |(user, version)| LaneView { user, row: row.clone(), version, update: None };
            Ok(found.into_iter().map(view).collect())
        };
        Self::read(wanted.limit, read, |view| view.user.to_string()).await
    }
}

/// Whether a listed lane stands for a user without an identity.
pub(crate) fn is_unknown(view: &LaneView) -> bool {
    view.row.id.is_none()
}
