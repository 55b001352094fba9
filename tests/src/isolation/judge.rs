use std::fmt;

use super::{Comparison, Load, Trouble, compare::pair};

/// After so many pairs the majority decides.
const MOST_PAIRS: usize = 21;

/// What a trouble does to the others, judged by every pair that was measured.
#[derive(Debug, Clone)]
pub struct Judgement {
    /// Whether it leaves them alone.
    pub is_good: bool,
    /// The pairs.
    pub pairs: Vec<Comparison>,
}

/// Measures pair after pair until the good ones outnumber the others by `lead`, or the others the good ones.
///
/// One pair proves little: on a machine that somebody else uses, the slowest of a hundred updates takes several times as long in
/// one sample as in the next, whatever the vendors do. Nor may a measurement be repeated until it pleases, for then a trouble that
/// does harm most of the time passes, too. Here no pair is thrown away, and good and bad ones count alike: where one pair of ten is
/// bad by chance, three bad ones more than good ones come about once in 700 judgements; where nine of ten are bad, so do three good
/// ones more than bad ones.
pub fn judge(load: &Load, trouble: Trouble, lead: usize, is_good: impl Fn(&Comparison) -> bool) -> Judgement {
    let mut pairs: Vec<Comparison> = Vec::new();
    loop {
        pairs.push(Comparison::of(trouble, &[pair(load, trouble, pairs.len())]));
        let good = pairs.iter().filter(|pair| is_good(pair)).count();
        let bad = pairs.len() - good;
        if good.abs_diff(bad) >= lead || pairs.len() >= MOST_PAIRS {
            return Judgement { is_good: good > bad, pairs };
        }
    }
}

impl fmt::Display for Judgement {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.pairs.iter().try_for_each(|pair| writeln!(f, "{pair}"))
    }
}
