use std::{
    fs::File,
    hash::Hasher,
    io::{self, Read, Seek, SeekFrom},
    time::SystemTime,
};

use crate::page::{PAGE, unallocated};

/// How many pages of a file tell it from another one: the roots of the tables and what has happened last in the small ones.
const PAGES: usize = 16;

/// What is in a database file, as far as that tells whether somebody else wrote into it.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Content {
    stamp: Stamp,
    start: u64,
}

/// What changes with every write, and costs nothing to ask.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
struct Stamp {
    length: u64,
    modified: Option<SystemTime>,
}

impl Content {
    /// What is in a file now. The unallocated middles of its pages say nothing, for this process overwrites them.
    ///
    /// # Errors
    /// When it cannot be read.
    pub(crate) fn of(mut file: &File) -> io::Result<Self> {
        let stamp = Stamp::of(file)?;
        let mut bytes = Vec::new();
        file.seek(SeekFrom::Start(0))?;
        file.take((PAGES * PAGE) as u64).read_to_end(&mut bytes)?;
        let (pages, rest) = bytes.as_chunks_mut::<PAGE>();
        for (number, page) in (1..).zip(&mut *pages) {
            if let Some(middle) = unallocated(page, number) {
                page[middle].fill(0);
            }
        }
        let mut hasher = std::hash::DefaultHasher::new();
        hasher.write(pages.as_flattened());
        hasher.write(rest);
        Ok(Self { stamp, start: hasher.finish() })
    }

    /// Whether nobody has written to the file since.
    ///
    /// # Errors
    /// When that cannot be asked.
    pub(crate) fn is_untouched(&self, file: &File) -> io::Result<bool> {
        Ok(Stamp::of(file)? == self.stamp)
    }

    /// Whether the same is in both. The time of the last write says nothing: a program may set it and leave the file as it is.
    pub(crate) fn is_that_of(&self, other: &Self) -> bool {
        (self.stamp.length, self.start) == (other.stamp.length, other.start)
    }
}

impl Stamp {
    fn of(file: &File) -> io::Result<Self> {
        let metadata = file.metadata()?;
        Ok(Self { length: metadata.len(), modified: metadata.modified().ok() })
    }
}

#[cfg(test)]
mod tests {
    use std::{fs, time::Duration};

    use super::*;

    #[test]
    fn a_file_that_was_touched_is_the_same_and_one_that_was_copied_over_is_not() {
        let directory = tempfile::tempdir().expect("a directory");
        let path = directory.path().join("a.db");
        fs::write(&path, "as it was").expect("written");
        let file = File::open(&path).expect("it is there");
        let before = Content::of(&file).expect("it can be read");
        assert!(before.is_untouched(&file).expect("it can be asked"));
        let later = SystemTime::now() + Duration::from_secs(60);
        File::options().write(true).open(&path).and_then(|file| file.set_modified(later)).expect("touched");
        assert!(!before.is_untouched(&file).expect("it can be asked"));
        assert!(Content::of(&file).expect("it can be read").is_that_of(&before));
        for other in ["as it is ", "as it was, and more", ""] {
            fs::write(&path, other).expect("written");
            assert!(!Content::of(&file).expect("it can be read").is_that_of(&before), "{other}");
        }
    }

    #[test]
    fn what_is_overwritten_of_moved_rows_makes_no_other_file() {
        let directory = tempfile::tempdir().expect("a directory");
        let path = directory.path().join("a.db");
        // The second page is a leaf without cells, whose middle is all but its header.
        let mut pages = [0xAA; 2 * PAGE];
        pages[PAGE..PAGE + 8].copy_from_slice(&[13, 0, 0, 0, 0, 0x10, 0, 0]);
        fs::write(&path, pages).expect("written");
        let file = File::open(&path).expect("it is there");
        let before = Content::of(&file).expect("it can be read");
        pages[PAGE + 8..].fill(0);
        fs::write(&path, pages).expect("written");
        assert!(Content::of(&file).expect("it can be read").is_that_of(&before));
        pages[PAGE + 5] = 0;
        fs::write(&path, pages).expect("written");
        assert!(!Content::of(&file).expect("it can be read").is_that_of(&before));
    }
}
