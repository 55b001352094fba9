use std::fmt::{self, Write as _};

/// Everything that happened, as one number, and as lines where they are wanted.
#[derive(Debug)]
pub(crate) struct Trace {
    hash: u64,
    events: u64,
    lines: Option<Vec<String>>,
}

impl Trace {
    pub(crate) fn new(keep: bool) -> Self {
        Self { hash: 0xcbf2_9ce4_8422_2325, events: 0, lines: keep.then(Vec::new) }
    }

    pub(crate) fn note(&mut self, at: u64, event: fmt::Arguments<'_>) {
        self.events += 1;
        if std::env::var_os("LIVE").is_some() {
            eprintln!("{:>10}.{:03} {event}", at / 1_000, at % 1_000);
        }
        if let Some(lines) = &mut self.lines {
            lines.push(format!("{:>10}.{:03} {event}", at / 1_000, at % 1_000));
        }
        // Writing into the hash cannot fail.
        let _ = writeln!(Hasher(&mut self.hash), "{at} {event}");
    }

    pub(crate) fn hash(&self) -> u64 {
        self.hash
    }

    pub(crate) fn events(&self) -> u64 {
        self.events
    }

    pub(crate) fn take_lines(&mut self) -> Vec<String> {
        self.lines.take().unwrap_or_default()
    }
}

/// FNV-1a.
struct Hasher<'a>(&'a mut u64);

impl fmt::Write for Hasher<'_> {
    fn write_str(&mut self, text: &str) -> fmt::Result {
        *self.0 =
            text.bytes().fold(*self.0, |hash, byte| (hash ^ u64::from(byte)).wrapping_mul(0x0100_0000_01b3));
        Ok(())
    }
}
