use std::fmt;

/// The number of a file's content; a name that is deleted and made again is another file.
pub(crate) type FileId = usize;

/// One thing that happened to the directory.
#[derive(Clone)]
pub(crate) enum Effect {
    /// The name now stands for the file, which is new and empty.
    Create { name: String, file: FileId },
    /// The name is gone.
    Delete { name: String },
    /// Bytes were written.
    Write { file: FileId, offset: u64, bytes: Box<[u8]> },
    /// The file was cut or extended.
    Truncate { file: FileId, size: u64 },
    /// Everything written to the file is durable.
    Sync { file: FileId },
    /// A synchronisation failed: the system may have dropped what was not durable and takes it for written.
    SyncFailed { file: FileId },
    /// All names are durable.
    SyncDirectory,
}

/// What kind of effect a step of the log is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Kind {
    /// A write.
    Write,
    /// A synchronisation of a file, which may fail.
    Sync,
    /// A truncation.
    Truncate,
    /// A name that came or went.
    Name,
}

impl Effect {
    pub(crate) fn kind(&self) -> Kind {
        match self {
            Self::Write { .. } => Kind::Write,
            Self::Truncate { .. } => Kind::Truncate,
            Self::Sync { .. } | Self::SyncFailed { .. } => Kind::Sync,
            Self::Create { .. } | Self::Delete { .. } | Self::SyncDirectory => Kind::Name,
        }
    }
}

impl fmt::Debug for Effect {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Create { name, file } => write!(f, "create {name} as {file}"),
            Self::Delete { name } => write!(f, "delete {name}"),
            Self::Write { file, offset, bytes } => write!(f, "write {file} at {offset}, {}", bytes.len()),
            Self::Truncate { file, size } => write!(f, "truncate {file} to {size}"),
            Self::Sync { file } => write!(f, "sync {file}"),
            Self::SyncFailed { file } => write!(f, "sync {file} failed"),
            Self::SyncDirectory => f.write_str("sync names"),
        }
    }
}
