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

/// Measures so many pairs; every second one begins with the trouble.
pub fn compare(load: &Load, trouble: Trouble, pairs: usize) -> Comparison {
    let pair = |number: usize| {
        if number.is_multiple_of(2) {
            let healthy = sample(load, trouble, false);
            (healthy, sample(load, trouble, true))
        } else {
            let troubled = sample(load, trouble, true);
            (sample(load, trouble, false), troubled)
        }
    };
    let pairs: Vec<(Sample, Sample)> = (0..pairs).map(pair).collect();
    let of = |value: &dyn Fn(&(Sample, Sample)) -> f64| median(pairs.iter().map(value).collect());
    let healthy_p99 = of(&|pair| pair.0.p99.as_secs_f64());
    let troubled_p99 = of(&|pair| pair.1.p99.as_secs_f64());
    let healthy_throughput = of(&|pair| pair.0.throughput);
    // Of the medians: a pair has half its noise from another moment.
    Comparison {
        trouble,
        healthy_p99: Duration::from_secs_f64(healthy_p99),
        troubled_p99: Duration::from_secs_f64(troubled_p99),
        p99_ratio: troubled_p99 / healthy_p99,
        healthy_throughput,
        throughput_ratio: of(&|pair| pair.1.throughput) / healthy_throughput,
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
