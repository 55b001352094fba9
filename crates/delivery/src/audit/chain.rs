use std::{fmt, str::FromStr};

use sha2::{Digest, Sha256};

use super::AuditEntry;

/// Where the audit ends: the number and the hash of its newest entry. Written `SEQ:HASH`.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct AuditHead {
    /// The number.
    pub seq: i64,
    /// The hash.
    pub hash: [u8; 32],
}

impl AuditHead {
    /// The head of an empty audit.
    pub const START: Self = Self { seq: 0, hash: [0; 32] };
}

impl AuditEntry {
    /// The hash that the entry must have behind one with the hash `before`: SHA-256 over that hash and all fields, numbers as
    /// eight bytes (big-endian), each text behind its length, so that no two entries are written alike.
    pub fn hash_after(&self, before: &[u8; 32]) -> [u8; 32] {
        let mut hash = Sha256::new();
        let text = |hash: &mut Sha256, text: &str| {
            hash.update((text.len() as u64).to_be_bytes());
            hash.update(text);
        };
        hash.update(before);
        hash.update(self.seq.to_be_bytes());
        hash.update(self.at.to_be_bytes());
        text(&mut hash, &self.who);
        text(&mut hash, &self.kind);
        hash.update([u8::from(self.route.is_some())]);
        hash.update(self.route.map_or(0, |route| route.0).to_be_bytes());
        text(&mut hash, &self.detail);
        hash.finalize().into()
    }
}

impl fmt::Display for AuditHead {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}:", self.seq)?;
        self.hash.iter().try_for_each(|byte| write!(f, "{byte:02x}"))
    }
}

/// A text that is no head of an audit.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("a head is SEQ:HASH, a number and 64 hexadecimal digits, as `audit verify` prints it")]
pub struct NotAHead;

impl FromStr for AuditHead {
    type Err = NotAHead;

    fn from_str(text: &str) -> Result<Self, NotAHead> {
        let (seq, digits) = text.split_once(':').ok_or(NotAHead)?;
        let seq = seq.parse().map_err(|_| NotAHead)?;
        if digits.len() != 64 || !digits.bytes().all(|byte| byte.is_ascii_hexdigit()) {
            return Err(NotAHead);
        }
        let mut hash = [0; 32];
        for (at, byte) in hash.iter_mut().enumerate() {
            *byte = u8::from_str_radix(&digits[2 * at..2 * at + 2], 16).map_err(|_| NotAHead)?;
        }
        Ok(Self { seq, hash })
    }
}
