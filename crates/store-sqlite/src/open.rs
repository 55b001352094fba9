use std::{
    fs::{File, OpenOptions},
    io,
    path::{Path, PathBuf},
    sync::Arc,
};

use rusqlite::{Connection, ErrorCode, OpenFlags};

use crate::{
    audit,
    checkpoint::Checkpoints,
    error::describe,
    failure::Failure,
    header::may_be_ours,
    idempotency::Macs,
    lock::Lock,
    migrate::migrate,
    mount,
    options::{NetworkFs, OpenError, Options},
    place::{self, Place},
    pragmas,
    queue::Queue,
    reader::Readers,
    scrub::Scrubber,
    tx::{Memory, SharedHead},
    wal::Wal,
    writer::Writer,
};

/// Above this size a check of the whole file would take too long at a start.
const MOST_CHECKED: u64 = 64 * 1024 * 1024;

/// What an open store consists of.
pub(crate) struct Parts {
    pub(crate) queue: Arc<Queue>,
    pub(crate) readers: Readers,
    pub(crate) failure: Failure,
    pub(crate) writer: Writer,
    /// Where the database is, without symbolic links.
    pub(crate) path: PathBuf,
    /// The database, kept open until SQLite has closed it everywhere.
    pub(crate) file: Arc<File>,
}

/// Opens the file and starts nothing yet.
pub(crate) fn open(options: Options) -> Result<Parts, OpenError> {
    pragmas::check_version()?;
    make_directory(&options.path)?;
    let path = resolved(options.path)?;
    let mut lock = Lock::take(&path)?;
    let file = Arc::new(create(&path)?);
    lock.extend(&file, &path)?;
    if options.network_fs == NetworkFs::Refuse
        && let Some(kind) = mount::network_fs(&path)
    {
        return Err(OpenError::NetworkFs { path, kind });
    }
    let aside = place::aside(Wal::of(&path).path());
    if aside.exists() {
        return Err(OpenError::SetAside { path, aside });
    }
    let sqlite = |error: rusqlite::Error| OpenError::Sqlite { path: path.clone(), what: describe(&error) };
    let flags = OpenFlags::SQLITE_OPEN_READ_WRITE | OpenFlags::SQLITE_OPEN_NO_MUTEX;
    let vfs = options.vfs.as_deref();
    let mut connection = connect(&path, flags, vfs).map_err(sqlite)?;
    connection.set_prepared_statement_cache_capacity(128);
    look(&connection, &path)?;
    pragmas::set_writer(&connection)?;
    migrate(&mut connection, &path)?;
    let failure = Failure::none();
    let was_clean = mark_open(&connection).map_err(sqlite)?;
    if !was_clean {
        check_in_background(&path, vfs, &failure);
    }
    let memory = Memory {
        macs: Macs::load(&connection).map_err(sqlite)?,
        callers: Default::default(),
        ways: Default::default(),
        turns: Default::default(),
        in_flight: Default::default(),
        audit_head: SharedHead::new(audit::head(&connection).map_err(sqlite)?),
    };
    tracing::info!(head = %memory.audit_head.get(), "the audit goes on");
    let wal = Arc::new(Wal::of(&path));
    wal.file().map_err(|cause| OpenError::Io { path: wal.path().to_owned(), cause })?;
    let scrubber = Scrubber::new(Arc::clone(&file), Arc::clone(&wal), was_clean);
    let checkpoints = Checkpoints::watch(&mut connection, scrubber).map_err(sqlite)?;
    let readers = Readers::open(&path, vfs)?;
    let queue = Arc::new(Queue::new(options.queue));
    let writer = Writer {
        connection,
        memory,
        checkpoints,
        queue: Arc::clone(&queue),
        failure: failure.clone(),
        observer: options.observer,
        meter: options.meter,
        place: Place::new(path.clone(), Arc::clone(&file), wal),
        lock,
        #[cfg(test)]
        faults: options.faults,
    };
    Ok(Parts { queue, readers, failure, writer, path, file })
}

/// Reads the file for the first time: only then is it known to be whole.
fn look(connection: &Connection, path: &Path) -> Result<(), OpenError> {
    let read = connection.query_row("SELECT count(*) FROM sqlite_schema", [], |row| row.get::<_, i64>(0));
    let what = match read {
        Ok(_) => return Ok(()),
        Err(error) => error,
    };
    Err(match what.sqlite_error_code() {
        Some(ErrorCode::DatabaseCorrupt | ErrorCode::NotADatabase) => {
            OpenError::Damaged { path: path.to_owned(), what: describe(&what) }
        }
        _ => OpenError::Sqlite { path: path.to_owned(), what: describe(&what) },
    })
}

/// Opens one connection.
pub(crate) fn connect(path: &Path, flags: OpenFlags, vfs: Option<&str>) -> rusqlite::Result<Connection> {
    match vfs {
        Some(vfs) => Connection::open_with_flags_and_vfs(path, flags, vfs),
        None => Connection::open_with_flags(path, flags),
    }
}

fn make_directory(path: &Path) -> Result<(), OpenError> {
    let Some(parent) = path.parent().filter(|parent| !parent.as_os_str().is_empty()) else { return Ok(()) };
    let missing =
        parent.ancestors().take_while(|directory| !directory.as_os_str().is_empty() && !directory.exists());
    let missing: Vec<&Path> = missing.collect();
    std::fs::create_dir_all(parent).map_err(|cause| OpenError::Io { path: parent.to_owned(), cause })?;
    missing.into_iter().for_each(keep_name);
    Ok(())
}

/// The path without symbolic links, so that each file has one lock beside it whatever name it is opened by.
fn resolved(path: PathBuf) -> Result<PathBuf, OpenError> {
    let found = match (path.parent(), path.file_name()) {
        (Some(parent), Some(name)) if !path.exists() => {
            let parent = if parent.as_os_str().is_empty() { Path::new(".") } else { parent };
            parent.canonicalize().map(|parent| parent.join(name))
        }
        _ => path.canonicalize(),
    };
    found.map_err(|cause| OpenError::Io { path, cause })
}

/// Has a new directory survive a power failure: its name is kept by the one above. SQLite does the same for the names of its
/// files. Systems that cannot do it say so, which is no reason to stop.
fn keep_name(directory: &Path) {
    let above = directory.parent().filter(|above| !above.as_os_str().is_empty()).unwrap_or(Path::new("."));
    if let Err(error) = File::open(above).and_then(|above| above.sync_all()) {
        tracing::debug!(%error, "a directory's name could not be made durable");
    }
}

/// How a file that holds personal data is opened.
pub(crate) fn private() -> OpenOptions {
    let mut options = OpenOptions::new();
    options.read(true).write(true).create(true).truncate(false);
    #[cfg(unix)]
    std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o600);
    options
}

#[cfg(unix)]
fn make_private(file: &File) -> io::Result<()> {
    use std::os::unix::fs::PermissionsExt;
    let mode = file.metadata()?.permissions().mode() & 0o777;
    if mode & 0o077 != 0 {
        tracing::warn!(
            mode = format!("{mode:04o}"),
            "other users of this machine could read or write the database; now its owner alone can"
        );
    }
    file.set_permissions(std::fs::Permissions::from_mode(0o600))
}

#[cfg(not(unix))]
fn make_private(_: &File) -> io::Result<()> {
    Ok(())
}

/// The file, readable by its owner alone.
fn create(path: &Path) -> Result<File, OpenError> {
    let failed = |cause| OpenError::Io { path: path.to_owned(), cause };
    let file = private().open(path).map_err(failed)?;
    if !may_be_ours(&file, path).map_err(failed)? {
        return Err(OpenError::Foreign(path.to_owned()));
    }
    make_private(&file).map_err(failed)?;
    Ok(file)
}

/// Notes that the file is in use; whether the last process closed it.
fn mark_open(connection: &Connection) -> rusqlite::Result<bool> {
    let clean = connection.query_row("SELECT clean FROM marker", [], |row| row.get(0))?;
    connection.execute("UPDATE marker SET clean = 0", [])?;
    Ok(clean)
}

/// After an unclean stop the file is checked, beside the work that begins at once.
fn check_in_background(path: &Path, vfs: Option<&str>, failure: &Failure) {
    let size = std::fs::metadata(path).map_or(0, |metadata| metadata.len());
    if size >= MOST_CHECKED {
        tracing::warn!(
            "the last process did not close the database, which is too large to be checked at a start"
        );
        return;
    }
    tracing::info!("the last process did not close the database; it is being checked");
    let (path, vfs, failure) = (path.to_owned(), vfs.map(str::to_owned), failure.clone());
    std::thread::spawn(move || match quick_check(&path, vfs.as_deref()) {
        Ok(answer) if answer == "ok" => tracing::info!("the database is sound"),
        Ok(_) => failure.set("the database is damaged; restore it from a backup"),
        Err(error) => tracing::warn!(error = describe(&error), "the database could not be checked"),
    });
}

fn quick_check(path: &Path, vfs: Option<&str>) -> rusqlite::Result<String> {
    let connection = connect(path, OpenFlags::SQLITE_OPEN_READ_ONLY, vfs)?;
    connection.query_row("PRAGMA quick_check(1)", [], |row| row.get(0))
}
