use std::sync::atomic::{AtomicU8, AtomicU64, Ordering};

use serde::{Deserialize, Serialize};

/// A vendor.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Vendor {
    /// Communal.
    Communal,
    /// Communifire.
    Communifire,
    /// User.com.
    UserCom,
    /// Village.
    Village,
}

/// All of them, in the order of their counts.
pub(crate) const VENDORS: [Vendor; 4] =
    [Vendor::Communal, Vendor::Communifire, Vendor::UserCom, Vendor::Village];

impl Vendor {
    /// The name in a configuration.
    pub(crate) fn name(self) -> &'static str {
        match self {
            Self::Communal => "communal",
            Self::Communifire => "communifire",
            Self::UserCom => "usercom",
            Self::Village => "village",
        }
    }
}

/// What a vendor does with a request.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Manner {
    /// Answers that it was carried out.
    Answers,
    /// Reads it and never answers.
    Hangs,
    /// Closes the connection.
    Refuses,
    /// Answers 503.
    Fails,
    /// Answers 503 now and then: to one request of some thousands.
    Stumbles,
}

/// Their names in the calls that set them.
pub(super) const MANNERS: [(&str, Manner); 5] = [
    ("answers", Manner::Answers),
    ("hangs", Manner::Hangs),
    ("refuses", Manner::Refuses),
    ("fails", Manner::Fails),
    ("stumbles", Manner::Stumbles),
];

/// Of so many requests a vendor that stumbles fails at one.
const STRIDE: u64 = 4_000;

impl Manner {
    pub(super) fn name(self) -> &'static str {
        MANNERS.into_iter().find(|(_, manner)| *manner == self).map_or("", |(name, _)| name)
    }
}

/// Requests that each vendor has carried out, in the order of [`VENDORS`].
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize)]
pub(crate) struct Counts(pub(crate) [u64; 4]);

impl Counts {
    /// Those of one vendor.
    pub(crate) fn of(self, vendor: Vendor) -> u64 {
        self.0[vendor as usize]
    }

    /// What has come since.
    pub(crate) fn since(self, before: Self) -> Self {
        let mut counts = self.0;
        for (own, before) in counts.iter_mut().zip(before.0) {
            *own -= before;
        }
        Self(counts)
    }
}

/// The state of one vendor in its process.
#[derive(Debug, Default)]
pub(super) struct State {
    manner: AtomicU8,
    carried_out: AtomicU64,
    /// Requests since it stumbles.
    steps: AtomicU64,
}

impl State {
    pub(super) fn manner(&self) -> Manner {
        MANNERS[usize::from(self.manner.load(Ordering::Relaxed))].1
    }

    pub(super) fn behave(&self, manner: Manner) {
        self.manner.store(manner as u8, Ordering::Relaxed);
    }

    pub(super) fn count(&self) {
        self.carried_out.fetch_add(1, Ordering::Relaxed);
    }

    /// Whether this is the one request in many at which a vendor that stumbles fails.
    pub(super) fn stumbles(&self) -> bool {
        self.steps.fetch_add(1, Ordering::Relaxed) % STRIDE == STRIDE - 1
    }

    pub(super) fn counted(&self) -> u64 {
        self.carried_out.load(Ordering::Relaxed)
    }
}
