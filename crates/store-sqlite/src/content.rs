use std::{
    fs::File,
    hash::Hasher,
    io::{self, Read, Seek, SeekFrom},
    time::SystemTime,
};

/// How much of a file tells it from another one, in bytes: the roots of the tables and what has happened last in the small ones.
const START: u64 = 64 * 1024;

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
    /// What is in a file now.
    ///
    /// # Errors
    /// When it cannot be read.
    pub(crate) fn of(mut file: &File) -> io::Result<Self> {
        let stamp = Stamp::of(file)?;
        let mut bytes = Vec::new();
        file.seek(SeekFrom::Start(0))?;
        file.take(START).read_to_end(&mut bytes)?;
        let mut hasher = std::hash::DefaultHasher::new();
        hasher.write(&bytes);
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
}
