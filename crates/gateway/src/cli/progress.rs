use std::{fmt, time::Duration};

use indicatif::{ProgressBar, ProgressFinish, ProgressState, ProgressStyle};

/// How often a spinner turns.
const TURN: Duration = Duration::from_millis(120);

/// Shown while something goes on whose end is not known: on standard error, only where somebody watches, and until it is dropped.
pub(super) fn spinner(what: &'static str) -> ProgressBar {
    begun(ProgressBar::new_spinner().with_message(what), "{spinner} {msg}, {elapsed}")
}

/// As [`spinner`], with a count of what is done and how fast.
pub(super) fn counter(of: &'static str) -> ProgressBar {
    begun(ProgressBar::new_spinner().with_message(of), "{spinner} {pos} {msg}, {pace}, {elapsed}")
}

/// As [`spinner`], where it is known how much there is to do.
pub(super) fn bar(all: u64, of: &'static str) -> ProgressBar {
    begun(ProgressBar::new(all).with_message(of), "{bar:30} {pos} of {len} {msg}, {elapsed}")
}

fn begun(bar: ProgressBar, template: &str) -> ProgressBar {
    let pace = |state: &ProgressState, out: &mut dyn fmt::Write| {
        // A line that cannot be drawn is not missed.
        let _ = out.write_str(&pace(state.per_sec()));
    };
    let bar = match ProgressStyle::with_template(template) {
        Ok(style) => bar.with_style(style.with_key("pace", pace)),
        Err(_) => bar,
    };
    bar.enable_steady_tick(TURN);
    bar.with_finish(ProgressFinish::AndClear)
}

/// A rate in as many digits as people read.
fn pace(per_second: f64) -> String {
    if per_second < 10.0 { format!("{per_second:.1}/s") } else { format!("{per_second:.0}/s") }
}

#[cfg(test)]
mod tests {
    use super::pace;

    #[test]
    fn a_pace_has_as_many_digits_as_people_read() {
        let told: Vec<String> = [0.0, 0.456, 56.7423, 1_000.4].into_iter().map(pace).collect();
        assert_eq!(told, ["0.0/s", "0.5/s", "57/s", "1000/s"]);
    }
}
