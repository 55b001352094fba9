use std::{
    collections::BTreeMap,
    fmt,
    str::FromStr,
    sync::{Arc, Mutex, PoisonError},
};

use delivery::{Millis, Rate, gate::Bucket};
use sha2::{Digest, Sha256};
use subtle::ConstantTimeEq;

/// The keys that callers and operators present, as configured.
#[derive(Debug, Default)]
pub struct Keys(Vec<Arc<Key>>);

/// What is configured about one key.
#[derive(Debug, Clone)]
pub struct KeySettings {
    /// The caller's name; two keys of one name are one caller, so that a key can be replaced without a gap.
    pub name: String,
    /// The token's hash.
    pub hash: KeyHash,
    /// What the key may do.
    pub scopes: Scopes,
    /// Whether users that were never seen are created.
    pub may_create: bool,
    /// How many requests the caller may send.
    pub rate: Rate,
}

/// One key, ready for use.
#[derive(Debug)]
pub(crate) struct Key {
    pub(crate) settings: KeySettings,
    /// Shared by all keys of the caller.
    bucket: Arc<Mutex<Bucket>>,
}

/// SHA-256 of a token. The tokens are random, so a fast hash keeps them as well as a slow one.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct KeyHash([u8; 32]);

/// One thing that a key may do.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Scope {
    /// Change users.
    Update,
    /// Read users and what became of updates.
    Read,
    /// Change identities; everything on the operators' listener.
    Operate,
    /// Erase users.
    Erase,
}

/// What a key may do.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Scopes(u8);

const PREFIX: &str = "pgw_";

impl Keys {
    /// The keys as configured.
    pub fn new(keys: Vec<KeySettings>) -> Self {
        let mut buckets: BTreeMap<String, Arc<Mutex<Bucket>>> = BTreeMap::new();
        let keys = keys.into_iter().map(|settings| {
            let bucket = buckets.entry(settings.name.clone());
            let bucket = bucket.or_insert_with(|| Arc::new(Mutex::new(Bucket::new(settings.rate))));
            Arc::new(Key { bucket: Arc::clone(bucket), settings })
        });
        Self(keys.collect())
    }

    /// Makes a token of 256 random bits and its hash. The token is to be shown once and kept nowhere.
    ///
    /// # Errors
    /// When the system has no randomness.
    pub fn generate() -> Result<(String, KeyHash), getrandom::Error> {
        let mut secret = [0; 32];
        getrandom::fill(&mut secret)?;
        let token = format!("{PREFIX}{}", hex(&secret));
        let hash = KeyHash::of(&token);
        Ok((token, hash))
    }

    /// The key whose token this is. Looks at every key, so that the time tells nothing.
    pub(crate) fn find(&self, token: &str) -> Option<Arc<Key>> {
        let hash = KeyHash::of(token);
        let mut found = None;
        for key in &self.0 {
            if bool::from(key.settings.hash.0.ct_eq(&hash.0)) {
                found = Some(key);
            }
        }
        found.cloned()
    }
}

impl Key {
    /// Takes one request off the caller's rate.
    ///
    /// # Errors
    /// When the next one will be admitted.
    pub(crate) fn admit(&self, now: Millis) -> Result<(), Millis> {
        self.bucket.lock().unwrap_or_else(PoisonError::into_inner).take(now)
    }
}

impl KeyHash {
    /// The hash of a token.
    pub fn of(token: &str) -> Self {
        Self(Sha256::digest(token.as_bytes()).into())
    }
}

impl fmt::Display for KeyHash {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "sha256:{}", hex(&self.0))
    }
}

impl FromStr for KeyHash {
    type Err = canonical::Invalid;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        let invalid =
            canonical::Invalid("a hash is sha256: and 64 hexadecimal digits, as `key new` prints it");
        let digits = text.strip_prefix("sha256:").ok_or(invalid)?.as_bytes();
        if digits.len() != 64 {
            return Err(invalid);
        }
        let mut hash = [0; 32];
        for (byte, pair) in hash.iter_mut().zip(digits.chunks(2)) {
            let [high, low] = [pair[0], pair[1]].map(|digit| char::from(digit).to_digit(16));
            let (Some(high), Some(low)) = (high, low) else { return Err(invalid) };
            *byte = u8::try_from(high * 16 + low).map_err(|_| invalid)?;
        }
        Ok(Self(hash))
    }
}

impl Scope {
    /// Every scope.
    pub const ALL: [Scope; 4] = [Scope::Update, Scope::Read, Scope::Operate, Scope::Erase];

    /// The scope's name in the configuration.
    pub fn name(self) -> &'static str {
        match self {
            Scope::Update => "update",
            Scope::Read => "read",
            Scope::Operate => "operate",
            Scope::Erase => "erase",
        }
    }
}

impl FromStr for Scope {
    type Err = canonical::Invalid;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        let known = Scope::ALL.into_iter().find(|scope| scope.name() == text);
        known.ok_or(canonical::Invalid("a scope is update, read, operate or erase"))
    }
}

impl Scopes {
    /// Whether the scope is among them.
    pub fn contains(self, scope: Scope) -> bool {
        self.0 & (1 << scope as u8) != 0
    }
}

impl FromIterator<Scope> for Scopes {
    fn from_iter<I: IntoIterator<Item = Scope>>(scopes: I) -> Self {
        Self(scopes.into_iter().fold(0, |bits, scope| bits | (1 << scope as u8)))
    }
}

fn hex(bytes: &[u8]) -> String {
    bytes.iter().map(|byte| format!("{byte:02x}")).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn key(name: &str, token: &str, rate: Rate) -> KeySettings {
        let scopes = [Scope::Read].into_iter().collect();
        KeySettings { name: name.to_owned(), hash: KeyHash::of(token), scopes, may_create: true, rate }
    }

    #[test]
    fn a_generated_token_is_found_by_its_hash_and_nothing_else_is() {
        let (token, hash) = Keys::generate().expect("randomness");
        assert!(token.starts_with(PREFIX) && token.len() == PREFIX.len() + 64);
        assert_eq!(hash.to_string().parse(), Ok(hash));
        let keys =
            Keys::new(vec![key("other", "pgw_other", Rate::Unlimited), key("crm", &token, Rate::Unlimited)]);
        assert_eq!(keys.find(&token).map(|key| key.settings.name.clone()).as_deref(), Some("crm"));
        assert!(keys.find(&token[..token.len() - 1]).is_none());
        assert!(keys.find("").is_none());
    }

    #[test]
    fn two_tokens_of_one_caller_share_its_rate() {
        let rate = Rate::PerSecond(1.0);
        let keys = Keys::new(vec![key("crm", "old", rate), key("crm", "new", rate)]);
        let (old, new) = (keys.find("old").expect("known"), keys.find("new").expect("known"));
        assert_eq!(old.admit(0), Ok(()));
        assert_eq!(new.admit(0), Err(1_000));
        assert_eq!(new.admit(1_000), Ok(()));
    }

    #[test]
    fn a_hash_has_one_form() {
        for text in [
            "",
            "sha256:",
            "sha256:00",
            &format!("md5:{}", "0".repeat(64)),
            &format!("sha256:{}", "g".repeat(64)),
        ] {
            assert!(text.parse::<KeyHash>().is_err(), "{text}");
        }
    }

    #[test]
    fn scopes_hold_what_was_put_in() {
        for scope in Scope::ALL {
            let scopes: Scopes = [scope].into_iter().collect();
            assert!(Scope::ALL.iter().all(|other| scopes.contains(*other) == (*other == scope)));
            assert_eq!(scope.name().parse(), Ok(scope));
        }
    }
}
