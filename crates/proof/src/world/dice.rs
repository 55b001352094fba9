//! Every chance of a run: streams of numbers that follow from the seed alone.

use seeded::{STEP, SplitMix64, mix};

/// A stream of numbers.
#[derive(Debug, Clone)]
pub struct Dice(SplitMix64);

impl Dice {
    /// The stream of everything that these words name.
    pub fn of(words: &[u64]) -> Self {
        Self(SplitMix64::new(words.iter().fold(STEP, |state, word| mix(state ^ mix(*word)))))
    }

    /// A number below `bound`; 0 when there is none.
    pub fn below(&mut self, bound: u64) -> u64 {
        if bound == 0 { 0 } else { self.0.below(bound) }
    }

    /// A number from `low` to `high`, both included.
    pub fn range(&mut self, low: u64, high: u64) -> u64 {
        low + self.below(high.saturating_sub(low) + 1)
    }

    /// True so many times in a hundred.
    pub fn percent(&mut self, chance: u64) -> bool {
        self.below(100) < chance
    }

    /// One of these.
    pub fn pick<'a, T>(&mut self, of: &'a [T]) -> &'a T {
        let at = usize::try_from(self.below(of.len() as u64)).unwrap_or_default();
        &of[at]
    }
}

/// A number that a text always has.
pub(crate) fn number_of(text: &str) -> u64 {
    seeded::fnv1a(text.bytes())
}
