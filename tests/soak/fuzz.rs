use crate::{cargo::cargo, part::Part};

/// Inputs for each parser in a round.
const INPUTS: u64 = 200_000;

/// Mutations of the corpus, for every parser that reads what strangers send.
#[derive(Default)]
pub(crate) struct Fuzz {
    inputs: u64,
}

impl Part for Fuzz {
    fn name(&self) -> &'static str {
        "fuzz"
    }

    fn round(&mut self, round: u64) -> Result<String, String> {
        let (inputs, seed) = (INPUTS.to_string(), (1_000 + round).to_string());
        let arguments = ["run", "--release", "--quiet", "--locked", "-p", "fuzz-corpus", "--", "all"];
        let arguments = [&arguments[..], &["--runs", &inputs, "--seed", &seed]].concat();
        let table = cargo(&arguments, &[])?;
        self.inputs += INPUTS;
        Ok(format!("{INPUTS} inputs for each of {} parsers", table.lines().count().saturating_sub(1)))
    }

    fn figures(&self) -> String {
        format!("{} inputs for each parser", self.inputs)
    }
}
