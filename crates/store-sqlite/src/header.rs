use std::{
    fs::File,
    io::{self, Read, Seek, SeekFrom},
};

use crate::migrate::APPLICATION_ID;

/// The start of every SQLite file, the fields of its header up to the first page's own.
const LENGTH: usize = 105;

/// Whether a file can be a database of this program: it is empty, has this program's mark, or is a database in which nothing
/// was made yet. Changes nothing, so that a file that was named by mistake stays as it is.
///
/// # Errors
/// When the file cannot be read.
pub(crate) fn may_be_ours(mut file: &File) -> io::Result<bool> {
    if file.metadata()?.len() == 0 {
        return Ok(true);
    }
    let mut header = [0; LENGTH];
    file.seek(SeekFrom::Start(0))?;
    match file.read_exact(&mut header) {
        Ok(()) => Ok(is_ours(&header)),
        Err(error) if error.kind() == io::ErrorKind::UnexpectedEof => Ok(false),
        Err(error) => Err(error),
    }
}

/// The places of the fields are those of <https://sqlite.org/fileformat2.html>, sections 1.3 and 1.6.
fn is_ours(header: &[u8; LENGTH]) -> bool {
    let number =
        |at: usize| header[at..at + 4].iter().fold(0, |sum: i64, byte| (sum << 8) | i64::from(*byte));
    let (user_version, application) = (number(60), number(68));
    // A process that ends in its first start leaves a file whose mark is only in its log.
    let is_unused = application == 0 && user_version == 0 && header[103..105] == [0, 0];
    header.starts_with(b"SQLite format 3\0") && (application == APPLICATION_ID || is_unused)
}
