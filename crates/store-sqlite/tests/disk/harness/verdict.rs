//! Looks at what a failure has left: with SQLite alone, and with a store on an ordinary disk.

use std::{path::Path, sync::Arc};

use delivery::{
    lane::Lane,
    store::{Accept, Lanes, Reads, Upkeep},
};
use store_sqlite::{Options, SqliteStore};
use testkit::store_suite::Recorder;
use vfs_shim::Image;

use super::{
    client::FILE,
    directory,
    image::{self, Content},
    ledger::{Fact, Ledger},
};

/// What is wrong with what was found.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Finding {
    /// Something that was told is not there.
    Lost(String),
    /// Everything else.
    Wrong(String),
}

/// The only contents that may be found; none when everything that keeps the promises will do.
pub(crate) type Expected<'a> = Option<&'a [Content]>;

/// What is in an image after SQLite has recovered it.
pub(crate) fn content_of(image: &Image) -> Content {
    let directory = directory();
    image.write(directory.path()).expect("written");
    let connection = image::connect(directory.path()).expect("opens");
    image::content(&connection).expect("readable")
}

/// Judges an image: the store opens it, it is sound, and everything is there that was told by `cut`.
pub(crate) async fn judge(
    image: &Image,
    ledger: &Ledger,
    cut: usize,
    expected: Expected<'_>,
) -> Result<(), Finding> {
    let directory = directory();
    image.write(directory.path()).expect("written");
    let opened = SqliteStore::open(Options::new(directory.path().join(FILE), Arc::new(Recorder::default())));
    let store = opened.map_err(|error| Finding::Wrong(format!("does not open: {error}")))?;
    let result = judge_open(&store, directory.path(), ledger, cut, expected).await;
    store.close().await;
    result
}

async fn judge_open(
    store: &SqliteStore,
    directory: &Path,
    ledger: &Ledger,
    cut: usize,
    expected: Expected<'_>,
) -> Result<(), Finding> {
    let connection = image::connect(directory).map_err(Finding::Wrong)?;
    image::check(&connection).map_err(Finding::Wrong)?;
    let found = image::content(&connection).map_err(Finding::Wrong)?;
    drop(connection);
    for fact in ledger.told(cut) {
        still_true(store, fact).await?;
    }
    if let Some(expected) = expected
        && !expected.contains(&found)
    {
        return Err(Finding::Wrong(format!("holds {found:?}, which is no state of {expected:?}")));
    }
    for command in ledger.full.iter() {
        if read(store.update(command.id).await)?.is_some() {
            return Err(Finding::Wrong(
                "holds an update that was refused because the disk was full".to_owned(),
            ));
        }
    }
    let told = ledger.told(cut).filter_map(|fact| match fact {
        Fact::Accepted { command, update } => Some((command, update)),
        _ => None,
    });
    let told: Vec<_> = told.collect();
    for (command, update) in told.iter().rev().take(5) {
        let again = store.accept(Accept::clone(command)).await;
        let again =
            again.map_err(|error| Finding::Lost(format!("refuses an update it has taken: {error}")))?;
        if !again.replayed || again.update != ***update {
            return Err(Finding::Lost("takes an update a second time".to_owned()));
        }
    }
    works(store, ledger, cut).await
}

/// What was asked for without an answer can be asked for again, and is then there once.
async fn works(store: &SqliteStore, ledger: &Ledger, cut: usize) -> Result<(), Finding> {
    let wrong = |what: String| Err(Finding::Wrong(what));
    for command in ledger.untold(cut).into_iter().take(3) {
        let Ok(first) = store.accept(command.clone()).await else { continue };
        match store.accept(command.clone()).await {
            Ok(again) if again.replayed && again.update == first.update => {}
            other => return wrong(format!("does not replay an update: {other:?}")),
        }
    }
    store.check().await.or_else(|error| wrong(format!("cannot be written: {error}")))
}

fn read<T>(result: Result<T, delivery::store::StoreError>) -> Result<T, Finding> {
    result.map_err(|error| Finding::Wrong(format!("cannot be read: {error}")))
}

async fn still_true(store: &SqliteStore, fact: &Fact) -> Result<(), Finding> {
    let lost = |what: String| Err(Finding::Lost(what));
    match fact {
        Fact::Accepted { update, .. } => {
            if read(store.update(update.id).await)?.as_ref() != Some(&**update) {
                return lost(format!("update {} is not there as it was told", update.id));
            }
            match read(store.user(&update.user).await)? {
                Some(found) if found.user.version >= update.version => Ok(()),
                _ => lost(format!("the user is older than update {}", update.id)),
            }
        }
        Fact::Erased { user, version } => match read(store.user(user).await)? {
            Some(found) if found.user.version >= *version => Ok(()),
            _ => lost(format!("an erase is forgotten: {user}")),
        },
        Fact::Claimed { user, lane, epoch } => lane_is(store, user, *lane, |lane| lane.epoch >= *epoch).await,
        Fact::Settled { user, lane, epoch, sent } => {
            let has = |lane: &Lane| sent.iter().all(|(leaf, version)| lane.slots.newest(leaf).0 >= *version);
            lane_is(store, user, *lane, |lane| lane.epoch > *epoch || has(lane)).await
        }
    }
}

async fn lane_is(
    store: &SqliteStore,
    user: &canonical::UserId,
    id: delivery::LaneId,
    is_so: impl Fn(&Lane) -> bool,
) -> Result<(), Finding> {
    let Some(found) = read(store.user(user).await)? else {
        return Err(Finding::Lost(format!("the user of lane {} is gone", id.0)));
    };
    match found.lanes.iter().find(|row| row.id == Some(id)) {
        Some(row) if is_so(&row.lane) => Ok(()),
        row => Err(Finding::Lost(format!("lane {} is older than was told: {row:?}", id.0))),
    }
}
