//! Stores that live, lose their power, and live on with what is left.

use std::{
    collections::HashMap,
    ops::Range,
    sync::{
        Mutex, PoisonError,
        atomic::{AtomicUsize, Ordering},
    },
};

use vfs_shim::{Disk, Habit, Image, Kind, Loss, Random};

use super::{
    block_on,
    client::{Client, open_shimmed, register},
    directory,
    image::Content,
    ledger::{Ledger, Told},
    on_all_processors,
    verdict::{Finding, content_of, judge},
};

/// Power losses that are tried with the log of one life of a store.
pub(crate) const PER_LIFE: usize = 12;
pub(crate) const LIVES: usize = 3;

/// One life of a store, from its opening to its end.
struct Life {
    disk: Disk,
    ledger: Ledger,
}

/// How a life goes.
#[derive(Debug, Clone, Copy)]
struct Plan {
    seed: u64,
    habit: Habit,
    steps: usize,
    most_at_once: usize,
}

impl Plan {
    /// Even seeds do one thing after another, so that they go the same way each time.
    fn of(seed: u64, habit: Habit) -> Self {
        let mut random = Random::new(seed);
        // Now and then long enough for the log to be copied while the store works.
        let steps = if random.percent(4) { 350 } else { 5 + random.below(40) };
        Self { seed, habit, steps, most_at_once: if seed.is_multiple_of(2) { 1 } else { 6 } }
    }
}

async fn live(plan: Plan, start: &Image, ledger: Ledger) -> Life {
    let directory = directory();
    start.write(directory.path()).expect("written");
    let disk = Disk::watch(directory.path(), plan.habit).expect("readable");
    let mut random = Random::new(plan.seed ^ 0x5eed);
    let mut ledger = ledger;
    // Some stores are closed and opened again half-way.
    let parts = 1 + usize::from(random.percent(25));
    for part in 0..parts {
        let store = open_shimmed(directory.path()).expect("opens");
        let routes = register(&store).await.expect("registered");
        let seed = plan.seed * 16 + part as u64;
        let mut client = Client::new(store, routes, disk.clone(), seed, std::mem::take(&mut ledger));
        for _ in 0..plan.steps / parts {
            let told = client.step(plan.most_at_once).await;
            assert!(!matches!(told, Told::Full | Told::Unknown | Told::Wrong));
        }
        ledger = client.close().await;
    }
    Life { disk, ledger }
}

impl Life {
    /// Any moment; every other one at a synchronisation, a truncation or a change of names, where most can go wrong.
    fn cut(&self, kinds: &[Kind], random: &mut Random) -> usize {
        let any = random.below(kinds.len() + 1);
        if random.percent(50) {
            return any;
        }
        let next =
            kinds[any..].iter().position(|kind| *kind != Kind::Write).map_or(kinds.len(), |at| any + at);
        (next + random.below(2)).min(kinds.len())
    }

    /// The states of which one must be found: that of the last commit that was durable, and that of everything done so far.
    fn expected(&self, cut: usize, known: &mut HashMap<usize, Content>) -> Vec<Content> {
        let durable = self.disk.last_sync(cut, "-wal").unwrap_or(0);
        let moments = [durable, cut];
        let states = moments.map(|moment| {
            known
                .entry(moment)
                .or_insert_with(|| content_of(&self.disk.image(moment, &mut Loss::nothing())))
                .clone()
        });
        states.into()
    }
}

/// Lets a store live and die a few times, each time on what was left of the one before, and tells of every loss of power.
pub(crate) fn run(seed: u64, habit: Habit, told: &(dyn Fn(Result<(), Finding>, String) + Sync)) {
    block_on(async {
        let mut random = Random::new(seed ^ 0xc0ffee);
        let (mut start, mut ledger) = (Image::default(), Ledger::default());
        for life_number in 0..LIVES as u64 {
            let plan = Plan::of(seed + (life_number << 20), habit);
            let life = live(plan, &start, ledger).await;
            let kinds = life.disk.kinds();
            let mut known = HashMap::new();
            let mut last = (Image::default(), Ledger::default());
            for _ in 0..PER_LIFE {
                let (cut, loss) = (life.cut(&kinds, &mut random), random.number());
                let image = life.disk.image(cut, &mut Loss::seeded(loss));
                let expected = (habit == Habit::Honest).then(|| life.expected(cut, &mut known));
                let result = judge(&image, &life.ledger, cut, expected.as_deref()).await;
                let is_sound = result.is_ok();
                let before = life.disk.story(cut.saturating_sub(12), cut);
                told(
                    result,
                    format!(
                        "seed {seed}, life {life_number}, cut {cut} of {}, loss {loss}\n{before}",
                        kinds.len()
                    ),
                );
                if is_sound {
                    last = (image, life.ledger.up_to(cut));
                }
            }
            (start, ledger) = last;
        }
    });
}

/// How many losses of power were tried in some lives, and what was found after them.
pub(crate) fn losses(seeds: Range<u64>, habit: Habit) -> (usize, Vec<Finding>) {
    let (tried, found) = (AtomicUsize::new(0), Mutex::new(Vec::new()));
    on_all_processors(seeds, |seed| {
        run(seed, habit, &|result, _| {
            tried.fetch_add(1, Ordering::Relaxed);
            found.lock().unwrap_or_else(PoisonError::into_inner).extend(result.err());
        });
    });
    (tried.into_inner(), found.into_inner().unwrap_or_else(PoisonError::into_inner))
}
