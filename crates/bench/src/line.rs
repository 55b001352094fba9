/// The straight line through numbers that were measured at equal distances.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(crate) struct Line {
    /// How much a number is larger than the one before.
    pub(crate) slope: f64,
    /// In 95 of 100 cases the true slope differs by no more.
    pub(crate) margin: f64,
    /// The mean of the numbers.
    pub(crate) mean: f64,
}

/// Of Student's distribution for 95 %, with ten degrees of freedom; with more it is a little less.
const STUDENT: f64 = 2.23;

impl Line {
    /// By least squares; none through fewer than three numbers.
    #[expect(clippy::cast_precision_loss, reason = "a few numbers")]
    pub(crate) fn through(numbers: &[f64]) -> Option<Self> {
        if numbers.len() < 3 {
            return None;
        }
        let count = numbers.len() as f64;
        let mean = numbers.iter().sum::<f64>() / count;
        let middle = (count - 1.0) / 2.0;
        let points = || numbers.iter().enumerate().map(|(at, number)| (at as f64 - middle, number - mean));
        let spread: f64 = points().map(|(at, _)| at * at).sum();
        let slope = points().map(|(at, number)| at * number).sum::<f64>() / spread;
        let missed: f64 = points().map(|(at, number)| (number - slope * at).powi(2)).sum();
        let margin = STUDENT * (missed / (count - 2.0) / spread).sqrt();
        Some(Self { slope, margin, mean })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_line_has_the_slope_of_its_numbers_and_noise_widens_the_margin() {
        let line = Line::through(&[10.0, 12.0, 14.0, 16.0]).expect("a line");
        assert_eq!((line.slope, line.mean), (2.0, 13.0));
        assert!(line.margin < 1e-9);
        let noisy = Line::through(&[10.0, 13.0, 13.0, 16.0]).expect("a line");
        // Residuals of 0.3, 0.9, 0.9 and 0.3: 2.23 · √(1.8 / 2 / 5).
        assert!((noisy.margin - 0.946).abs() < 0.001, "{noisy:?}");
        let level = Line::through(&[5.0, 7.0, 5.0, 7.0, 5.0]).expect("a line");
        assert!(level.slope.abs() < level.margin, "{level:?}");
        assert_eq!(Line::through(&[1.0, 2.0]), None);
    }
}
