use std::time::{SystemTime, UNIX_EPOCH};

/// The clock of the machine cannot be right.
#[derive(Debug, thiserror::Error)]
#[error(
    "the clock of this machine stands before 1970: no certificate would be valid, and no time that is told be true; set it \
     (timedatectl set-ntp true) and start again"
)]
pub struct BeforeEpoch;

/// Refuses a time at which nothing has a date: the libraries that write dates and ids end at it. A start alone has to look: no
/// process can set the clock of a running Linux to before 1970 (`timespec64_valid_settod` of its timekeeping refuses it), and what
/// began with such a clock is not running.
pub(super) fn check(now: SystemTime) -> Result<(), BeforeEpoch> {
    if now < UNIX_EPOCH { Err(BeforeEpoch) } else { Ok(()) }
}

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use super::*;

    #[test]
    fn a_clock_before_1970_is_refused_with_what_to_do() {
        assert!(check(UNIX_EPOCH).is_ok() && check(SystemTime::now()).is_ok());
        let refused = check(UNIX_EPOCH - Duration::from_secs(1)).expect_err("it is wrong").to_string();
        assert!(refused.contains("set it"), "{refused}");
    }
}
