//! `vendor-sim`: the four vendors as a program, for demos, docker-compose and benchmarks.

use std::io::{self, Write as _};
use std::net::SocketAddr;
use std::process::ExitCode;

use clap::Parser;
use tokio::signal::unix::{SignalKind, signal};
use vendor_sim::{Config, Simulator, StartError, Vendor, seed};

/// Simulates vendors until SIGINT or SIGTERM. Without any address all four listen on 127.0.0.1:9101 to 9104.
#[derive(Parser)]
#[command(version)]
struct Options {
    /// Where Communal listens.
    #[arg(long, value_name = "ADDRESS")]
    communal: Option<SocketAddr>,
    /// Where Communifire listens.
    #[arg(long, value_name = "ADDRESS")]
    communifire: Option<SocketAddr>,
    /// Where User.com listens.
    #[arg(long, value_name = "ADDRESS")]
    usercom: Option<SocketAddr>,
    /// Where Village listens.
    #[arg(long, value_name = "ADDRESS")]
    village: Option<SocketAddr>,
    /// Key that Communal accepts.
    #[arg(long, env = "SIM_COMMUNAL_CREDENTIAL", hide_env_values = true, value_name = "KEY")]
    credential_communal: Option<String>,
    /// Key that Communifire accepts.
    #[arg(long, env = "SIM_COMMUNIFIRE_CREDENTIAL", hide_env_values = true, value_name = "KEY")]
    credential_communifire: Option<String>,
    /// Key that User.com accepts.
    #[arg(long, env = "SIM_USERCOM_CREDENTIAL", hide_env_values = true, value_name = "KEY")]
    credential_usercom: Option<String>,
    /// Key that Village accepts.
    #[arg(long, env = "SIM_VILLAGE_CREDENTIAL", hide_env_values = true, value_name = "KEY")]
    credential_village: Option<String>,
    /// Village's network id.
    #[arg(long, default_value = "sim-network", value_name = "ID")]
    network: String,
    /// How many people for load exist beside the four of the demo.
    #[arg(long, default_value_t = 0, value_name = "N")]
    seed_users: u64,
    /// Seed of random faults.
    #[arg(long, default_value_t = 1)]
    seed: u64,
    /// How many exchanges each vendor remembers.
    #[arg(long, default_value_t = 100_000, value_name = "N")]
    history_cap: usize,
    /// Worker threads of each vendor.
    #[arg(long, default_value_t = 1, value_name = "N")]
    workers: usize,
}

fn main() -> ExitCode {
    match run(&Options::parse()) {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            let cause = std::error::Error::source(error.as_ref())
                .map(|cause| format!(": {cause}"))
                .unwrap_or_default();
            let _ = writeln!(io::stderr(), "vendor-sim: {error}{cause}");
            ExitCode::FAILURE
        }
    }
}

fn run(options: &Options) -> Result<(), Box<dyn std::error::Error>> {
    let simulators = started(options)?;
    let mut out = io::stdout().lock();
    for simulator in &simulators {
        writeln!(out, "{} {}", simulator.vendor().name(), simulator.base_url())?;
    }
    out.flush()?;
    drop(out);
    tokio::runtime::Builder::new_current_thread().enable_all().build()?.block_on(until_signal())?;
    Ok(())
}

fn started(options: &Options) -> Result<Vec<Simulator>, StartError> {
    let given = [options.communal, options.communifire, options.usercom, options.village];
    let keys = [
        &options.credential_communal,
        &options.credential_communifire,
        &options.credential_usercom,
        &options.credential_village,
    ];
    let none = given.iter().all(Option::is_none);
    let mut simulators = Vec::new();
    for (((vendor, given), key), port) in Vendor::ALL.into_iter().zip(given).zip(keys).zip(9_101..) {
        let Some(listen) = given.or(none.then_some(SocketAddr::from(([127, 0, 0, 1], port)))) else {
            continue;
        };
        let mut config = Config { listen, seed: options.seed, ..Config::new(vendor) };
        config.credential = key.clone().unwrap_or(config.credential);
        config.network_id.clone_from(&options.network);
        config.users.extend(seed::many(options.seed_users));
        config.history_cap = options.history_cap;
        config.workers = options.workers;
        simulators.push(Simulator::start(config)?);
    }
    Ok(simulators)
}

async fn until_signal() -> io::Result<()> {
    let mut terminate = signal(SignalKind::terminate())?;
    let mut interrupt = signal(SignalKind::interrupt())?;
    tokio::select! {
        _ = terminate.recv() => {}
        _ = interrupt.recv() => {}
    }
    Ok(())
}
