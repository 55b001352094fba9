use std::{
    fs::{self, File, OpenOptions},
    io::Write,
    net::SocketAddr,
    os::unix::fs::OpenOptionsExt,
    path::{Path, PathBuf},
};

use http_api::callers::Keys;

use super::settings::{Database, FILE, Settings};
use crate::{Error, bench::Bench, serve::listen, vendors::VENDORS};

/// What a gateway finds when it starts: a directory with its configuration, its secrets and its database. The directory goes
/// with it.
pub(crate) struct Installation {
    /// Where callers will reach the gateway.
    pub(super) api: SocketAddr,
    /// Where operators will reach it.
    pub(super) operator: SocketAddr,
    /// The header line with the key.
    pub(super) authorization: String,
    /// The arguments of the child.
    pub(super) arguments: Vec<String>,
    directory: PathBuf,
}

impl Installation {
    /// Writes the configuration and brings the database.
    ///
    /// # Errors
    /// When the disk does not allow it.
    pub(crate) fn prepare(bench: &Bench, settings: &Settings) -> Result<Self, Error> {
        let directory = bench.empty_directory(settings.name)?;
        match &settings.database {
            Database::Empty => {}
            Database::Introduced => copy(bench.introduced()?, &directory)?,
            Database::CopyOf(file) => copy(file, &directory)?,
        }
        let (api, operator) = free_addresses()?;
        let (token, hash) = Keys::generate().map_err(|error| error.to_string())?;
        for vendor in VENDORS {
            write_private(&directory.join(vendor.name()), &format!("credential-of-{}", vendor.name()))?;
        }
        let config = directory.join(CONFIG);
        fs::write(&config, settings.text(bench, &hash.to_string(), api, operator))?;
        let mut arguments = vec!["--config".to_owned(), config.display().to_string()];
        arguments.extend_from_slice(&settings.arguments);
        let authorization = format!("Authorization: Bearer {token}");
        Ok(Self { api, operator, authorization, arguments, directory })
    }

    /// The configuration file.
    pub(crate) fn config(&self) -> PathBuf {
        self.directory.join(CONFIG)
    }

    /// The file of the database.
    pub(crate) fn database(&self) -> PathBuf {
        self.directory.join(FILE)
    }
}

impl Drop for Installation {
    fn drop(&mut self) {
        // The run's directory goes at the end in any case.
        let _ = fs::remove_dir_all(&self.directory);
    }
}

const CONFIG: &str = "gateway.toml";

/// Copies a closed database, durably: what the disk still has to write would slow down who is measured.
fn copy(database: &Path, directory: &Path) -> Result<(), Error> {
    let file = directory.join(FILE);
    fs::copy(database, &file)?;
    Ok(File::open(file)?.sync_all()?)
}

fn write_private(path: &Path, text: &str) -> std::io::Result<()> {
    let mut file = OpenOptions::new().write(true).create_new(true).mode(0o600).open(path)?;
    file.write_all(text.as_bytes())
}

/// Two addresses that are free now: the gateway tells those of the system's choice in its log alone, below the level that
/// it has here.
fn free_addresses() -> Result<(SocketAddr, SocketAddr), Error> {
    let (first, second) = (listen()?, listen()?);
    Ok((first.local_addr()?, second.local_addr()?))
}
