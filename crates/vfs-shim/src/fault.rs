use rusqlite::ffi;

use crate::effect::Kind;

/// Makes calls of SQLite fail. Calls are counted from when the fault is set.
#[derive(Debug, Clone, Copy)]
pub struct Fault {
    /// Which calls; [`Kind::Name`] never fails.
    pub on: Kind,
    /// The first that fails, from 1.
    pub at: u64,
    /// What SQLite is told.
    pub code: Code,
    /// How many fail.
    pub times: Times,
}

/// What SQLite is told of a failure.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Code {
    /// The disk erred: `SQLITE_IOERR_WRITE` and its like.
    Io,
    /// The disk is full: `SQLITE_FULL`.
    Full,
}

/// How many calls fail.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Times {
    /// One.
    Once,
    /// All from the first on.
    Forever,
}

impl Fault {
    /// What the call with this number, if it is one of the kind, answers.
    pub(crate) fn strikes(&self, number: u64) -> Option<i32> {
        let due = match self.times {
            Times::Once => number == self.at,
            Times::Forever => number >= self.at,
        };
        due.then_some(match (self.code, self.on) {
            (Code::Full, _) => ffi::SQLITE_FULL,
            (Code::Io, Kind::Write) => ffi::SQLITE_IOERR_WRITE,
            (Code::Io, Kind::Sync) => ffi::SQLITE_IOERR_FSYNC,
            (Code::Io, Kind::Truncate) => ffi::SQLITE_IOERR_TRUNCATE,
            (Code::Io, Kind::Name) => ffi::SQLITE_IOERR,
        })
    }
}
