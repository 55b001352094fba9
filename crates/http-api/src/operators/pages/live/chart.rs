use std::fmt::Write;

/// A small column chart: one column per number, the highest as high as the chart. `label` says in words what is to be seen.
/// `class` names what is drawn, for its colour.
pub(super) fn chart(numbers: impl Iterator<Item = u64> + Clone, class: &str, label: &str) -> String {
    let (count, most) =
        numbers.clone().fold((0_u64, 0), |(count, most), number| (count + 1, number.max(most)));
    let mut svg = format!(
        "<svg class=\"chart {class}\" viewBox=\"0 0 {} {HEIGHT}\" preserveAspectRatio=\"none\" role=\"img\" aria-label=\"{}\"><path d=\"",
        count * STEP,
        askama::filters::escape(label, askama::filters::Html)
            .map(|safe| safe.to_string())
            .unwrap_or_default()
    );
    for (at, number) in (0_u64..).zip(numbers) {
        if number > 0 {
            // At least one unit high: something must not look like nothing.
            let height = (number.saturating_mul(HEIGHT) / most.max(1)).max(1);
            let _ = write!(svg, "M{} {HEIGHT}v-{height}h{BAR}v{height}z", at * STEP);
        }
    }
    svg.push_str("\"/></svg>");
    svg
}

const HEIGHT: u64 = 24;
const STEP: u64 = 4;
const BAR: u64 = 3;

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn columns_are_as_high_as_their_numbers_and_none_leaves_the_chart() {
        let svg = chart([0, 1, 12, 24].into_iter(), "behind", "now 24");
        assert!(svg.contains("viewBox=\"0 0 16 24\"") && svg.contains("aria-label=\"now 24\""));
        assert!(svg.contains("d=\"M4 24v-1h3v1zM8 24v-12h3v12zM12 24v-24h3v24z\""), "{svg}");
        let large = chart([1, u64::MAX].into_iter(), "sent", "");
        assert!(large.contains("v-1h3v1z") && large.contains("M4 24v-"), "{large}");
        assert!(chart(std::iter::empty(), "sent", "\"<").contains("d=\"\""));
        assert!(!chart(std::iter::empty(), "sent", "\"<").contains("\"<"));
    }
}
