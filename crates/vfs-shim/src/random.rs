use seeded::SplitMix64;

/// The same numbers for the same seed.
#[derive(Debug, Clone)]
pub struct Random(SplitMix64);

impl Random {
    /// Starts from a seed.
    pub fn new(seed: u64) -> Self {
        Self(SplitMix64::new(seed))
    }

    /// The next number.
    pub fn number(&mut self) -> u64 {
        self.0.number()
    }

    /// A number below the bound; 0 when the bound is 0.
    pub fn below(&mut self, bound: usize) -> usize {
        self.0.index(bound)
    }

    /// True in so many of a hundred cases.
    pub fn percent(&mut self, percent: usize) -> bool {
        self.below(100) < percent
    }
}
