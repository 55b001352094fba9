use delivery::store::{AcceptError, StoreError};
use rusqlite::{Error as SqlError, ErrorCode};

/// Why one operation of a batch failed.
#[derive(Debug)]
pub(crate) enum OpError<E = StoreError> {
    /// The operation alone is refused; the others of its batch go on.
    Refused(E),
    /// SQLite failed.
    Sql(SqlError),
    /// The whole batch has failed.
    Batch(BatchError),
}

/// Why a whole batch failed.
#[derive(Debug, Clone)]
pub(crate) enum BatchError {
    /// Nothing was done, and another try may succeed.
    Undone(StoreError),
    /// Nobody knows; the store must not go on.
    Unknown(String),
    /// Nothing was done, because one operation failed half-way: all are to be done again, with a savepoint for each.
    Again,
}

impl<E> From<SqlError> for OpError<E> {
    fn from(error: SqlError) -> Self {
        Self::Sql(error)
    }
}

impl<E> From<BatchError> for OpError<E> {
    fn from(error: BatchError) -> Self {
        Self::Batch(error)
    }
}

impl From<StoreError> for OpError {
    fn from(error: StoreError) -> Self {
        Self::Refused(error)
    }
}

impl From<AcceptError> for OpError<AcceptError> {
    fn from(error: AcceptError) -> Self {
        Self::Refused(error)
    }
}

impl From<OpError> for OpError<AcceptError> {
    fn from(error: OpError) -> Self {
        match error {
            OpError::Refused(error) => Self::Refused(error.into()),
            OpError::Sql(error) => Self::Sql(error),
            OpError::Batch(error) => Self::Batch(error),
        }
    }
}

impl<E: From<StoreError>> OpError<E> {
    /// What the caller is told, or why the whole batch fails.
    pub(crate) fn judge(self) -> Result<E, BatchError> {
        let error = match self {
            Self::Refused(error) => return Ok(error),
            Self::Batch(error) => return Err(error),
            Self::Sql(error) => error,
        };
        if is_of_batch(&error) {
            return Err(of_batch(&error));
        }
        tracing::error!(error = describe(&error), "an operation does not fit what is stored");
        Ok(damaged(&error).into())
    }
}

/// Whether an error says something about the file or the connection, and not about one operation.
pub(crate) fn is_of_batch(error: &SqlError) -> bool {
    !matches!(
        error.sqlite_error_code(),
        None | Some(ErrorCode::ConstraintViolation | ErrorCode::TypeMismatch | ErrorCode::TooBig)
    )
}

/// Reads the failure of a statement that concerns the whole transaction.
pub(crate) fn of_batch(error: &SqlError) -> BatchError {
    match error.sqlite_error_code() {
        Some(ErrorCode::DiskFull) => BatchError::Undone(StoreError::Full),
        _ => BatchError::Unknown(describe(error)),
    }
}

impl OpError {
    /// What the caller of a read is told: nothing was changed, whatever happened.
    pub(crate) fn of_read(self) -> StoreError {
        match self {
            Self::Refused(error) | Self::Batch(BatchError::Undone(error)) => error,
            Self::Batch(BatchError::Unknown(what)) => StoreError::Damaged(what),
            Self::Batch(BatchError::Again) => StoreError::Overloaded,
            Self::Sql(error) => damaged(&error),
        }
    }
}

fn damaged(error: &SqlError) -> StoreError {
    StoreError::Damaged(describe(error))
}

/// The error without anything that was bound or stored.
pub(crate) fn describe(error: &SqlError) -> String {
    match error {
        SqlError::SqliteFailure(code, _) => format!("{:?} ({})", code.code, code.extended_code),
        SqlError::FromSqlConversionFailure(column, ..) | SqlError::IntegralValueOutOfRange(column, ..) => {
            format!("column {column} holds something else")
        }
        SqlError::InvalidColumnType(column, name, _) => format!("column {column} ({name}) has another type"),
        SqlError::QueryReturnedNoRows => "a row is missing".to_owned(),
        _ => "SQLite refused a statement".to_owned(),
    }
}
