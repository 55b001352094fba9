use crate::Invalid;

/// A finite decimal number that a 64-bit float holds without loss.
#[derive(Clone, Copy, PartialEq)]
pub struct Decimal(f64);

impl Decimal {
    /// Reads the text of a JSON number.
    ///
    /// # Errors
    /// When a 64-bit float would not give the same decimal back.
    pub fn parse(text: &str) -> Result<Self, Invalid> {
        let lossy = Invalid("the number does not survive a 64-bit float unchanged; send it as a string");
        let float: f64 = text.parse().map_err(|_| lossy)?;
        if !float.is_finite() || significand(text) != significand(&format!("{float:e}")) {
            return Err(lossy);
        }
        // Minus zero is zero: nobody means to tell them apart in a profile.
        Ok(Self(if float == 0.0 { 0.0 } else { float }))
    }

    /// The number as a float.
    pub fn get(self) -> f64 {
        self.0
    }

    /// Takes a number as it was stored.
    pub(crate) fn from_stored(float: f64) -> Self {
        Self(float)
    }
}

impl std::fmt::Debug for Decimal {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("Decimal(..)")
    }
}

/// The digits without leading and trailing zeros, and the power of ten of the last one; zero has no digits.
fn significand(text: &str) -> (bool, String, i64) {
    let negative = text.starts_with('-');
    let (mantissa, exponent) = text.trim_start_matches('-').split_once(['e', 'E']).unwrap_or((text, "0"));
    let mantissa = mantissa.trim_start_matches('-');
    let (whole, fraction) = mantissa.split_once('.').unwrap_or((mantissa, ""));
    let digits = format!("{whole}{fraction}");
    let kept = digits.trim_end_matches('0');
    let dropped = i64::try_from(digits.len() - kept.len()).unwrap_or(i64::MAX);
    let places = i64::try_from(fraction.len()).unwrap_or(i64::MAX);
    let kept = kept.trim_start_matches('0');
    if kept.is_empty() {
        return (false, String::new(), 0);
    }
    let exponent: i64 = exponent.trim_start_matches('+').parse().unwrap_or(i64::MAX / 2);
    (negative, kept.to_owned(), exponent - places + dropped)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn decimals_that_a_float_holds_are_taken() {
        for (text, float) in
            [("0.1", 0.1), ("-2.50", -2.5), ("1e3", 1000.0), ("1.0E+2", 100.0), ("0.0", 0.0), ("-0", 0.0)]
        {
            assert!((Decimal::parse(text).expect(text).get() - float).abs() < f64::EPSILON, "{text}");
        }
    }

    #[test]
    fn decimals_that_a_float_would_change_are_refused() {
        for text in
            ["0.1000000000000000055511151231257827", "1e400", "1E-400", "123456789012345678901234567890.5"]
        {
            assert!(Decimal::parse(text).is_err(), "{text}");
        }
    }
}
