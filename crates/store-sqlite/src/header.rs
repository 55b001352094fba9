use std::{
    fs::File,
    io::{self, Read, Seek, SeekFrom},
    path::Path,
};

use crate::migrate::APPLICATION_ID;

/// The start of every SQLite file, the fields of its header up to the first page's own.
const LENGTH: usize = 105;

const MAGIC: &[u8] = b"SQLite format 3\0";

/// Whether a file can be a database of this program: it is empty, has this program's mark, or is a database in which nothing
/// was made yet. Changes nothing, so that a file that was named by mistake stays as it is.
///
/// # Errors
/// When the file cannot be read.
pub(crate) fn may_be_ours(file: &File, path: &Path) -> io::Result<bool> {
    if file.metadata()?.len() == 0 {
        return Ok(true);
    }
    match start::<LENGTH>(file)? {
        Some(header) if header.starts_with(MAGIC) => Ok(is_ours(&header)),
        _ => was_empty(path),
    }
}

/// The first bytes of a file; none when it is shorter.
fn start<const LENGTH: usize>(mut file: &File) -> io::Result<Option<[u8; LENGTH]>> {
    let mut bytes = [0; LENGTH];
    file.seek(SeekFrom::Start(0))?;
    match file.read_exact(&mut bytes) {
        Ok(()) => Ok(Some(bytes)),
        Err(error) if error.kind() == io::ErrorKind::UnexpectedEof => Ok(None),
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
    application == APPLICATION_ID || is_unused
}

/// Whether the rollback journal beside a file says that nothing was in it before. The power was then lost while the first page
/// was being written, and SQLite makes the file empty again, whatever is in it now. The places are those of section 3 there.
fn was_empty(path: &Path) -> io::Result<bool> {
    let mut name = path.as_os_str().to_owned();
    name.push("-journal");
    let journal = match File::open(name) {
        Ok(journal) => journal,
        Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(false),
        Err(error) => return Err(error),
    };
    let start = start::<20>(&journal)?;
    Ok(start.is_some_and(|start| {
        start.starts_with(&[0xd9, 0xd5, 0x05, 0xf9, 0x20, 0xa1, 0x63, 0xd7]) && start[16..20] == [0; 4]
    }))
}
