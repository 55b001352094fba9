use std::{
    collections::BTreeMap,
    io,
    path::{Path, PathBuf},
    sync::{Arc, Mutex, MutexGuard, PoisonError, Weak},
};

use crate::{
    effect::{Effect, FileId, Kind},
    fault::Fault,
    image::{self, Image},
    loss::Loss,
};

/// A difference between two contents is looked for in pieces of this size.
pub(crate) const SECTOR: usize = 512;

static DISKS: Mutex<Vec<Weak<Inner>>> = Mutex::new(Vec::new());

/// What the disk does behind SQLite's back.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Habit {
    /// Nothing.
    #[default]
    Honest,
    /// Says that it has synchronised and has not. To the store's callers that is an answer before the commit is durable.
    LiesAboutSync,
    /// Has SQLite run with `synchronous=NORMAL` and answer that it is `FULL`.
    Careless,
}

/// Watches one directory. Clones watch together; the directory is let go with the last one and the last open file.
#[derive(Debug, Clone)]
pub struct Disk(Arc<Inner>);

#[derive(Debug)]
pub(crate) struct Inner {
    directory: PathBuf,
    habit: Habit,
    state: Mutex<State>,
}

#[derive(Debug, Default)]
pub(crate) struct State {
    start: BTreeMap<String, Vec<u8>>,
    log: Vec<Effect>,
    names: BTreeMap<String, FileId>,
    /// The contents as SQLite sees them.
    contents: Vec<Vec<u8>>,
    fault: Option<Fault>,
    calls: u64,
    fired: u64,
}

impl Disk {
    /// Watches a directory; what is in it is durable.
    ///
    /// # Errors
    /// When the directory cannot be read.
    pub fn watch(directory: &Path, habit: Habit) -> io::Result<Self> {
        let directory = directory.canonicalize()?;
        let start = Image::read(&directory)?.files;
        let names = start.keys().cloned().zip(0..).collect();
        let contents = start.values().cloned().collect();
        let state = State { start, names, contents, ..State::default() };
        let inner = Arc::new(Inner { directory, habit, state: Mutex::new(state) });
        let mut disks = DISKS.lock().unwrap_or_else(PoisonError::into_inner);
        disks.retain(|disk| disk.strong_count() > 0);
        disks.push(Arc::downgrade(&inner));
        Ok(Self(inner))
    }

    /// How many effects there were.
    pub fn moment(&self) -> usize {
        self.0.lock().log.len()
    }

    /// Of what kind each effect was.
    pub fn kinds(&self) -> Vec<Kind> {
        self.0.lock().log.iter().map(Effect::kind).collect()
    }

    /// The effects, one in a line, for a report.
    pub fn story(&self, from: usize, to: usize) -> String {
        let state = self.0.lock();
        let lines = state.log.iter().enumerate().take(to).skip(from);
        lines.map(|(number, effect)| format!("{number}: {effect:?}\n")).collect()
    }

    /// The last moment, not after `cut`, at which a file whose name ends so was made durable.
    pub fn last_sync(&self, cut: usize, ending: &str) -> Option<usize> {
        let state = self.0.lock();
        let mut files: Vec<FileId> = Vec::new();
        files
            .extend(state.start.keys().zip(0..).filter(|(name, _)| name.ends_with(ending)).map(|(_, id)| id));
        let mut last = None;
        for (number, effect) in state.log.iter().take(cut).enumerate() {
            match effect {
                Effect::Create { name, file } if name.ends_with(ending) => files.push(*file),
                Effect::Sync { file } if files.contains(file) => last = Some(number + 1),
                _ => {}
            }
        }
        last
    }

    /// What is found after the power was lost when `cut` effects had happened.
    pub fn image(&self, cut: usize, loss: &mut Loss) -> Image {
        let state = self.0.lock();
        image::replay(&state.start, &state.log[..cut.min(state.log.len())], loss)
    }

    /// Makes calls fail from now on; takes the place of an earlier fault.
    pub fn fail(&self, fault: Fault) {
        let mut state = self.0.lock();
        (state.fault, state.calls, state.fired) = (Some(fault), 0, 0);
    }

    /// Lets nothing fail any more; answers how many calls have failed.
    pub fn heal(&self) -> u64 {
        let mut state = self.0.lock();
        state.fault = None;
        state.fired
    }

    /// How many calls have failed since the fault was set.
    pub fn fired(&self) -> u64 {
        self.0.lock().fired
    }
}

/// The disk that watches the directory of this file, and the file's name in it.
pub(crate) fn find(path: &Path) -> Option<(Arc<Inner>, String)> {
    let (directory, name) = (path.parent()?, path.file_name()?.to_str()?);
    let disks = DISKS.lock().unwrap_or_else(PoisonError::into_inner);
    let disk = disks.iter().filter_map(Weak::upgrade).find(|disk| disk.directory == directory)?;
    Some((disk, name.to_owned()))
}

impl Inner {
    pub(crate) fn lock(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }

    pub(crate) fn habit(&self) -> Habit {
        self.habit
    }
}

impl State {
    /// A file was opened and exists.
    pub(crate) fn opened(&mut self, name: &str) -> FileId {
        if let Some(file) = self.names.get(name) {
            return *file;
        }
        let file = self.contents.len();
        self.contents.push(Vec::new());
        self.names.insert(name.to_owned(), file);
        self.log.push(Effect::Create { name: name.to_owned(), file });
        file
    }

    pub(crate) fn deleted(&mut self, name: &str) {
        if self.names.remove(name).is_some() {
            self.log.push(Effect::Delete { name: name.to_owned() });
        }
    }

    pub(crate) fn wrote(&mut self, file: FileId, offset: u64, bytes: &[u8]) {
        let content = &mut self.contents[file];
        let start = usize::try_from(offset).unwrap_or(usize::MAX);
        if content.len() < start + bytes.len() {
            content.resize(start + bytes.len(), 0);
        }
        content[start..start + bytes.len()].copy_from_slice(bytes);
        self.log.push(Effect::Write { file, offset, bytes: bytes.into() });
    }

    pub(crate) fn truncated(&mut self, file: FileId, size: u64) {
        self.contents[file].resize(usize::try_from(size).unwrap_or(usize::MAX), 0);
        self.log.push(Effect::Truncate { file, size });
    }

    pub(crate) fn synced(&mut self, file: FileId) {
        self.log.push(Effect::Sync { file });
    }

    pub(crate) fn sync_failed(&mut self, file: FileId) {
        self.log.push(Effect::SyncFailed { file });
    }

    pub(crate) fn directory_synced(&mut self) {
        self.log.push(Effect::SyncDirectory);
    }

    /// Logs what was written to the file beside SQLite, by whole sectors.
    pub(crate) fn written_beside(&mut self, file: FileId, now: &[u8]) {
        if self.contents[file] == now {
            return;
        }
        if now.len() != self.contents[file].len() {
            self.truncated(file, now.len() as u64);
        }
        for (number, sector) in now.chunks(SECTOR).enumerate() {
            let offset = number * SECTOR;
            if self.contents[file][offset..offset + sector.len()] != *sector {
                self.wrote(file, offset as u64, sector);
            }
        }
    }

    /// Counts a call and says whether it fails, with what.
    pub(crate) fn strike(&mut self, kind: Kind) -> Option<i32> {
        let fault = self.fault.filter(|fault| fault.on == kind)?;
        self.calls += 1;
        let code = fault.strikes(self.calls)?;
        self.fired += 1;
        Some(code)
    }
}
