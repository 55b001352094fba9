use std::sync::Arc;

use super::Engine;
use crate::{
    Route,
    store::{RegisteredRoute, Rekeyed, Rekeying, StoreError},
};

impl Engine {
    /// Gives the subjects of each route that compares them in another way than they were stored under their new keys. Nobody uses
    /// these routes yet: one that is in use has the keys of its comparison.
    pub(super) async fn rekey(
        &self,
        routes: &[Arc<Route>],
        registered: &[RegisteredRoute],
    ) -> Result<(), StoreError> {
        let due = routes.iter().zip(registered).filter(|(_, known)| known.keys_due);
        for (route, known) in due {
            let rekeying = Rekeying { route: known.id, kind: route.subject_kind, now: self.now() };
            let Rekeyed { changed, taken, unaddressable } = self.inner.store.rekey(rekeying).await?;
            let comparison = route.subject_kind.comparison.name();
            tracing::info!(
                route = route.name,
                comparison,
                changed,
                "identities are compared in another way than before"
            );
            if taken > 0 {
                tracing::error!(
                    route = route.name,
                    users = taken,
                    "users have an identity that another user has, too, as the vendor compares them: nothing is sent for them; see `lanes --reason subject_taken`"
                );
            }
            if unaddressable > 0 {
                tracing::error!(
                    route = route.name,
                    users = unaddressable,
                    "users have an identity that the route does not take any more: nothing is sent for them; see `lanes --reason unaddressable`"
                );
            }
        }
        Ok(())
    }
}
