use crate::{cargo::cargo, part::Part};

/// Losses of power in a round.
const POINTS: u64 = 408;
/// Losses of power that stem from one seed.
const PER_SEED: u64 = 36;

/// Losses of power on a disk that keeps what is not synchronised apart.
#[derive(Default)]
pub(crate) struct PowerLoss {
    points: u64,
}

impl Part for PowerLoss {
    fn name(&self) -> &'static str {
        "power"
    }

    fn round(&mut self, round: u64) -> Result<String, String> {
        let first = 1_000 + round * POINTS.div_ceil(PER_SEED);
        let printed = disk_test(
            "what_was_answered_survives_every_loss_of_power",
            &[("POWER_LOSS_SEED", first), ("POWER_LOSS_POINTS", POINTS)],
        )?;
        let (line, number) = last_number(&printed, " losses of power, nothing lost")?;
        self.points += number;
        Ok(line)
    }

    fn figures(&self) -> String {
        format!("{} losses of power, nothing lost", self.points)
    }
}

/// Another failing call to the disk in each of many runs, until every call of a run has failed once.
#[derive(Default)]
pub(crate) struct Calls {
    line: Option<String>,
}

impl Part for Calls {
    fn name(&self) -> &'static str {
        "disk"
    }

    /// The runs are the same in every round, and so only the first has them.
    fn round(&mut self, _round: u64) -> Result<String, String> {
        if self.line.is_some() {
            return Ok("done in an earlier round".to_owned());
        }
        let printed = disk_test("after_every_failing_call_what_was_answered_is_there", &[])?;
        let (line, _) = last_number(&printed, " runs, each with another failing call")?;
        Ok(self.line.insert(line).clone())
    }

    fn figures(&self) -> String {
        self.line.clone().unwrap_or_else(|| "did not run to its end".to_owned())
    }
}

fn disk_test(name: &str, settings: &[(&str, u64)]) -> Result<String, String> {
    let mut environment = vec![("IO_ERRORS", "all".to_owned())];
    environment.extend(settings.iter().map(|(name, value)| (*name, value.to_string())));
    let arguments =
        ["test", "--release", "--quiet", "--locked", "-p", "store-sqlite", "--test", "disk", "--"];
    cargo(&[&arguments[..], &["--nocapture", name]].concat(), &environment)
}

/// The line with these words, and the number before them.
fn last_number(printed: &str, words: &str) -> Result<(String, u64), String> {
    let found = printed.lines().rev().find_map(|line| {
        let number = line.split(words).next()?.rsplit(' ').next()?.parse().ok()?;
        line.contains(words).then(|| (line.to_owned(), number))
    });
    found.ok_or_else(|| format!("no line with{words} in\n{printed}"))
}
