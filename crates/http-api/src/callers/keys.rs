use std::{
    collections::BTreeMap,
    sync::{Arc, Mutex, PoisonError},
};

use delivery::{Millis, Rate, gate::Bucket};
use gateway_config::{KeyConfig, KeyHash};

/// The keys that callers and operators present, as configured.
#[derive(Debug, Default)]
pub struct Keys(Vec<Arc<Key>>);

/// One key, ready for use.
#[derive(Debug)]
pub(crate) struct Key {
    pub(crate) config: KeyConfig,
    /// Shared by all keys of the caller.
    bucket: Arc<Mutex<Bucket>>,
}

const PREFIX: &str = "pgw_";

impl Keys {
    /// The keys as configured.
    pub fn new(keys: impl IntoIterator<Item = KeyConfig>) -> Self {
        Self::default().replaced_by(keys)
    }

    /// Other keys in the place of these; a caller whose rate stays the same has used as much of it as before.
    pub fn replaced_by(&self, keys: impl IntoIterator<Item = KeyConfig>) -> Self {
        let same = |known: &&Arc<Key>, new: &KeyConfig| {
            known.config.name == new.name && known.config.rate == new.rate
        };
        let mut buckets: BTreeMap<String, Arc<Mutex<Bucket>>> = BTreeMap::new();
        let keys = keys.into_iter().map(|config| {
            let known =
                self.0.iter().find(|known| same(known, &config)).map(|known| Arc::clone(&known.bucket));
            let rate = config.rate.unwrap_or(Rate::Unlimited);
            let new = || known.unwrap_or_else(|| Arc::new(Mutex::new(Bucket::new(rate))));
            let bucket = Arc::clone(buckets.entry(config.name.clone()).or_insert_with(new));
            Arc::new(Key { bucket, config })
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
        let token = format!("{PREFIX}{}", base16ct::lower::encode_string(&secret));
        let hash = KeyHash::of(&token);
        Ok((token, hash))
    }

    /// The key whose token this is. Looks at every key, so that the time tells nothing.
    pub(crate) fn find(&self, token: &str) -> Option<Arc<Key>> {
        self.with_hash(&KeyHash::of(token))
    }

    /// The key whose token has this hash.
    pub(crate) fn with_hash(&self, hash: &KeyHash) -> Option<Arc<Key>> {
        let mut found = None;
        for key in &self.0 {
            if key.config.hash.is(hash) {
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

#[cfg(test)]
mod tests {
    use super::*;
    use gateway_config::Scope;

    fn key(name: &str, token: &str, rate: Option<Rate>) -> KeyConfig {
        let scopes = [Scope::Read].into();
        KeyConfig { name: name.to_owned(), hash: KeyHash::of(token), scopes, create: true, rate }
    }

    #[test]
    fn a_generated_token_is_found_by_its_hash_and_nothing_else_is() {
        let (token, hash) = Keys::generate().expect("randomness");
        assert!(token.starts_with(PREFIX) && token.len() == PREFIX.len() + 64);
        assert_eq!(hash, KeyHash::of(&token));
        let keys = Keys::new([key("other", "pgw_other", None), key("crm", &token, None)]);
        assert_eq!(keys.find(&token).map(|key| key.config.name.clone()).as_deref(), Some("crm"));
        assert!(keys.find(&token[..token.len() - 1]).is_none());
        assert!(keys.find("").is_none());
    }

    #[test]
    fn two_tokens_of_one_caller_share_its_rate() {
        let rate = Some(Rate::PerSecond(1.0));
        let keys = Keys::new([key("crm", "old", rate), key("crm", "new", rate)]);
        let (old, new) = (keys.find("old").expect("known"), keys.find("new").expect("known"));
        assert_eq!(old.admit(0), Ok(()));
        assert_eq!(new.admit(0), Err(1_000));
        assert_eq!(new.admit(1_000), Ok(()));
    }

    #[test]
    fn a_reload_that_leaves_a_rate_as_it_is_gives_nothing_back_and_another_rate_holds_at_once() {
        let one = |rate| [key("crm", "token", Some(Rate::PerSecond(rate)))];
        let admit = |keys: &Keys| keys.find("token").expect("known").admit(0);
        let before = Keys::new(one(1.0));
        assert_eq!(admit(&before), Ok(()));
        assert_eq!(admit(&before.replaced_by(one(1.0))), Err(1_000));
        let faster = before.replaced_by(one(2.0));
        assert_eq!((admit(&faster), admit(&faster), admit(&faster)), (Ok(()), Ok(()), Err(500)));
    }
}
