use std::{
    collections::HashMap,
    sync::{Arc, Mutex, MutexGuard, PoisonError},
};

use gateway_config::KeyHash;
use tokio::sync::Notify;

/// The streams that are open.
#[derive(Debug, Default)]
pub(crate) struct Streams {
    /// How many there are, by the key of their sessions.
    open: Mutex<HashMap<KeyHash, usize>>,
    begun: Notify,
}

/// The most streams at one time.
const MOST: usize = 64;
/// The most of them with one key, so that one operator's forgotten windows do not take the others' places.
const MOST_OF_A_KEY: usize = 16;

/// The place of one stream, given back when it is dropped.
pub(super) struct Place {
    streams: Arc<Streams>,
    key: KeyHash,
}

impl Streams {
    /// A place for a stream of this key; none when there are too many.
    pub(super) fn take(self: &Arc<Self>, key: KeyHash) -> Option<Place> {
        let mut open = self.open();
        let of_key = open.get(&key).copied().unwrap_or_default();
        if of_key >= MOST_OF_A_KEY || open.values().sum::<usize>() >= MOST {
            return None;
        }
        open.insert(key, of_key + 1);
        self.begun.notify_one();
        Some(Place { streams: Arc::clone(self), key })
    }

    /// Whether anybody watches.
    pub(super) fn is_watched(&self) -> bool {
        !self.open().is_empty()
    }

    /// Waits until a stream begins, or one has begun since the last time.
    pub(super) async fn begun(&self) {
        self.begun.notified().await;
    }

    fn open(&self) -> MutexGuard<'_, HashMap<KeyHash, usize>> {
        self.open.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Drop for Place {
    fn drop(&mut self) {
        let mut open = self.streams.open();
        match open.get_mut(&self.key) {
            Some(count) if *count > 1 => *count -= 1,
            _ => drop(open.remove(&self.key)),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn one_key_takes_only_its_part_of_the_places_and_gives_them_back() {
        let streams = Arc::new(Streams::default());
        let key = |name: &str| KeyHash::of(name);
        let mut places: Vec<Place> = (0..16).map(|_| streams.take(key("a")).expect("a place")).collect();
        assert!(streams.take(key("a")).is_none(), "one key has more than its part");
        for name in ["b", "c", "d"] {
            places.extend((0..16).map(|_| streams.take(key(name)).expect("a place")));
        }
        assert!(streams.take(key("e")).is_none(), "there are more than there may be");
        places.remove(0);
        assert!(streams.is_watched() && streams.take(key("e")).is_some() && streams.take(key("a")).is_some());
        drop(places);
        assert!(!streams.is_watched(), "a place is not given back");
    }
}
