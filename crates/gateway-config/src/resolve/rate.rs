use delivery::Rate;

const FORM: &str = "write a rate as \"5/s\" or \"0.5/s\", from 0.001/s to 100000/s, or \"unlimited\"";

/// Reads `"n/s"` or `"unlimited"`.
pub(super) fn parse(text: &str) -> Result<Rate, String> {
    if text == "unlimited" {
        return Ok(Rate::Unlimited);
    }
    let number =
        text.strip_suffix("/s").filter(|number| number.bytes().all(|b| b.is_ascii_digit() || b == b'.'));
    match number.map(str::parse::<f64>) {
        Some(Ok(rate)) if (0.001..=100_000.0).contains(&rate) => Ok(Rate::PerSecond(rate)),
        _ => Err(FORM.to_owned()),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn b83_only_positive_finite_rates_are_taken() {
        assert_eq!(parse("5/s"), Ok(Rate::PerSecond(5.0)));
        assert_eq!(parse("0.5/s"), Ok(Rate::PerSecond(0.5)));
        assert_eq!(parse("unlimited"), Ok(Rate::Unlimited));
        for text in
            ["", "x", "0/s", "-1/s", "NaN/s", "inf/s", "1e9/s", "5", "5/m", "/s", "./s", "+5/s", " 5/s"]
        {
            assert_eq!(parse(text), Err(FORM.to_owned()), "{text}");
        }
    }
}
