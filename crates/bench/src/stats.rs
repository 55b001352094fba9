use serde::Serialize;

/// What a number counts.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub(crate) enum Unit {
    /// Of something, in one second.
    PerSecond,
    /// A time; the number is in seconds.
    Seconds,
    /// A part of another figure.
    Ratio,
    /// An amount of memory or disk.
    Bytes,
    /// Things.
    Count,
}

/// The same measured several times.
#[derive(Debug, Clone, Serialize)]
pub(crate) struct Figure {
    /// What the numbers count.
    pub(crate) unit: Unit,
    /// The one in the middle.
    pub(crate) median: f64,
    /// The least.
    pub(crate) least: f64,
    /// The most.
    pub(crate) most: f64,
    /// All of them, in the order in which they were measured.
    pub(crate) samples: Vec<f64>,
}

impl Figure {
    /// The figure of these samples; of none it is not a number.
    pub(crate) fn new(unit: Unit, samples: Vec<f64>) -> Self {
        let mut sorted = samples.clone();
        sorted.sort_by(f64::total_cmp);
        let at = |index: usize| sorted.get(index).copied().unwrap_or(f64::NAN);
        let (below, above) = (sorted.len().saturating_sub(1) / 2, sorted.len() / 2);
        Self {
            unit,
            median: f64::midpoint(at(below), at(above)),
            least: at(0),
            most: at(sorted.len().saturating_sub(1)),
            samples,
        }
    }

    /// Something measured once.
    pub(crate) fn once(unit: Unit, sample: f64) -> Self {
        Self::new(unit, vec![sample])
    }

    /// Turn by turn, this divided by the other: what disturbs both at one time disturbs the ratio less than it disturbs them.
    pub(crate) fn over(&self, other: &Self) -> Self {
        Self::new(Unit::Ratio, self.pairs(other).map(|(own, other)| own / other).collect())
    }

    /// Turn by turn, this less the other.
    pub(crate) fn minus(&self, other: &Self) -> Self {
        Self::new(self.unit, self.pairs(other).map(|(own, other)| own - other).collect())
    }

    /// For people: the median, and the range when there were several.
    pub(crate) fn show(&self) -> String {
        let range = format!(" ({}–{})", self.unit.show(self.least), self.unit.show(self.most));
        let median = self.unit.show(self.median);
        if self.samples.len() > 1 { median + &range } else { median }
    }

    fn pairs(&self, other: &Self) -> impl Iterator<Item = (f64, f64)> {
        self.samples.iter().copied().zip(other.samples.iter().copied())
    }
}

impl Unit {
    /// One number for people.
    pub(crate) fn show(self, number: f64) -> String {
        match self {
            Self::PerSecond => format!("{number:.0}/s"),
            Self::Seconds if number.abs() < 0.000_1 => format!("{:.1} µs", number * 1_000_000.0),
            Self::Seconds if number.abs() < 1.0 => format!("{:.2} ms", number * 1_000.0),
            Self::Seconds => format!("{number:.2} s"),
            Self::Ratio => format!("{number:.3}"),
            Self::Bytes if number < 10_000.0 => format!("{number:.0} B"),
            Self::Bytes => format!("{:.1} MiB", number / 1_048_576.0),
            Self::Count if number.abs() < 10.0 => format!("{number:.3}"),
            Self::Count => format!("{number:.0}"),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_median_is_in_the_middle_and_ratios_are_made_turn_by_turn() {
        let odd = Figure::new(Unit::PerSecond, vec![30.0, 10.0, 20.0]);
        assert_eq!((odd.median, odd.least, odd.most), (20.0, 10.0, 30.0));
        assert_eq!(odd.show(), "20/s (10/s–30/s)");
        assert_eq!(Figure::new(Unit::Count, vec![1.0, 2.0]).median, 1.5);
        let other = Figure::new(Unit::PerSecond, vec![60.0, 10.0, 20.0]);
        assert_eq!(odd.over(&other).samples, [0.5, 1.0, 1.0]);
        assert_eq!(odd.minus(&other).samples, [-30.0, 0.0, 0.0]);
        assert!(Figure::new(Unit::Count, Vec::new()).median.is_nan());
    }

    #[test]
    fn numbers_have_the_unit_that_people_read() {
        assert_eq!(Unit::Seconds.show(0.000_012), "12.0 µs");
        assert_eq!(Unit::Seconds.show(0.001_5), "1.50 ms");
        assert_eq!(Unit::Bytes.show(3_145_728.0), "3.0 MiB");
    }
}
