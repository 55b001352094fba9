//! Runs fuzz targets on stable Rust for as long as somebody likes:
//! `cargo run --release -p fuzz-corpus -- <target|all> --runs 10000000`.

use std::{
    error::Error,
    io::{self, Write},
    panic,
    process::ExitCode,
    time::{Duration, Instant},
};

use fuzz_corpus::{Run, TARGETS, corpus, mutate::Mutator};

const USAGE: &str = "usage: fuzz-corpus <target|all> [--runs N] [--seed N]";

struct Arguments {
    targets: Vec<(&'static str, Run)>,
    runs: u64,
    seed: u64,
}

struct Figures {
    runs: u64,
    elapsed: Duration,
    slowest: Duration,
    failure: Option<Vec<u8>>,
}

fn main() -> ExitCode {
    match run() {
        Ok(code) => code,
        Err(error) => {
            let _ = writeln!(io::stderr(), "{error}");
            ExitCode::from(2)
        }
    }
}

fn run() -> Result<ExitCode, Box<dyn Error>> {
    let arguments = arguments()?;
    let mut table = Vec::new();
    for (name, target) in &arguments.targets {
        let items = corpus::load(name).map_err(|error| format!("the corpus of {name}: {error}"))?;
        let figures = fuzz(name, *target, Mutator::new(&items, arguments.seed), arguments.runs)?;
        table.push((name, figures));
    }
    let mut out = io::stdout();
    writeln!(out, "{:12} {:>12} {:>10} {:>12}  result", "target", "executions", "per second", "slowest")?;
    let mut code = ExitCode::SUCCESS;
    for (name, figures) in table {
        let result = match &figures.failure {
            None => "ok".to_owned(),
            Some(input) => {
                code = ExitCode::FAILURE;
                let path = std::env::temp_dir().join(format!("fuzz-{name}-failure"));
                std::fs::write(&path, input)?;
                format!("FAILED, the input is in {}", path.display())
            }
        };
        let rate = rate(figures.runs, figures.elapsed);
        writeln!(out, "{name:12} {:>12} {rate:>10.0} {:>12.1?}  {result}", figures.runs, figures.slowest)?;
    }
    Ok(code)
}

fn fuzz(name: &str, target: Run, mut mutator: Mutator<'_>, runs: u64) -> io::Result<Figures> {
    let mut figures = Figures { runs: 0, elapsed: Duration::ZERO, slowest: Duration::ZERO, failure: None };
    let (start, mut shown) = (Instant::now(), Instant::now());
    while figures.runs < runs {
        let input = mutator.next_input();
        let began = Instant::now();
        let outcome = panic::catch_unwind(|| target(&input));
        figures.slowest = figures.slowest.max(began.elapsed());
        figures.runs += 1;
        if outcome.is_err() {
            figures.failure = Some(input);
            break;
        }
        if shown.elapsed() >= Duration::from_secs(5) {
            shown = Instant::now();
            let rate = rate(figures.runs, start.elapsed());
            writeln!(io::stderr(), "{name}: {} of {runs}, {rate:.0} per second", figures.runs)?;
        }
    }
    figures.elapsed = start.elapsed();
    Ok(figures)
}

#[expect(clippy::cast_precision_loss, reason = "a rate for people")]
fn rate(runs: u64, elapsed: Duration) -> f64 {
    runs as f64 / elapsed.as_secs_f64()
}

fn arguments() -> Result<Arguments, Box<dyn Error>> {
    let mut words = std::env::args().skip(1);
    let name = words.next().ok_or_else(|| {
        let names: Vec<&str> = TARGETS.iter().map(|(name, _)| *name).collect();
        format!("{USAGE}\ntargets: {}", names.join(" "))
    })?;
    let targets: Vec<_> =
        TARGETS.iter().filter(|(target, _)| name == "all" || name == *target).copied().collect();
    if targets.is_empty() {
        return Err(format!("there is no target of this name\n{USAGE}").into());
    }
    let mut arguments = Arguments { targets, runs: 1_000_000, seed: 1 };
    while let Some(word) = words.next() {
        let number = words.next().and_then(|number| number.parse().ok()).ok_or(USAGE)?;
        match word.as_str() {
            "--runs" => arguments.runs = number,
            "--seed" => arguments.seed = number,
            _ => return Err(USAGE.into()),
        }
    }
    Ok(arguments)
}
