use std::{fmt, time::Duration};

use super::{
    Load, Trouble,
    sample::{Sample, sample},
};

/// What the vendors that are well take while another one is in trouble, as medians of alternated pairs.
#[derive(Debug, Clone)]
pub struct Comparison {
    /// The trouble.
    pub trouble: Trouble,
    /// From asking to the arrival, for 99 of 100 updates, without the trouble.
    pub healthy_p99: Duration,
    /// The same with it.
    pub troubled_p99: Duration,
    /// With it divided by without it.
    pub p99_ratio: f64,
    /// Arrivals per second without the trouble.
    pub healthy_throughput: f64,
    /// With it divided by without it.
    pub throughput_ratio: f64,
}

/// A sample without the trouble, and one with it.
pub(super) type Pair = (Sample, Sample);

/// Measures one pair; every second one begins with the trouble.
pub(super) fn pair(load: &Load, trouble: Trouble, number: usize) -> Pair {
    if number.is_multiple_of(2) {
        let healthy = sample(load, trouble, false);
        (healthy, sample(load, trouble, true))
    } else {
        let troubled = sample(load, trouble, true);
        (sample(load, trouble, false), troubled)
    }
}

/// Measures so many pairs.
pub fn compare(load: &Load, trouble: Trouble, pairs: usize) -> Comparison {
    let pairs: Vec<Pair> = (0..pairs).map(|number| pair(load, trouble, number)).collect();
    Comparison::of(trouble, &pairs)
}

impl Comparison {
    pub(super) fn of(trouble: Trouble, pairs: &[Pair]) -> Self {
        let of = |value: &dyn Fn(&Pair) -> f64| median(pairs.iter().map(value).collect());
        let healthy_p99 = of(&|pair| pair.0.p99.as_secs_f64());
        let troubled_p99 = of(&|pair| pair.1.p99.as_secs_f64());
        let healthy_throughput = of(&|pair| pair.0.throughput);
        // Of the medians: a pair has half its noise from another moment.
        Self {
            trouble,
            healthy_p99: Duration::from_secs_f64(healthy_p99),
            troubled_p99: Duration::from_secs_f64(troubled_p99),
            p99_ratio: troubled_p99 / healthy_p99,
            healthy_throughput,
            throughput_ratio: of(&|pair| pair.1.throughput) / healthy_throughput,
        }
    }
}

fn median(mut values: Vec<f64>) -> f64 {
    values.sort_by(f64::total_cmp);
    values.get(values.len() / 2).copied().unwrap_or_default()
}

impl fmt::Display for Comparison {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(
            f,
            "{:22} p99 {:>7.2?} -> {:>7.2?}, x {:.2}; throughput {:.0}/s, x {:.2}",
            self.trouble.name(),
            self.healthy_p99,
            self.troubled_p99,
            self.p99_ratio,
            self.healthy_throughput,
            self.throughput_ratio
        )
    }
}
