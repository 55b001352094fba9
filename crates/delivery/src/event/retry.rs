use super::KEPT_FOR;
use crate::Millis;

/// What a receiver made of an event.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Answer {
    /// It has it: a status from 200 to 299.
    Taken,
    /// It does not want it: another definite answer.
    Refused,
    /// It could not take it, or did not answer.
    Unavailable,
}

impl Answer {
    /// The meaning of a status. 408, 425, 429 and all of 5xx ask for another try (RFC 9110, RFC 8470, RFC 6585); a redirect is not
    /// followed and is a mistake in the configuration.
    pub fn of_status(status: u16) -> Self {
        match status {
            200..=299 => Self::Taken,
            408 | 425 | 429 | 500..=599 => Self::Unavailable,
            _ => Self::Refused,
        }
    }
}

/// What becomes of an event after a receiver was told of it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Next {
    /// The next event.
    Done,
    /// The same event again after so long.
    Again(Millis),
    /// The next event; this one is not told any more.
    GiveUp,
}

/// The first wait; the later ones are three times as long each, up to an hour.
const FIRST: Millis = 5_000;
const LONGEST: Millis = 60 * 60 * 1_000;
/// How often a receiver may refuse an event: over two hours, in which a mistake at the receiver can be mended.
const MOST_REFUSED: u32 = 8;

/// What becomes of an event that is `age` old and was told `tries` times, the last time with this answer. `jitter`: a fraction in
/// `[0, 1)` that spreads the waits.
pub fn next(answer: Answer, tries: u32, age: Millis, jitter: f64) -> Next {
    let over = match answer {
        Answer::Taken => return Next::Done,
        Answer::Refused => tries >= MOST_REFUSED,
        Answer::Unavailable => false,
    };
    if over || age >= KEPT_FOR {
        return Next::GiveUp;
    }
    let wait = FIRST.saturating_mul(3_i64.saturating_pow(tries.saturating_sub(1))).min(LONGEST);
    #[expect(clippy::cast_possible_truncation, clippy::cast_precision_loss, reason = "at most an hour")]
    let spread = (wait as f64 * 0.2 * (jitter - 0.5)) as Millis;
    Next::Again(wait + spread)
}
