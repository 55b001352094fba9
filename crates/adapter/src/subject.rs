use std::fmt;

use canonical::{Email, Invalid, Unseen};

use crate::fold;

/// One way in which a vendor names a person.
#[derive(Debug, PartialEq, Eq)]
pub struct SubjectKind {
    /// Its name in a route's configuration, `custom_id`.
    pub name: &'static str,
    /// Which texts are such a subject.
    pub form: SubjectForm,
    /// When two of them are one person.
    pub comparison: Comparison,
    /// The field of the body that names the person in this way, where the vendor would take it for a field of the profile
    /// otherwise: a route that names people so cannot write it.
    pub taken_field: Option<&'static str>,
}

/// When two subjects of one kind are one person.
///
/// What a vendor takes for one account must be one person here: otherwise two users are written to it. What a vendor tells apart
/// and is one person here is refused, which harms nobody and can be seen. Where a vendor does not say how it compares, a name that
/// people type is folded; an id that programs give is exact.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Comparison {
    /// When they are the same characters.
    Exact,
    /// When they are the same after compatibility composition (NFKC) and full case folding, without characters that are not seen
    /// (Unicode Standard, section 3.13, D147).
    Folded,
}

impl Comparison {
    /// Its name beside what was stored under it. One whose keys become others needs another name.
    pub fn name(self) -> &'static str {
        match self {
            Comparison::Exact => "exact",
            Comparison::Folded => "folded",
        }
    }
}

impl SubjectKind {
    /// Ids that are numbers.
    pub const fn integer(name: &'static str) -> Self {
        Self { name, form: SubjectForm::Integer, comparison: Comparison::Exact, taken_field: None }
    }

    /// Texts that are compared in this way.
    pub const fn text(name: &'static str, comparison: Comparison) -> Self {
        Self { name, form: SubjectForm::Text, comparison, taken_field: None }
    }

    /// E-mail addresses. Their domain has no case (RFC 4343), and no vendor is known to give `a@x` and `A@x` to two people.
    pub const fn email(name: &'static str) -> Self {
        Self { name, form: SubjectForm::Email, comparison: Comparison::Folded, taken_field: None }
    }

    /// The kind whose subjects stand in this field of the body.
    pub const fn taking(mut self, field: &'static str) -> Self {
        self.taken_field = Some(field);
        self
    }
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

    /// What two subjects must differ in to be two people; see [`Comparison`].
    pub fn key(&self) -> String {
        match self.kind.comparison {
            Comparison::Exact => self.text.clone(),
            Comparison::Folded => fold::folded(&self.text),
        }
    }

    /// Whether a text that a vendor answers is this subject.
    pub fn is(&self, text: &str) -> bool {
        match self.kind.comparison {
            Comparison::Exact => self.text == text,
            Comparison::Folded => self.text == text || self.key() == fold::folded(text),
        }
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

    static ID: SubjectKind = SubjectKind::integer("id");
    static TEXT: SubjectKind = SubjectKind::text("custom_id", Comparison::Exact);
    static NAME: SubjectKind = SubjectKind::text("username", Comparison::Folded);
    static EMAIL: SubjectKind = SubjectKind::email("email");

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

    fn keys(kind: &'static SubjectKind, texts: &[&str]) -> Vec<String> {
        let key = |text: &&str| Subject::parse(kind, text).expect("a subject").key();
        texts.iter().map(key).collect()
    }

    #[test]
    fn ids_that_differ_in_case_alone_are_two_people() {
        let keys = keys(&TEXT, &["Ab1", "aB1", "É", "E\u{301}"]);
        assert_eq!(keys, ["Ab1", "aB1", "É", "E\u{301}"]);
    }

    #[test]
    fn names_that_a_vendor_may_fold_are_one_person() {
        for alike in [
            &["Anna", "ANNA", "ａｎｎａ", "an\u{200b}na"][..],
            &["É", "é", "E\u{301}", "e\u{301}"],
            &["Straße", "STRASSE"],
            &["ΑΓΙΟΣ", "αγιος", "αγιοσ"],
            &["ﬁsh", "FISH"],
            &["\u{212a}im", "kim"],
            // Folding and composition each make something for the other.
            &["\u{3b1}\u{345}\u{301}", "\u{391}\u{301}\u{345}"],
        ] {
            let keys = keys(&NAME, alike);
            assert!(keys.iter().all(|key| *key == keys[0]), "{alike:?}: {keys:?}");
        }
        let keys = keys(&NAME, &["anna", "ana", "änna", "anna.", "αννα"]);
        assert_eq!(keys.iter().collect::<std::collections::BTreeSet<_>>().len(), keys.len());
    }

    #[test]
    fn a_key_is_its_own_key() {
        for text in ["Straße", "É", "ﬁsh", "ΑΓΙΟΣ", "ŉ", "ᾳ\u{301}", "İ", "ǰ"] {
            let key = Subject::parse(&NAME, text).expect("a name").key();
            assert_eq!(Subject::parse(&NAME, &key).expect("a name").key(), key, "{text}");
        }
    }

    #[test]
    fn what_a_vendor_answers_is_compared_as_the_kind_says() {
        let (id, name) = (Subject::parse(&TEXT, "Ab1"), Subject::parse(&NAME, "Ab1"));
        assert!(!id.expect("an id").is("ab1"));
        assert!(name.expect("a name").is("aB1"));
    }

    #[test]
    fn two_spellings_of_an_address_are_one_key_but_are_sent_as_received() {
        let subject = Subject::parse(&EMAIL, "Jane@X.org").expect("an address");
        assert_eq!((subject.as_str(), subject.key().as_str()), ("Jane@X.org", "jane@x.org"));
        assert!(!format!("{subject:?}").contains("ane"));
    }
}
