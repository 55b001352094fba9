use std::{fs::File, io::Read, path::Path};

use super::mistake::{Mistake, Place, position};

/// The largest configuration file, in bytes.
pub(super) const LARGEST: usize = 1024 * 1024;

/// The text of a configuration file.
///
/// # Errors
/// What to do, with the place of the first byte that is not UTF-8.
pub(super) fn read(path: &Path) -> Result<String, Mistake> {
    let bytes = read_regular(path, LARGEST).map_err(Mistake::whole_file)?;
    String::from_utf8(bytes).map(without_mark).map_err(|error| {
        let valid = &error.as_bytes()[..error.utf8_error().valid_up_to()];
        let (line, column) = position(&String::from_utf8_lossy(valid));
        let sentence = "the file is not UTF-8 here; save it as UTF-8".to_owned();
        Mistake { place: Place::At { line, column }, sentence, shown: None }
    })
}

/// The byte order mark that some editors put in front.
pub(super) const MARK: &[u8] = "\u{feff}".as_bytes();

/// The text without the byte order mark that some editors put in front.
pub(super) fn without_mark(text: String) -> String {
    text.strip_prefix('\u{feff}').map(str::to_owned).unwrap_or(text)
}

/// An error in the words of the system: `No such file or directory`.
pub(super) fn words(error: &std::io::Error) -> String {
    let text = error.to_string();
    text.split(" (os error").next().unwrap_or(&text).to_owned()
}

/// The bytes of a regular file of at most `largest` bytes. Others are not opened: a pipe would wait for ever.
pub(super) fn read_regular(path: &Path, largest: usize) -> Result<Vec<u8>, String> {
    let cannot = |error: std::io::Error| format!("the file cannot be read: {}", words(&error));
    let kind = path.metadata().map_err(cannot)?;
    if !kind.is_file() {
        return Err("this is a directory, a pipe or a device; name a regular file".to_owned());
    }
    let mut bytes = Vec::new();
    let limit = u64::try_from(largest).unwrap_or(u64::MAX).saturating_add(1);
    File::open(path).map_err(cannot)?.take(limit).read_to_end(&mut bytes).map_err(cannot)?;
    if bytes.len() > largest {
        return Err(format!(
            "the file is larger than {} KiB; check that it is the right one",
            largest / 1024
        ));
    }
    Ok(bytes)
}
