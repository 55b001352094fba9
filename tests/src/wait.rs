use std::{
    thread,
    time::{Duration, Instant},
};

/// How long a test waits for what must happen.
pub const PATIENCE: Duration = Duration::from_secs(30);
/// How often it looks.
const LOOK: Duration = Duration::from_millis(25);

/// Waits until `look` finds something; an error says what is there instead.
#[track_caller]
pub fn eventually<T>(what: &str, look: impl FnMut() -> Result<T, String>) -> T {
    within(PATIENCE, what, look)
}

/// The same with a bound of its own.
#[track_caller]
pub fn within<T>(bound: Duration, what: &str, mut look: impl FnMut() -> Result<T, String>) -> T {
    let end = Instant::now() + bound;
    loop {
        match look() {
            Ok(found) => return found,
            Err(instead) if Instant::now() > end => {
                panic!("in {bound:?} it did not come true that {what}: {instead}")
            }
            Err(_) => thread::sleep(LOOK),
        }
    }
}
