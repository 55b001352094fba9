use std::sync::{
    Mutex, MutexGuard, PoisonError,
    atomic::{AtomicU8, Ordering},
};

use super::Mutation;

static PRESENT: AtomicU8 = AtomicU8::new(0);
static ONE_AT_A_TIME: Mutex<()> = Mutex::new(());

/// While it lives, its bug is in effect in the whole process, or none.
#[derive(Debug)]
pub struct Seeded(#[expect(dead_code, reason = "held")] MutexGuard<'static, ()>);

/// Puts a bug into effect, or makes sure that none is; waits until no other guard lives.
pub fn seed(mutation: Option<Mutation>) -> Seeded {
    let guard = ONE_AT_A_TIME.lock().unwrap_or_else(PoisonError::into_inner);
    PRESENT.store(mutation.map_or(0, |mutation| mutation as u8), Ordering::SeqCst);
    Seeded(guard)
}

/// Whether a seeded bug is in effect.
pub fn is_on(mutation: Mutation) -> bool {
    PRESENT.load(Ordering::Relaxed) == mutation as u8
}

impl Drop for Seeded {
    fn drop(&mut self) {
        PRESENT.store(0, Ordering::SeqCst);
    }
}
