use std::{
    collections::HashMap,
    sync::{Mutex, MutexGuard, PoisonError},
    time::Duration,
};

use delivery::{Millis, millis};
use gateway_config::KeyHash;
use subtle::ConstantTimeEq;

/// Who is signed in. Kept in memory alone: a start of the process signs everybody out.
#[derive(Debug, Default)]
pub(crate) struct Sessions(Mutex<HashMap<KeyHash, Session>>);

/// One operator's session. It holds no key, only which one it stands for.
struct Session {
    key: KeyHash,
    token: String,
    notice: Option<String>,
    ends_at: Millis,
}

/// A session that was found.
#[derive(Clone)]
pub(crate) struct Found {
    /// The hash of the key that the session stands for.
    pub(crate) key: KeyHash,
    /// What every form of the session carries.
    pub(crate) token: String,
}

/// The most sessions at one time; the one that ends first makes room for another.
pub(crate) const MOST_SESSIONS: usize = 64;
/// The most of them with one key.
const MOST_OF_A_KEY: usize = 16;
/// How long a session lasts.
pub(crate) const LIFETIME: Duration = Duration::from_secs(12 * 60 * 60);

impl Sessions {
    /// Begins a session and answers its id, 256 random bits in hexadecimal digits.
    ///
    /// # Errors
    /// When the system has no randomness.
    pub(crate) fn begin(&self, key: KeyHash, now: Millis) -> Result<String, getrandom::Error> {
        let (id, token) = (random()?, random()?);
        let mut open = self.open(now);
        // One key makes room among its own first, so that it signs nobody else out.
        make_room(&mut open, MOST_OF_A_KEY, |session| session.key.is(&key));
        make_room(&mut open, MOST_SESSIONS, |_| true);
        let ends_at = now + millis(LIFETIME);
        open.insert(KeyHash::of(&id), Session { key, token, notice: None, ends_at });
        Ok(id)
    }

    /// The session with this id. Ids are kept as hashes, so that the time of a search tells nothing about them.
    pub(crate) fn find(&self, id: &str, now: Millis) -> Option<Found> {
        let open = self.open(now);
        let session = open.get(&KeyHash::of(id))?;
        Some(Found { key: session.key, token: session.token.clone() })
    }

    /// Ends a session.
    pub(crate) fn end(&self, id: &str, now: Millis) {
        self.open(now).remove(&KeyHash::of(id));
    }

    /// Leaves a sentence for the next page of the session.
    pub(crate) fn tell(&self, id: &str, notice: String, now: Millis) {
        if let Some(session) = self.open(now).get_mut(&KeyHash::of(id)) {
            session.notice = Some(notice);
        }
    }

    /// Takes that sentence.
    pub(crate) fn take_notice(&self, id: &str, now: Millis) -> Option<String> {
        self.open(now).get_mut(&KeyHash::of(id))?.notice.take()
    }

    /// The sessions that have not run out.
    fn open(&self, now: Millis) -> MutexGuard<'_, HashMap<KeyHash, Session>> {
        let mut open = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        open.retain(|_, session| session.ends_at > now);
        open
    }
}

/// Ends the oldest session of some kind if there are `most` of them.
fn make_room(open: &mut HashMap<KeyHash, Session>, most: usize, is_one: impl Fn(&Session) -> bool) {
    let of_kind = || open.iter().filter(|(_, session)| is_one(session));
    if of_kind().count() >= most {
        let oldest = of_kind().min_by_key(|(_, session)| session.ends_at).map(|(id, _)| *id);
        oldest.and_then(|id| open.remove(&id));
    }
}

impl Found {
    /// Whether a form has the token of this session.
    pub(crate) fn is_token(&self, token: &str) -> bool {
        self.token.as_bytes().ct_eq(token.as_bytes()).into()
    }
}

impl std::fmt::Debug for Session {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("Session(..)")
    }
}

fn random() -> Result<String, getrandom::Error> {
    let mut bytes = [0; 32];
    getrandom::fill(&mut bytes)?;
    Ok(base16ct::lower::encode_string(&bytes))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_session_is_found_by_its_own_id_until_it_ends() {
        let (sessions, key) = (Sessions::default(), KeyHash::of("pgw_key"));
        let id = sessions.begin(key, 0).expect("randomness");
        let other = sessions.begin(key, 0).expect("randomness");
        let found = sessions.find(&id, 1).expect("a session");
        assert!(found.key.is(&key) && id.len() == 64 && id != other);
        assert!(found.is_token(&found.token) && !found.is_token("") && !found.is_token(&id));
        assert!(!sessions.find(&other, 1).expect("a session").is_token(&found.token));
        assert!(sessions.find(&id[..63], 1).is_none() && sessions.find("", 1).is_none());
        sessions.end(&id, 1);
        assert!(sessions.find(&id, 1).is_none() && sessions.find(&other, 1).is_some());
        assert!(sessions.find(&other, millis(LIFETIME)).is_none(), "it has run out");
    }

    #[test]
    fn a_notice_is_taken_once_and_by_its_session_alone() {
        let (sessions, key) = (Sessions::default(), KeyHash::of("pgw_key"));
        let [id, other] = [(); 2].map(|()| sessions.begin(key, 0).expect("randomness"));
        sessions.tell(&id, "paused".to_owned(), 0);
        assert_eq!(sessions.take_notice(&other, 0), None);
        assert_eq!(sessions.take_notice(&id, 0).as_deref(), Some("paused"));
        assert_eq!(sessions.take_notice(&id, 0), None);
    }

    #[test]
    fn there_are_never_more_than_so_many_sessions_and_the_oldest_goes() {
        let sessions = Sessions::default();
        let count = Millis::try_from(MOST_SESSIONS).expect("small");
        let begin = |at: Millis| sessions.begin(KeyHash::of(&format!("pgw_{at}")), at).expect("randomness");
        let ids: Vec<String> = (0..=count).map(begin).collect();
        assert!(sessions.find(&ids[0], count).is_none());
        assert!(ids[1..].iter().all(|id| sessions.find(id, count).is_some()));
    }

    #[test]
    fn a_key_that_signs_in_again_and_again_signs_nobody_else_out() {
        let (sessions, key) = (Sessions::default(), KeyHash::of("pgw_key"));
        let other = sessions.begin(KeyHash::of("pgw_other"), 0).expect("randomness");
        let ids: Vec<String> = (1..200).map(|at| sessions.begin(key, at).expect("randomness")).collect();
        assert!(sessions.find(&other, 200).is_some());
        let open = ids.iter().filter(|id| sessions.find(id, 200).is_some()).count();
        assert_eq!(open, MOST_OF_A_KEY);
    }
}
