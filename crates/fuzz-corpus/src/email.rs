//! E-mail addresses: the rule is written a second time, character by character.

use adapter::{Subject, SubjectKind};
use canonical::Email;

static KIND: SubjectKind = SubjectKind::email("email");

/// Reads `data` as an address and compares with the rule.
pub fn target(data: &[u8]) {
    let Ok(text) = std::str::from_utf8(data) else { return };
    let read = text.parse::<Email>();
    assert_eq!(read.is_ok(), is_address(text), "the reader and the rule differ");
    assert_eq!(Subject::parse(&KIND, text).is_ok(), read.is_ok(), "a subject is an address");
    match read {
        Ok(email) => {
            assert_eq!(email.as_str(), text, "an address is kept as it was sent");
            let same = email.comparison_key().eq_ignore_ascii_case(text);
            assert!(same, "the key folds more than ASCII case");
            assert!(!format!("{email:?}").contains(text), "debug output shows an address");
        }
        Err(fault) => assert!(text.len() < 8 || !fault.to_string().contains(text), "a message repeats it"),
    }
}

fn is_address(text: &str) -> bool {
    let parts: Vec<&str> = text.split('@').collect();
    let [local, domain] = parts.as_slice() else { return false };
    let atoms: Vec<&str> = local.split('.').collect();
    let labels: Vec<&str> = domain.split('.').collect();
    let atext = |c: char| c.is_ascii_alphanumeric() || "!#$%&'*+-/=?^_`{|}~".contains(c);
    let is_atom = |atom: &&str| !atom.is_empty() && atom.chars().all(atext);
    let is_label = |label: &&str| {
        let alphanumeric = |c: Option<char>| c.is_some_and(|c| c.is_ascii_alphanumeric());
        label.len() < 64
            && alphanumeric(label.chars().next())
            && alphanumeric(label.chars().last())
            && label.chars().all(|c| c.is_ascii_alphanumeric() || c == '-')
    };
    text.len() <= 254
        && local.len() <= 64
        && atoms.iter().all(is_atom)
        && labels.len() > 1
        && labels.iter().all(is_label)
}
