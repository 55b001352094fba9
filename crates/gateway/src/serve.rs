use std::{path::Path, process::ExitCode};

use gateway_config::Config;

use crate::{
    exit::fail,
    gateway::{Confirm, Gateway},
    log,
    signals::Signals,
};

/// Runs the gateway until it is told to stop.
pub(crate) fn run(config: Config, file: &Path, confirm: Confirm) -> ExitCode {
    log::init(&config.log);
    let runtime = match tokio::runtime::Builder::new_multi_thread().enable_all().build() {
        Ok(runtime) => runtime,
        Err(error) => return fail(&format!("no runtime: {error}")),
    };
    runtime.block_on(async {
        // Before anybody is told that the gateway is ready: a signal that nobody catches ends the process at once.
        let signals = match Signals::catch() {
            Ok(signals) => signals,
            Err(error) => return fail(&format!("the process cannot catch signals: {error}")),
        };
        let gateway = match Gateway::start(config, Some(file), confirm).await {
            Ok(gateway) => gateway,
            Err(error) => return fail(&error.to_string()),
        };
        match gateway.run(signals).await {
            Ok(()) => ExitCode::SUCCESS,
            Err(reason) => {
                tracing::error!(
                    reason,
                    "the store has failed; ending, so that a new process can read what is stored"
                );
                ExitCode::FAILURE
            }
        }
    })
}
