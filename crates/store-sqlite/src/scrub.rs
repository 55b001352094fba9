//! Overwrites what SQLite leaves of moved rows.
//!
//! `secure_delete` zeroes what is deleted, but when a page of a B-tree is rebuilt because rows moved to a neighbour, the old
//! bytes stay in the page's unallocated middle. An erased value must not be found there. So after the WAL was copied, the
//! middles of the copied pages are overwritten. Nothing reads them: the file means the same before, after and half-way.
//!
//! Writing to the file beside SQLite is safe only while nobody copies pages into it: the WAL is empty, and the write lock is
//! held so that it stays so. The file is opened once and kept, for closing it would drop SQLite's locks
//! (<https://sqlite.org/howtocorrupt.html>, section 2.2).

use std::{
    collections::BTreeSet,
    fs::File,
    io::{self, BufReader, Read, Seek, SeekFrom, Write},
    sync::Arc,
};

use rusqlite::{Connection, ErrorCode};

use crate::{
    page::{PAGE, unallocated},
    wal::Wal,
};

/// From this page on the first byte of a page that is no B-tree page could be taken for one: 128 GiB.
const TOO_MANY: u32 = 1 << 25;
const WAL_HEADER: usize = 32;
const FRAME_HEADER: usize = 24;

/// Knows which pages were written since the file was clean.
#[derive(Debug)]
pub(crate) struct Scrubber {
    file: Arc<File>,
    wal: Arc<Wal>,
    written: Written,
}

#[derive(Debug)]
enum Written {
    Pages(BTreeSet<u32>),
    /// Nobody knows: the last process did not get to it.
    Unknown,
}

impl Scrubber {
    /// `file` is the database, opened before SQLite opened it.
    pub(crate) fn new(file: Arc<File>, wal: Arc<Wal>, was_clean: bool) -> Self {
        let written = if was_clean { Written::Pages(BTreeSet::new()) } else { Written::Unknown };
        Self { file, wal, written }
    }

    /// Notes the pages that a checkpoint is about to copy.
    pub(crate) fn note(&mut self) -> io::Result<()> {
        if let Written::Pages(pages) = &mut self.written
            && let Some(wal) = self.wal.file()?
        {
            read_wal(wal, pages)?;
        }
        Ok(())
    }

    /// Overwrites the middles of the noted pages. Answers false, and keeps them noted, when another process is in the way.
    pub(crate) fn scrub(&mut self, connection: &Connection) -> rusqlite::Result<io::Result<bool>> {
        if matches!(&self.written, Written::Pages(pages) if pages.is_empty()) {
            return Ok(Ok(true));
        }
        match connection.execute_batch("BEGIN IMMEDIATE") {
            Err(error) if error.sqlite_error_code() == Some(ErrorCode::DatabaseBusy) => return Ok(Ok(false)),
            begun => begun?,
        }
        let is_empty = self.wal.len() == 0;
        let scrubbed = if is_empty { self.scrub_pages() } else { Ok(()) };
        connection.execute_batch("ROLLBACK")?;
        if is_empty && scrubbed.is_ok() {
            self.written = Written::Pages(BTreeSet::new());
            // A copy in memory still has the old bytes and would bring them back with the page's next change.
            connection.execute_batch("PRAGMA shrink_memory")?;
        }
        Ok(scrubbed.map(|()| is_empty))
    }

    fn scrub_pages(&self) -> io::Result<()> {
        let last = u32::try_from(self.file.metadata()?.len() / PAGE as u64).unwrap_or(u32::MAX);
        if last >= TOO_MANY {
            return Ok(());
        }
        let mut changed = false;
        match &self.written {
            Written::Pages(pages) => {
                for page in pages.range(1..=last) {
                    changed |= scrub_page(&self.file, *page)?;
                }
            }
            Written::Unknown => {
                for page in 1..=last {
                    changed |= scrub_page(&self.file, page)?;
                }
            }
        }
        if changed { self.file.sync_data() } else { Ok(()) }
    }
}

/// Adds the pages of every frame of the present WAL (<https://sqlite.org/fileformat2.html>, section 4.1). A torn last frame may
/// add a page too many, which does no harm.
fn read_wal(mut file: &File, pages: &mut BTreeSet<u32>) -> io::Result<()> {
    file.seek(SeekFrom::Start(0))?;
    let mut reader = BufReader::with_capacity(1 << 16, file);
    let mut header = [0; WAL_HEADER];
    if !read_whole(&mut reader, &mut header)? {
        return Ok(());
    }
    let mut frame = [0; FRAME_HEADER];
    while read_whole(&mut reader, &mut frame)? && frame[8..16] == header[16..24] {
        pages.insert(u32::from_be_bytes([frame[0], frame[1], frame[2], frame[3]]));
        reader.seek_relative(PAGE as i64)?;
    }
    Ok(())
}

fn read_whole(reader: &mut impl Read, bytes: &mut [u8]) -> io::Result<bool> {
    match reader.read_exact(bytes) {
        Ok(()) => Ok(true),
        Err(error) if error.kind() == io::ErrorKind::UnexpectedEof => Ok(false),
        Err(error) => Err(error),
    }
}

fn scrub_page(mut file: &File, number: u32) -> io::Result<bool> {
    let offset = u64::from(number - 1) * PAGE as u64;
    let mut page = [0; PAGE];
    file.seek(SeekFrom::Start(offset))?;
    file.read_exact(&mut page)?;
    let Some(middle) = unallocated(&page, number) else { return Ok(false) };
    if page[middle.clone()].iter().all(|byte| *byte == 0) {
        return Ok(false);
    }
    file.seek(SeekFrom::Start(offset + middle.start as u64))?;
    page[middle.clone()].fill(0);
    file.write_all(&page[middle])?;
    Ok(true)
}
