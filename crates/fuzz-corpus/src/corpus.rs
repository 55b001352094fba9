//! The inputs that are kept: one folder per target, small files that can be read.

use std::{fs, io, path::PathBuf};

/// One input of the corpus.
#[derive(Debug, Clone)]
pub struct Item {
    /// The file's name.
    pub name: String,
    /// Its bytes.
    pub bytes: Vec<u8>,
}

/// The folder of a target.
pub fn folder(target: &str) -> PathBuf {
    PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("corpus").join(target)
}

/// The inputs of a target in the order of their names.
///
/// # Errors
/// When the folder or a file of it cannot be read.
pub fn load(target: &str) -> io::Result<Vec<Item>> {
    let mut items = Vec::new();
    for entry in fs::read_dir(folder(target))? {
        let entry = entry?;
        let name = entry.file_name().to_string_lossy().into_owned();
        items.push(Item { name, bytes: fs::read(entry.path())? });
    }
    items.sort_by(|left, right| left.name.cmp(&right.name));
    Ok(items)
}
