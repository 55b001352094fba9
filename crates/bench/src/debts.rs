//! People for whom one vendor has yet to be told something: as many as one likes, without a gateway that runs.

use std::{ops::Range, path::Path, sync::Arc};

use canonical::{Patch, Rules, UserId};
use delivery::{
    Route, RouteSet,
    lane::Priority,
    store::{Accept, Actor, LaneRow, Lanes, Observer, Precondition, RouteRegistration, Upkeep},
};
use futures_util::{TryStreamExt, stream};
use gateway_config::{Config, Environment};
use store_sqlite::{Options, SqliteStore};
use uuid::Uuid;

use crate::Error;

/// How many updates wait for the store at one time: two of its largest commits.
const AT_ONCE: usize = 512;

/// Takes one update for each of these people, whom one route's vendor alone knows, through the store's own `accept`: what a
/// gateway would have stored that was stopped before it sent anything. `config` is the file of that gateway.
///
/// # Errors
/// When the configuration or the database does not allow it.
pub(crate) fn owe(config: &Path, route: &str, people: Range<u64>) -> Result<(), Error> {
    let config = Config::load(config, &Environment::default()).map_err(|errors| format!("{errors:?}"))?;
    let mut options = Options::new(&config.store.sqlite, Arc::new(Nobody));
    options.queue = AT_ONCE;
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build()?;
    runtime.block_on(async {
        let store = SqliteStore::open(options)?;
        let routes = register(&store, &config).await?;
        let updates = stream::iter(people.map(|person| change(&routes, route, person)));
        let taken = updates.map_ok(async |update| store.accept(update).await.map_err(Error::from));
        taken.try_buffer_unordered(AT_ONCE).try_for_each(async |_| Ok(())).await?;
        store.close().await;
        Ok(())
    })
}

async fn register(store: &SqliteStore, config: &Config) -> Result<Arc<RouteSet>, Error> {
    let mut routes: Vec<Arc<Route>> = Vec::new();
    for route in &config.routes {
        routes.push(Arc::new(route.build()?));
    }
    let registrations = routes.iter().map(|route| RouteRegistration::of(route));
    let registered = store.register_routes(registrations.collect()).await?;
    Ok(Arc::new(RouteSet::new(registered.into_iter().map(|route| route.id).zip(routes))))
}

fn change(routes: &Arc<RouteSet>, route: &str, person: u64) -> Result<Accept, Error> {
    // Numbers that no user of the load has.
    let number = 20_000_000 + person;
    let user: UserId = format!("u{number}").parse().map_err(|invalid| format!("{invalid:?}"))?;
    let body = format!(
        r#"{{"given_name":"Name {number}","family_name":"Waiting","email":"u{number}@example.org",
            "phone_number":"+1416{}","identities":{{"{route}":{number}}}}}"#,
        2_000_000 + person % 8_000_000
    );
    let patch = Patch::parse(body.as_bytes(), &Rules::default()).map_err(|faults| format!("{faults:?}"))?;
    Ok(Accept {
        id: Uuid::now_v7(),
        user,
        patch,
        precondition: Precondition::None,
        idempotency: None,
        caller: Actor("bench".to_owned()),
        may_create: true,
        may_operate: false,
        trace: None,
        routes: Arc::clone(routes),
        grants: Vec::new(),
        priority: Priority::Interactive,
        now: now(),
    })
}

/// Milliseconds since the Unix epoch.
fn now() -> i64 {
    let since = std::time::SystemTime::now().duration_since(std::time::UNIX_EPOCH).unwrap_or_default();
    i64::try_from(since.as_millis()).unwrap_or(i64::MAX)
}

/// Nobody delivers what is owed.
#[derive(Debug)]
struct Nobody;

impl Observer for Nobody {
    fn committed(&self, _: &[(UserId, LaneRow)]) {}
}
