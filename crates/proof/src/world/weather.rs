//! How a vendor, or the way to it, misbehaves for a while.

use super::{dice::Dice, trouble::Trouble};

/// A mixture of troubles.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Weather {
    /// Everything works.
    Clear,
    /// Answers get lost, requests are applied late or twice.
    Lossy,
    /// Nobody answers.
    Hang,
    /// Nobody is there.
    Down,
    /// Server errors, before and after applying.
    Errors,
    /// Too many requests.
    Throttled,
    /// The credential is not accepted.
    Unauthorized,
    /// Successes that are none: pages, garbage, halves.
    Lies,
    /// Content is refused that was fine.
    Refusals,
    /// Something in front of the vendor answers.
    Proxy,
    /// Requests are taken now and applied later, in any order.
    Queueing,
    /// Everything at once.
    Storm,
    /// What is lost is applied as late as can be, and answers come as late as can be.
    Tardy,
    /// No answer can be read.
    Garbled,
    /// No connection is made.
    Unreachable,
    /// Content is refused as late as can be.
    Picky,
}

use Trouble as T;

impl Weather {
    /// Every weather that goes wrong without queueing, but for those that are made for one rule.
    pub const BAD: [Self; 10] = [
        Self::Lossy,
        Self::Hang,
        Self::Down,
        Self::Errors,
        Self::Throttled,
        Self::Unauthorized,
        Self::Lies,
        Self::Refusals,
        Self::Proxy,
        Self::Storm,
    ];

    fn table(self) -> &'static [(u64, Trouble)] {
        match self {
            Self::Clear => &[(95, T::None), (5, T::Slow)],
            Self::Lossy => &[
                (30, T::None),
                (10, T::Slow),
                (10, T::AnswerTooLate),
                (8, T::LostApplied),
                (14, T::LostLate),
                (4, T::LostNever),
                (5, T::ResetApplied),
                (9, T::ResetLate),
                (3, T::ResetNever),
                (3, T::Twice),
                (4, T::LostTwice),
            ],
            Self::Hang => &[(60, T::LostNever), (20, T::LostApplied), (20, T::LostLate)],
            Self::Down => &[(70, T::Refused), (20, T::NoName), (10, T::NoTls)],
            Self::Errors => &[
                (15, T::None),
                (15, T::Status(500)),
                (15, T::StatusApplied(500)),
                (10, T::StatusLate(502)),
                (15, T::StatusApplied(503)),
                (10, T::Status(503)),
                (10, T::StatusLate(504)),
                (10, T::Later(503)),
            ],
            Self::Throttled => &[(30, T::None), (50, T::Later(429)), (20, T::Status(429))],
            Self::Unauthorized => &[(100, T::Status(401))],
            Self::Lies => &[
                (25, T::None),
                (12, T::Page),
                (12, T::PageApplied),
                (12, T::Garbage),
                (12, T::GarbageLate),
                (9, T::Half),
                (9, T::TooMuch),
                (9, T::EmptyApplied),
            ],
            Self::Refusals => &[
                (50, T::None),
                (15, T::RefusedUnnamed),
                (20, T::RefusedNamed),
                (5, T::Status(409)),
                (3, T::Status(413)),
                (3, T::Status(403)),
                (4, T::Status(404)),
            ],
            Self::Proxy => &[(20, T::None), (30, T::Wall), (25, T::Moved), (25, T::Status(501))],
            Self::Queueing => &[(70, T::Queued), (20, T::None), (10, T::LostLate)],
            Self::Tardy => &[(60, T::AnswerLast), (40, T::LostLast)],
            Self::Garbled => &[(100, T::Garbage)],
            Self::Unreachable => &[(100, T::Refused)],
            Self::Picky => &[(50, T::None), (50, T::RefusedLast)],
            Self::Storm => &[
                (30, T::None),
                (5, T::Slow),
                (6, T::AnswerTooLate),
                (6, T::LostApplied),
                (10, T::LostLate),
                (6, T::ResetLate),
                (4, T::LostTwice),
                (4, T::Refused),
                (4, T::StatusApplied(500)),
                (4, T::StatusLate(503)),
                (4, T::Later(429)),
                (3, T::GarbageLate),
                (3, T::PageApplied),
                (5, T::RefusedUnnamed),
                (4, T::RefusedNamed),
                (2, T::Wall),
            ],
        }
    }

    pub(crate) fn trouble(self, dice: &mut Dice) -> Trouble {
        let table = self.table();
        let mut left = dice.below(table.iter().map(|(weight, _)| weight).sum());
        for (weight, trouble) in table {
            if left < *weight {
                return *trouble;
            }
            left -= weight;
        }
        Trouble::None
    }
}

/// The weather of one route over time.
#[derive(Debug, Clone, Default)]
pub(crate) struct Forecast(Vec<(u64, Weather)>);

impl Forecast {
    /// The same weather until `until`, then a clear sky.
    pub(crate) fn steady(weather: Weather, until: u64) -> Self {
        Self(vec![(0, weather), (until, Weather::Clear)])
    }

    /// Changing weather until `until`, then a clear sky.
    pub(crate) fn changing(dice: &mut Dice, until: u64, queues: bool) -> Self {
        let mut changes = Vec::new();
        let mut at = 0;
        while at < until {
            let weather = match dice.below(10) {
                0..=3 => Weather::Clear,
                4 | 5 => Weather::Lossy,
                6 if queues => Weather::Queueing,
                6 => Weather::Storm,
                _ => *dice.pick(&Weather::BAD),
            };
            changes.push((at, weather));
            at += dice.range(10_000, until / 2);
        }
        changes.push((until, Weather::Clear));
        Self(changes)
    }

    pub(crate) fn at(&self, now: u64) -> Weather {
        let so_far = self.0.iter().take_while(|(from, _)| *from <= now);
        so_far.last().map_or(Weather::Clear, |(_, weather)| *weather)
    }
}
