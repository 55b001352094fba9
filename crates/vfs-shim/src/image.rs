use std::{collections::BTreeMap, io, path::Path};

use crate::{
    disk::SECTOR,
    effect::{Effect, FileId},
    loss::{Fate, Loss},
};

/// The files of a directory.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Image {
    pub(crate) files: BTreeMap<String, Vec<u8>>,
}

impl Image {
    /// Reads a directory, without what SQLite keeps in shared memory.
    ///
    /// # Errors
    /// When it cannot be read.
    pub fn read(directory: &Path) -> io::Result<Self> {
        let mut files = BTreeMap::new();
        for entry in std::fs::read_dir(directory)? {
            let entry = entry?;
            let name = entry.file_name().to_string_lossy().into_owned();
            if entry.file_type()?.is_file() && !name.ends_with("-shm") && !name.ends_with(".lock") {
                files.insert(name, std::fs::read(entry.path())?);
            }
        }
        Ok(Self { files })
    }

    /// Writes the files into an empty directory.
    ///
    /// # Errors
    /// When they cannot be written.
    pub fn write(&self, directory: &Path) -> io::Result<()> {
        self.files.iter().try_for_each(|(name, bytes)| std::fs::write(directory.join(name), bytes))
    }

    /// The content of a file.
    pub fn file(&self, name: &str) -> Option<&[u8]> {
        self.files.get(name).map(Vec::as_slice)
    }

    /// The content of a file, to be damaged.
    pub fn file_mut(&mut self, name: &str) -> Option<&mut Vec<u8>> {
        self.files.get_mut(name)
    }
}

/// One file: what is durable, and what was done since.
#[derive(Default)]
struct Content<'a> {
    durable: Vec<u8>,
    pending: Vec<&'a Effect>,
}

/// What the effects leave.
pub(crate) fn replay(start: &BTreeMap<String, Vec<u8>>, log: &[Effect], loss: &mut Loss) -> Image {
    let durable = start.values().cloned().map(|durable| Content { durable, ..Content::default() });
    let mut contents: Vec<Content<'_>> = durable.collect();
    let mut names: BTreeMap<&str, FileId> = start.keys().map(String::as_str).zip(0..).collect();
    let mut changes: BTreeMap<&str, Vec<Option<FileId>>> = BTreeMap::new();
    for effect in log {
        match effect {
            Effect::Create { name, file } => {
                changes.entry(name).or_default().push(Some(*file));
                contents.push(Content::default());
            }
            Effect::Delete { name } => changes.entry(name).or_default().push(None),
            Effect::SyncDirectory => {
                std::mem::take(&mut changes).into_iter().for_each(|(name, changes)| {
                    settle(&mut names, name, changes.last());
                });
            }
            Effect::Write { file, .. } | Effect::Truncate { file, .. } => {
                contents[*file].pending.push(effect);
            }
            Effect::Sync { file } => contents[*file].land(&mut Loss::nothing()),
            Effect::SyncFailed { file } => contents[*file].land(loss),
        }
    }
    for (name, changes) in changes {
        let kept = loss.names(changes.len());
        settle(&mut names, name, changes[..kept].last());
    }
    contents.iter_mut().for_each(|content| content.land(loss));
    let named = names.into_iter();
    Image { files: named.map(|(name, file)| (name.to_owned(), contents[file].durable.clone())).collect() }
}

/// The last of a name's changes counts.
fn settle<'a>(names: &mut BTreeMap<&'a str, FileId>, name: &'a str, last: Option<&Option<FileId>>) {
    match last {
        None => {}
        Some(Some(file)) => drop(names.insert(name, *file)),
        Some(None) => drop(names.remove(name)),
    }
}

impl Content<'_> {
    /// Lets what is pending land as far as it is not lost.
    fn land(&mut self, loss: &mut Loss) {
        let pending = std::mem::take(&mut self.pending);
        let sizes: Vec<(u64, usize)> = pending.iter().map(|effect| span(effect)).collect();
        for (effect, fate) in pending.into_iter().zip(loss.fates(&sizes)) {
            match effect {
                Effect::Write { offset, bytes, .. } => self.write(*offset, bytes, &fate, loss),
                // A size is one number: it is there or not.
                Effect::Truncate { size, .. } if fate == Fate::Lands || fate == Fate::Torn(vec![true]) => {
                    self.resize(*size, loss);
                }
                _ => {}
            }
        }
    }

    fn write(&mut self, offset: u64, bytes: &[u8], fate: &Fate, loss: &mut Loss) {
        let sector_of = |at: u64| usize::try_from(at / SECTOR as u64 - offset / SECTOR as u64).unwrap_or(0);
        let mut at = offset;
        let end = offset + bytes.len() as u64;
        while at < end {
            let next = ((at / SECTOR as u64 + 1) * SECTOR as u64).min(end);
            let lands = match fate {
                Fate::Lands => true,
                Fate::Lost => false,
                Fate::Torn(sectors) => sectors[sector_of(at)],
            };
            if lands {
                if (self.durable.len() as u64) < next {
                    self.resize(next, loss);
                }
                let place = |position: u64| usize::try_from(position).unwrap_or(usize::MAX);
                self.durable[place(at)..place(next)]
                    .copy_from_slice(&bytes[place(at - offset)..place(next - offset)]);
            }
            at = next;
        }
    }

    fn resize(&mut self, size: u64, loss: &mut Loss) {
        self.durable.resize_with(usize::try_from(size).unwrap_or(usize::MAX), || loss.hole());
    }
}

fn span(effect: &Effect) -> (u64, usize) {
    match effect {
        Effect::Write { offset, bytes, .. } => (*offset, bytes.len()),
        _ => (0, 1),
    }
}
