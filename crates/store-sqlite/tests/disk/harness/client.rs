//! A seeded workload: updates, claims, settles, erases.

use std::{path::Path, sync::Arc};

use canonical::{Patch, Rules, UserId};
use delivery::{
    RouteId, RouteSet,
    lane::{Outcome, Priority, Settle},
    planner,
    store::{
        Accept, Actor, ClaimDue, Erase, IdempotencyKey, Lanes, Precondition, RouteRegistration, Settlement,
        StoreError, Upkeep, Work,
    },
};
use store_sqlite::{OpenError, Options, SqliteStore};
use testkit::{routes, store_suite::Recorder};
use uuid::Uuid;
use vfs_shim::{Disk, Random};

use super::ledger::{Fact, Ledger, Told};

/// The name of the database in its directory.
pub(crate) const FILE: &str = "gateway.db";

/// Opens a store on the shim's disk.
pub(crate) fn open_shimmed(directory: &Path) -> Result<SqliteStore, OpenError> {
    let mut options = Options::new(directory.join(FILE), Arc::new(Recorder::default()));
    options.vfs = Some(vfs_shim::register().to_owned());
    SqliteStore::open(options)
}

/// Registers the routes.
pub(crate) async fn register(store: &SqliteStore) -> Result<Arc<RouteSet>, StoreError> {
    let all =
        [routes::plain("alpha"), routes::plain("beta"), routes::by_email("mail"), routes::needy("needy")];
    let registered = store.register_routes(all.iter().map(RouteRegistration::of).collect()).await?;
    let ids = registered.into_iter().map(|route| route.id);
    Ok(Arc::new(RouteSet::new(ids.zip(all.map(Arc::new)))))
}

/// Clients of one store, who remember what they were told.
pub(crate) struct Client {
    pub(crate) store: Arc<SqliteStore>,
    pub(crate) ledger: Ledger,
    disk: Disk,
    routes: Arc<RouteSet>,
    random: Random,
    work: Vec<Work>,
    now: i64,
    /// Makes ids and keys of a life its own.
    life: u64,
}

impl Client {
    pub(crate) fn new(
        store: SqliteStore,
        routes: Arc<RouteSet>,
        disk: Disk,
        seed: u64,
        ledger: Ledger,
    ) -> Self {
        let random = Random::new(seed);
        Self {
            store: Arc::new(store),
            ledger,
            disk,
            routes,
            random,
            work: Vec::new(),
            now: 1_000,
            life: seed,
        }
    }

    /// Does one thing, or a few updates at once; answers how it ended, the worst of several.
    pub(crate) async fn step(&mut self, most_at_once: usize) -> Told {
        self.now += 1_000;
        match self.random.below(100) {
            0..60 => {
                let commands = (0..=self.random.below(most_at_once)).map(|_| self.command()).collect();
                self.accept(commands).await
            }
            60..75 => self.claim().await,
            75..90 => self.settle().await,
            90..95 => self.erase().await,
            _ => match self.store.check().await {
                Ok(()) => Told::Done,
                Err(error) => (&error).into(),
            },
        }
    }

    fn command(&mut self) -> Accept {
        let number = self.random.below(6);
        let sequence = self.ledger.asked.len() as u128 + (u128::from(self.life) << 32);
        let id = Uuid::from_u128(0x0190_0000_0000_7000_8000_0000_0000_0000 + sequence);
        let json = self.patch(number);
        let reviving = self.random.percent(20);
        let mut grants: Vec<RouteId> = self.routes.iter().map(|(id, _)| id).collect();
        grants.retain(|_| self.random.percent(20));
        let command = Accept {
            id,
            user: user(number),
            patch: Patch::parse(json.as_bytes(), &Rules::default()).expect("a valid patch"),
            precondition: if reviving { Precondition::Absent } else { Precondition::None },
            idempotency: Some(IdempotencyKey {
                key: format!("key-{id}"),
                request: json.into_bytes(),
                expires_at: i64::MAX,
            }),
            caller: Actor(format!("caller-{}", self.random.below(3))),
            may_create: true,
            may_operate: true,
            trace: None,
            routes: Arc::clone(&self.routes),
            grants,
            priority: Priority::Interactive,
            now: self.now,
        };
        self.ledger.asked.push(command.clone());
        command
    }

    /// Small and large values, so that rows move and spill over pages.
    fn patch(&mut self, number: usize) -> String {
        let title = self.random.number() % 50;
        let site = "x".repeat(if self.random.percent(15) { self.random.below(6_000) } else { 5 });
        let tag = self.random.below(9);
        let rest = match self.random.below(4) {
            0 => format!(r#""identities":{{"alpha":1{number},"beta":2{number}}}"#),
            1 => format!(r#""email":"u{number}@x.org","tags":["t{tag}"]"#),
            2 => format!(r#""website":"https://x.org/{site}""#),
            _ => r#""nickname":null"#.to_owned(),
        };
        format!(r#"{{"title":"title {title}",{rest}}}"#)
    }

    /// Sends updates at the same time.
    pub(crate) async fn accept(&mut self, commands: Vec<Accept>) -> Told {
        let sent = commands.into_iter().map(|command| {
            let (store, disk) = (Arc::clone(&self.store), self.disk.clone());
            tokio::spawn(async move {
                let result = store.accept(command.clone()).await;
                (disk.moment(), command, result)
            })
        });
        let mut worst = Told::Done;
        for answer in sent.collect::<Vec<_>>() {
            let (moment, command, result) = answer.await.expect("no panic");
            match result {
                Ok(accepted) => {
                    assert!(!accepted.replayed, "the key was new");
                    self.work.extend(accepted.work);
                    let (command, update) = (Box::new(command), Box::new(accepted.update));
                    self.ledger.facts.push((moment, Fact::Accepted { command, update }));
                }
                Err(error) => {
                    let told = Told::from(&error);
                    assert_ne!(told, Told::Wrong, "{error:?}");
                    if told == Told::Full {
                        self.ledger.full.push(command);
                    }
                    worst = if worst == Told::Done { told } else { worst };
                }
            }
        }
        worst
    }

    /// One update of somebody who always may be updated.
    pub(crate) async fn accept_one(&mut self) -> Told {
        let mut command = self.command();
        command.user = user(99);
        command.precondition = Precondition::None;
        command.patch = Patch::parse(br#"{"department":"d"}"#, &Rules::default()).expect("a valid patch");
        self.accept(vec![command]).await
    }

    async fn claim(&mut self) -> Told {
        let ids: Vec<RouteId> = self.routes.iter().map(|(id, _)| id).collect();
        let route = ids[self.random.below(ids.len())];
        let routes = Arc::clone(&self.routes);
        let due =
            ClaimDue { route, routes, limit: 3, retries: 3, probe: None, released_at: None, now: self.now };
        match self.store.claim(due).await {
            Ok(claimed) => {
                let moment = self.disk.moment();
                for work in claimed.work {
                    let (user, lane, epoch) = (work.user.clone(), work.lane, work.claim.epoch);
                    self.ledger.facts.push((moment, Fact::Claimed { user, lane, epoch }));
                    self.work.push(work);
                }
                Told::Done
            }
            Err(error) => (&error).into(),
        }
    }

    async fn settle(&mut self) -> Told {
        if self.work.is_empty() {
            return Told::Done;
        }
        let work = self.work.remove(self.random.below(self.work.len()));
        let route = Arc::clone(self.routes.get(work.route).expect("a route"));
        let (_, sent) = planner::build(&route, &work.profile, &work.claim).expect("requests");
        let outcome = Outcome::Ok { witness: None, unverified: Vec::new() };
        let (epoch, started_at) = (work.claim.epoch, self.now);
        let settle = Settle { epoch, started_at, sent, is_partly_applied: false, outcome };
        let settlement = Settlement { lane: work.lane, route, settle, attempt: None, now: self.now };
        match self.store.settle(settlement).await {
            Ok(_) => {
                let (user, lane, epoch, sent) = (work.user, work.lane, work.claim.epoch, work.claim.leaves());
                self.ledger.facts.push((self.disk.moment(), Fact::Settled { user, lane, epoch, sent }));
                Told::Done
            }
            Err(error) => (&error).into(),
        }
    }

    /// Erases somebody, which also empties the log.
    pub(crate) async fn erase(&mut self) -> Told {
        let user = user(self.random.below(6));
        let erase = Erase {
            precondition: delivery::store::Precondition::None,
            user: user.clone(),
            by: Actor("ops".to_owned()),
            routes: Arc::clone(&self.routes),
            now: self.now,
        };
        match self.store.erase(erase).await {
            Ok(Some(erased)) => {
                self.ledger.facts.push((self.disk.moment(), Fact::Erased { user, version: erased.version }));
                Told::Done
            }
            Ok(None) => Told::Done,
            Err(error) => (&error).into(),
        }
    }

    /// Closes the store and answers what is known.
    pub(crate) async fn close(self) -> Ledger {
        self.store.close().await;
        self.ledger
    }
}

fn user(number: usize) -> UserId {
    format!("crm-{number}").parse().expect("a valid id")
}
