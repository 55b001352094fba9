use std::fmt;

use canonical::{Email, Invalid, Unseen};

/// One way in which a vendor names a person.
#[derive(Debug, PartialEq, Eq)]
pub struct SubjectKind {
    /// Its name in a route's configuration, `custom_id`.
    pub name: &'static str,
    /// Which texts are such a subject.
    pub form: SubjectForm,
}

/// Which texts are a subject.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum SubjectForm {
    /// A positive integer that fits 63 bits.
    Integer,
    /// Any text of 1 to 254 characters without control characters and without a blank at either end, but not `.` or `..`.
    Text,
    /// An e-mail address.
    Email,
}

/// How a vendor knows one person. Its `Debug` does not show the text, which may be an e-mail address.
#[derive(Clone, PartialEq, Eq)]
pub struct Subject {
    kind: &'static SubjectKind,
    text: String,
}

impl Subject {
    /// Reads a subject of `kind`; an integer loses its leading zeros.
    ///
    /// # Errors
    /// When the text is no such subject.
    pub fn parse(kind: &'static SubjectKind, text: &str) -> Result<Self, Invalid> {
        let text = match kind.form {
            SubjectForm::Integer => integer(text)?,
            SubjectForm::Text => plain(text)?,
            SubjectForm::Email => text.parse::<Email>()?.as_str().to_owned(),
        };
        Ok(Self { kind, text })
    }

    /// Which kind of subject it is.
    pub fn kind(&self) -> &'static SubjectKind {
        self.kind
    }

    /// The subject as it is sent.
    pub fn as_str(&self) -> &str {
        &self.text
    }

    /// What two subjects must differ in to be two people: the text with ASCII letters in lower case, and no other folding.
    pub fn key(&self) -> String {
        self.text.to_ascii_lowercase()
    }
}

impl fmt::Debug for Subject {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Subject({})", self.kind.name)
    }
}

fn integer(text: &str) -> Result<String, Invalid> {
    let digits = !text.is_empty() && text.bytes().all(|b| b.is_ascii_digit());
    match text.parse::<i64>() {
        Ok(number) if digits && number > 0 => Ok(number.to_string()),
        _ => Err(Invalid("the identity at this route is a positive integer")),
    }
}

fn plain(text: &str) -> Result<String, Invalid> {
    let length = text.chars().count();
    if !(1..=254).contains(&length) || text.contains(char::is_control) || text == "." || text == ".." {
        return Err(Invalid("the identity at this route is 1 to 254 characters without control characters"));
    }
    // Two people here would be one at a vendor that trims or folds what it compares.
    if text.starts_with(Unseen::is_blank) || text.ends_with(Unseen::is_blank) {
        return Err(Invalid(
            "the identity at this route begins or ends with a blank or with a character that is not seen",
        ));
    }
    Ok(text.to_owned())
}

#[cfg(test)]
mod tests {
    use super::*;

    static ID: SubjectKind = SubjectKind { name: "id", form: SubjectForm::Integer };
    static TEXT: SubjectKind = SubjectKind { name: "custom_id", form: SubjectForm::Text };
    static EMAIL: SubjectKind = SubjectKind { name: "email", form: SubjectForm::Email };

    #[test]
    fn integers_have_one_form() {
        assert_eq!(Subject::parse(&ID, "0089").expect("an integer").as_str(), "89");
        for text in ["", "0", "-1", "+1", "1.0", "1e3", "９", "9223372036854775808"] {
            assert!(Subject::parse(&ID, text).is_err(), "{text}");
        }
    }

    #[test]
    fn texts_cannot_change_the_shape_of_a_path() {
        assert!(Subject::parse(&TEXT, "user/1 %2e").is_ok());
        for text in ["", ".", "..", "a\nb", &"x".repeat(255)] {
            assert!(Subject::parse(&TEXT, text).is_err(), "{text:?}");
        }
    }

    #[test]
    fn nobody_is_told_apart_by_what_is_not_seen() {
        for text in [
            " ",
            "   ",
            "anna ",
            " anna",
            "anna\u{a0}",
            "\u{feff}anna",
            "anna\u{200b}",
            "anna\u{3000}",
            "\u{ad}",
        ] {
            assert!(Subject::parse(&TEXT, text).is_err(), "{text:?}");
        }
        for text in ["anna maria", "a\u{200d}b", "Zoë", "-anna-", "«anna»"] {
            assert!(Subject::parse(&TEXT, text).is_ok(), "{text:?}");
        }
    }

    #[test]
    fn two_spellings_of_an_address_are_one_key_but_are_sent_as_received() {
        let subject = Subject::parse(&EMAIL, "Jane@X.org").expect("an address");
        assert_eq!((subject.as_str(), subject.key().as_str()), ("Jane@X.org", "jane@x.org"));
        assert!(!format!("{subject:?}").contains("ane"));
    }
}
