use ::adapter::VendorResponse;
use seeded::SplitMix64;

/// The same answers in every run.
pub(super) struct Random(SplitMix64);

impl Random {
    pub(super) const fn new(seed: u64) -> Self {
        Self(SplitMix64::new(seed))
    }

    fn below(&mut self, bound: usize) -> usize {
        self.0.index(bound)
    }

    /// Half of them raw bytes, half of them pieces that an answer could be made of.
    pub(super) fn answer(&mut self) -> VendorResponse {
        const PIECES: [&str; 18] = [
            "{",
            "}",
            "[",
            "]",
            ":",
            ",",
            "\"",
            "\\",
            " ",
            "\"id\"",
            "\"IsError\"",
            "false",
            "true",
            "null",
            "4711",
            "\"email\"",
            "\"ResponseData\"",
            "\"x\"",
        ];
        let status = [200, 201, 204, 202, 422, 500, 0, 999][self.below(8)];
        let length = self.below(40);
        let body = if self.below(2) == 0 {
            (0..length).map(|_| self.0.number().to_le_bytes()[0]).collect()
        } else {
            (0..length).flat_map(|_| PIECES[self.below(PIECES.len())].bytes()).collect()
        };
        VendorResponse { status, headers: Vec::new(), body }
    }
}
