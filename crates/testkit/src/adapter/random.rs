use ::adapter::VendorResponse;

/// SplitMix64: the same answers in every run.
pub(super) struct Random(pub(super) u64);

impl Random {
    fn next(&mut self) -> u64 {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mixed = (self.0 ^ (self.0 >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        let mixed = (mixed ^ (mixed >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        mixed ^ (mixed >> 31)
    }

    fn below(&mut self, bound: usize) -> usize {
        usize::try_from(self.next() % bound as u64).unwrap_or_default()
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
            (0..length).map(|_| self.next().to_le_bytes()[0]).collect()
        } else {
            (0..length).flat_map(|_| PIECES[self.below(PIECES.len())].bytes()).collect()
        };
        VendorResponse { status, headers: Vec::new(), body }
    }
}
