use std::{net::SocketAddr, path::Path, process::ExitCode, time::Duration};

use clap::Args;

use crate::{Error, aging, slow_disk::slow_down};

/// How a gateway that is measured differs from the one that people run: without any of this not at all.
#[derive(Debug, Args)]
pub(crate) struct Twist {
    /// Every synchronisation of its disk takes at least so many milliseconds
    #[arg(long, value_name = "MS", requires = "count_at")]
    least_sync: Option<u64>,
    /// Where the number of synchronisations is told
    #[arg(long, value_name = "ADDRESS", requires = "least_sync")]
    count_at: Option<SocketAddr>,
    /// Updates and attempts are kept for so many milliseconds
    #[arg(long, value_name = "MS")]
    retention: Option<u64>,
}

impl Twist {
    /// Runs the gateway of this configuration file until it is told to stop.
    ///
    /// # Errors
    /// Why it cannot run.
    pub(crate) fn run(&self, config: &Path) -> Result<ExitCode, Error> {
        let directory = config.parent().unwrap_or(Path::new("."));
        if let (Some(least), Some(count_at)) = (self.least_sync, self.count_at) {
            slow_down(directory, Duration::from_millis(least), count_at)?;
        }
        if let Some(retention) = self.retention {
            aging::serve(config, Duration::from_millis(retention))?;
            return Ok(ExitCode::SUCCESS);
        }
        let arguments =
            ["profile-gateway".into(), "serve".into(), "--config".into(), config.as_os_str().to_owned()];
        Ok(gateway::cli::run_with(arguments))
    }
}
