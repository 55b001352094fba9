use std::fmt;

use adapter::AuthScheme;
use reqwest::header::{AUTHORIZATION, HeaderName, HeaderValue};
use secrecy::{ExposeSecret, SecretString};

/// A vendor's secret: a token or an API key. Shown by nothing; it leaves this type only as a header value.
#[derive(Clone)]
pub struct Credential(SecretString);

/// Longest credential in bytes; a header line of more is refused by common servers.
const MAX_LENGTH: usize = 4096;

impl Credential {
    /// Takes a secret.
    ///
    /// # Errors
    /// When it is empty, longer than 4096 bytes, or has anything but visible ASCII characters: a line break would end the
    /// header, and neither RFC 6750 tokens nor the vendors' keys contain a space.
    pub fn new(secret: SecretString) -> Result<Self, CredentialError> {
        let text = secret.expose_secret();
        if text.is_empty() {
            return Err(CredentialError::Empty);
        }
        if text.len() > MAX_LENGTH {
            return Err(CredentialError::TooLong);
        }
        if text.contains(['\r', '\n']) {
            return Err(CredentialError::LineBreak);
        }
        let strange = text.chars().enumerate().find(|(_, character)| !character.is_ascii_graphic());
        if let Some((at, character)) = strange {
            return Err(CredentialError::NotVisibleAscii { place: at + 1, code: character.into() });
        }
        Ok(Self(secret))
    }

    /// The header that presents this credential, marked so that its value is never printed.
    pub(crate) fn header_value(&self, auth: AuthScheme) -> HeaderValue {
        let secret = self.0.expose_secret();
        let text = match auth {
            AuthScheme::Bearer => format!("Bearer {secret}"),
            AuthScheme::Token => format!("Token {secret}"),
            AuthScheme::Header(_) => secret.to_owned(),
        };
        let mut value = HeaderValue::try_from(text).expect("visible ASCII and spaces are a header value");
        value.set_sensitive(true);
        value
    }
}

/// How many characters in a row a word may share with a secret. Words are cut at the end of a message, and a start of this
/// length says nothing.
const SHARED: usize = 5;

impl Credential {
    /// A message without the words that repeat the secret, or more than five characters of it in a row, in whatever case.
    pub(crate) fn taken_out_of(&self, message: &str) -> String {
        let secret = self.0.expose_secret().to_ascii_lowercase();
        let parts: Vec<&[u8]> = secret.as_bytes().windows(secret.len().min(SHARED + 1)).collect();
        let repeats = |word: &str| {
            let word = word.to_ascii_lowercase();
            parts.iter().any(|part| word.as_bytes().windows(part.len()).any(|shared| shared == *part))
        };
        let words: Vec<&str> =
            message.split(' ').map(|word| if repeats(word) { "…" } else { word }).collect();
        words.join(" ")
    }
}

/// The name of the header that carries the credential; none when a dialect names one that cannot exist.
pub(crate) fn header_name(auth: AuthScheme) -> Option<HeaderName> {
    match auth {
        AuthScheme::Bearer | AuthScheme::Token => Some(AUTHORIZATION),
        AuthScheme::Header(name) => HeaderName::from_bytes(name.as_bytes()).ok(),
    }
}

/// What stands in a preview instead of the credential's header value.
pub(crate) fn mask(auth: AuthScheme) -> &'static str {
    match auth {
        AuthScheme::Bearer => "Bearer ***",
        AuthScheme::Token => "Token ***",
        AuthScheme::Header(_) => "***",
    }
}

impl fmt::Debug for Credential {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Credential(***)")
    }
}

/// Why a text is not a credential.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum CredentialError {
    /// No text.
    #[error("the credential is empty; set the secret")]
    Empty,
    /// More than 4096 bytes.
    #[error("the credential is longer than 4096 bytes; check that it is the secret itself")]
    TooLong,
    /// A carriage return or line feed.
    #[error("the credential contains a line break; store it on one line without an end of line")]
    LineBreak,
    /// A space, a control character or a character outside ASCII.
    #[error(
        "character {place} of the credential is U+{code:04X}: a space, a control character or a character outside ASCII; \
         store the secret alone, without a word such as Bearer before it"
    )]
    NotVisibleAscii {
        /// Which character, counted from 1.
        place: usize,
        /// Its code point.
        code: u32,
    },
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(text: &str) -> Result<Credential, CredentialError> {
        Credential::new(SecretString::from(text))
    }

    #[test]
    fn b81_a_credential_that_would_break_a_header_is_refused() {
        assert_eq!(read("").expect_err("empty"), CredentialError::Empty);
        assert_eq!(read("abc\n").expect_err("a line feed"), CredentialError::LineBreak);
        assert_eq!(read("a\r\nX: y").expect_err("a second header"), CredentialError::LineBreak);
        for text in ["Bearer abc", "sécret", "a\tb", "a\0b", "a\u{7f}"] {
            assert!(matches!(read(text), Err(CredentialError::NotVisibleAscii { .. })), "{text}");
        }
        assert_eq!(read(&"x".repeat(4097)).expect_err("too long"), CredentialError::TooLong);
        assert!(read(&"x".repeat(4096)).is_ok());
    }

    #[test]
    fn v14_the_words_that_repeat_a_credential_are_taken_out_of_a_message() {
        let credential = read("canary-7Q+x/Z==").expect("a credential");
        for (message, kept) in [
            ("the key canary-7Q+x/Z== is unknown", "the key … is unknown"),
            ("Authorization: Bearer CANARY-7q+X/z==; expired", "Authorization: Bearer … expired"),
            ("\"canary-7Q+x/Z==\",again", "…"),
            ("cut: canary", "cut: …"),
            ("cut: canar", "cut: canar"),
            ("nothing  of it\n", "nothing  of it\n"),
            ("", ""),
        ] {
            assert_eq!(credential.taken_out_of(message), kept);
        }
        let short = read("k-1").expect("a credential");
        assert_eq!(short.taken_out_of("key=k-1 and k-2"), "… and k-2");
    }

    #[test]
    fn a_credential_shows_its_secret_nowhere() {
        let credential = read("canary-7Q").expect("a credential");
        for auth in [AuthScheme::Bearer, AuthScheme::Token, AuthScheme::Header("Rest-Api-Key")] {
            let value = credential.header_value(auth);
            assert!(value.is_sensitive());
            assert!(!format!("{credential:?} {value:?} {}", mask(auth)).contains("canary"));
        }
    }
}
