//! The whole thing on one machine: the gateway, four simulated vendors, a few invented people, and a table of what arrives.
//! Needs no file and no account, and leaves nothing behind.

mod people;
mod show;
mod world;

use std::{net::SocketAddr, process::ExitCode, time::Duration};

use crate::{
    exit::fail,
    gateway::{Confirm, Gateway},
    log,
    signals::Signals,
};
use world::World;

/// How the demo is run.
#[derive(Debug, clap::Args)]
pub(crate) struct Options {
    /// Where the gateway listens; another free port is taken when this one is in use
    #[arg(long, default_value = "127.0.0.1:8080")]
    listen: SocketAddr,
    /// Stop after so many seconds; without it the demo runs until it is interrupted
    #[arg(long, value_name = "SECONDS")]
    seconds: Option<u64>,
}

/// Runs the demo until it is interrupted.
pub(crate) fn run(options: &Options) -> ExitCode {
    log::quiet();
    let runtime = match tokio::runtime::Builder::new_multi_thread().worker_threads(2).enable_all().build() {
        Ok(runtime) => runtime,
        Err(error) => return fail(&format!("no runtime: {error}")),
    };
    match runtime.block_on(demonstrate(options)) {
        Ok(()) => ExitCode::SUCCESS,
        Err(reason) => fail(&reason),
    }
}

async fn demonstrate(options: &Options) -> Result<(), String> {
    let mut signals = Signals::catch().map_err(|error| error.to_string())?;
    let world = World::create(options.listen)?;
    let config = world.config()?;
    let gateway = Gateway::start(config, None, Confirm::Nothing).await.map_err(|error| error.to_string())?;
    people::introduce(&gateway, &world).await?;
    show::welcome(&gateway, &world);
    let watching = tokio::spawn(show::arrivals(world.simulators()));
    let end = async {
        match options.seconds {
            Some(seconds) => tokio::time::sleep(Duration::from_secs(seconds)).await,
            None => std::future::pending().await,
        }
    };
    tokio::select! {
        () = end => {}
        _ = signals.next() => {}
    }
    watching.abort();
    gateway.stop().await;
    Ok(())
}
