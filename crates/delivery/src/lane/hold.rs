use adapter::Fingerprint;
use serde::{Deserialize, Serialize};

use super::Version;
use crate::Millis;

const HOUR: Millis = 60 * 60 * 1000;
const DAY: Millis = 24 * HOUR;
const AUTOMATIC_TRIES: u32 = 7;

/// A leaf whose value the vendor refused. It waits alone while the rest of the lane goes on, and counts only while the
/// leaf still has the refused version.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Hold {
    /// The version of the leaf that was refused.
    pub version: Version,
    /// How it was put on the wire: under another name, or in another form, the same value was not refused. None in a row of an
    /// older schema.
    #[serde(default, with = "way")]
    pub way: Option<Fingerprint>,
    /// Why.
    pub reason: HoldReason,
    /// When it was refused first.
    pub since: Millis,
    /// When it was refused last.
    pub tried_at: Millis,
    /// How often it was refused after the first time.
    pub tries: u32,
    /// Whether the next request is to carry it again.
    pub again: bool,
}

/// Why a leaf is held.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum HoldReason {
    /// The vendor named the leaf.
    Named,
    /// The vendor refused a request that carried this leaf alone.
    Isolated,
}

impl Hold {
    pub(crate) fn new(version: Version, way: Fingerprint, reason: HoldReason, now: Millis) -> Self {
        Self { version, way: Some(way), reason, since: now, tried_at: now, tries: 0, again: false }
    }

    /// The same leaf was refused once more.
    pub(super) fn refused_again(&mut self, now: Millis) {
        self.tried_at = now;
        self.tries += 1;
        self.again = false;
    }

    /// When the leaf is tried by itself: after an hour, then daily, seven times in all.
    pub fn next_try(&self) -> Option<Millis> {
        let pause = if self.tries == 0 { HOUR } else { DAY };
        (self.tries < AUTOMATIC_TRIES).then_some(self.tried_at + pause)
    }

    /// Whether a caller who sends the same value again has it tried: once an hour.
    pub(super) fn may_be_resent(&self, now: Millis) -> bool {
        now - self.tried_at >= HOUR
    }
}

/// A fingerprint is kept as its number.
mod way {
    use adapter::Fingerprint;
    use serde::{Deserialize, Deserializer, Serialize, Serializer};

    pub(super) fn serialize<S: Serializer>(way: &Option<Fingerprint>, to: S) -> Result<S::Ok, S::Error> {
        way.map(Fingerprint::number).serialize(to)
    }

    pub(super) fn deserialize<'de, D: Deserializer<'de>>(from: D) -> Result<Option<Fingerprint>, D::Error> {
        Ok(Option::<u32>::deserialize(from)?.map(Fingerprint::of_number))
    }
}
