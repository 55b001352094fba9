use std::{collections::BTreeSet, fmt};

use delivery::Rate;
use sha2::{Digest, Sha256};
use subtle::ConstantTimeEq;

/// One caller's key.
#[derive(Debug, Clone, PartialEq)]
pub struct KeyConfig {
    /// The caller's name; it stays when the key is replaced.
    pub name: String,
    /// The SHA-256 of the key.
    pub hash: KeyHash,
    /// What the caller may do.
    pub scopes: BTreeSet<Scope>,
    /// Whether a change to an unknown user creates it here.
    pub create: bool,
    /// How many requests the caller may send; none: as many as it likes.
    pub rate: Option<Rate>,
}

/// What a caller may do.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Scope {
    /// Change users.
    Update,
    /// Read users, updates and routes.
    Read,
    /// Operate routes and lanes, and change identities.
    Operate,
    /// Erase users.
    Erase,
}

impl Scope {
    /// All scopes.
    pub const ALL: [Self; 4] = [Self::Update, Self::Read, Self::Operate, Self::Erase];

    /// The scope's name in the configuration.
    pub fn name(self) -> &'static str {
        match self {
            Self::Update => "update",
            Self::Read => "read",
            Self::Operate => "operate",
            Self::Erase => "erase",
        }
    }
}

/// The SHA-256 of a key.
#[derive(Clone, Copy, PartialEq, Eq, Hash)]
pub struct KeyHash(pub(super) [u8; 32]);

impl KeyHash {
    /// The hash of a key.
    pub fn of(key: &str) -> Self {
        Self(Sha256::digest(key).into())
    }

    /// Whether the two are equal, in a time that does not depend on how much of them is.
    pub fn is(&self, other: &Self) -> bool {
        self.0.ct_eq(&other.0).into()
    }

    /// Reads `sha256:` and 64 hexadecimal digits.
    pub(super) fn parse(text: &str) -> Result<Self, String> {
        let refused =
            || "write sha256: and 64 hexadecimal digits, as `profile-gateway key new` prints them".to_owned();
        let digits = text.strip_prefix("sha256:").ok_or_else(refused)?;
        let mut hash = [0; 32];
        match base16ct::mixed::decode(digits, &mut hash) {
            Ok(read) if read.len() == 32 => Ok(Self(hash)),
            _ => Err(refused()),
        }
    }
}

impl fmt::Display for KeyHash {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("sha256:")?;
        f.write_str(&base16ct::lower::encode_string(&self.0))
    }
}

impl fmt::Debug for KeyHash {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("KeyHash(..)")
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_hash_reads_back_and_fits_its_key_alone() {
        let hash = KeyHash::of("pgw_secret");
        assert_eq!(KeyHash::parse(&hash.to_string()), Ok(hash));
        assert!(hash.is(&KeyHash::of("pgw_secret")) && !hash.is(&KeyHash::of("pgw_secreT")));
        assert!(!format!("{hash:?}").contains(&hash.to_string()[10..20]));
    }

    #[test]
    fn other_texts_are_no_hash() {
        for text in ["", "sha256:", "pgw_secret", &format!("sha256:{}", "g".repeat(64)), &"0".repeat(64)] {
            assert!(KeyHash::parse(text).is_err(), "{text}");
        }
        assert!(KeyHash::parse(&format!("sha256:{}", "é".repeat(32))).is_err());
        for digits in [62, 63, 65, 66] {
            assert!(KeyHash::parse(&format!("sha256:{}", "0".repeat(digits))).is_err(), "{digits}");
        }
        assert_eq!(KeyHash::parse(&format!("sha256:{}", "Aa".repeat(32))), Ok(KeyHash([0xaa; 32])));
    }
}
