use std::{fmt, str::FromStr};

use crate::Invalid;

/// An e-mail address: an ASCII dot-atom local part (RFC 5322 section 3.2.3) and a domain of at least two LDH labels.
///
/// Kept and sent exactly as received. Quoted local parts, address literals and non-ASCII characters are refused, because
/// they can change the shape of a path or name another person after folding.
#[derive(Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Email(String);

impl Email {
    /// The address as received.
    pub fn as_str(&self) -> &str {
        &self.0
    }

    /// The address with ASCII letters in lower case, for comparing and for nothing else.
    pub fn comparison_key(&self) -> String {
        self.0.to_ascii_lowercase()
    }

    /// Takes a text that was an address when it was stored.
    pub(crate) fn from_stored(text: String) -> Self {
        Self(text)
    }
}

impl FromStr for Email {
    type Err = Invalid;

    fn from_str(text: &str) -> Result<Self, Invalid> {
        if !text.is_ascii() {
            return Err(Invalid(
                "an e-mail address has ASCII characters only; write the domain as A-labels (xn--)",
            ));
        }
        if text.len() > 254 {
            return Err(Invalid("an e-mail address has at most 254 characters"));
        }
        let Some((local, domain)) = text.rsplit_once('@') else {
            return Err(Invalid("an e-mail address is local-part@domain"));
        };
        check_local_part(local)?;
        check_domain(domain)?;
        Ok(Self(text.to_owned()))
    }
}

fn check_local_part(local: &str) -> Result<(), Invalid> {
    if local.is_empty() || local.len() > 64 {
        return Err(Invalid("the part before the @ has 1 to 64 characters"));
    }
    if !local.split('.').all(|atom| !atom.is_empty() && atom.bytes().all(is_atext)) {
        return Err(Invalid(
            "the part before the @ is letters, digits and !#$%&'*+-/=?^_`{|}~, with single dots between; quoting is not taken",
        ));
    }
    Ok(())
}

fn check_domain(domain: &str) -> Result<(), Invalid> {
    if domain.split('.').count() < 2 {
        return Err(Invalid("the domain of an e-mail address has at least two labels, as in example.org"));
    }
    if !domain.split('.').all(is_ldh_label) {
        return Err(Invalid(
            "each label of the domain is 1 to 63 letters, digits or hyphens, without a hyphen at either end",
        ));
    }
    Ok(())
}

/// RFC 5322 section 3.2.3 `atext`.
fn is_atext(byte: u8) -> bool {
    byte.is_ascii_alphanumeric() || b"!#$%&'*+-/=?^_`{|}~".contains(&byte)
}

/// A letter-digit-hyphen label (RFC 5890 section 2.3.1).
fn is_ldh_label(label: &str) -> bool {
    (1..=63).contains(&label.len())
        && label.bytes().all(|b| b.is_ascii_alphanumeric() || b == b'-')
        && !label.starts_with('-')
        && !label.ends_with('-')
}

impl fmt::Debug for Email {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Email({} bytes)", self.0.len())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn dot_atoms_are_kept_as_received() {
        for text in [
            "jane.doe@example.com",
            "a/b@x.org",
            "a?x=1@x.org",
            "a#f@x.org",
            "a%2f..%2fadmin@x.org",
            "A+b@X.org",
        ] {
            match text.parse::<Email>() {
                Ok(email) => assert_eq!(email.as_str(), text),
                // `..` is two dots in a row, which no dot-atom has.
                Err(_) => assert!(text.contains(".."), "{text}"),
            }
        }
    }

    #[test]
    fn everything_else_is_refused() {
        let long_local = format!("{}@example.org", "a".repeat(65));
        let long_domain = format!("a@{}.org", "a".repeat(64));
        let long = format!("a@{}org", "abcdefghi.".repeat(26));
        for text in [
            "\"../../admin\"@x.org",
            "..",
            ".",
            "a\\b@x.org",
            "a;v=1@x.org",
            "a@x.org\r\nX: y",
            "a@x.org%0d%0aX: y",
            "a@x.org/../../networks/2/users/b@x.org",
            "user@[127.0.0.1]",
            "user@localhost",
            "plain",
            "a@b@x.org",
            " a@x.org",
            "a@x.org ",
            "a\t@x.org",
            "a\u{a0}@x.org",
            "a\u{200d}@x.org",
            "a\u{ff0f}b@x.org",
            "a\u{ff20}x.org",
            "m\u{131}ke@example.org",
            "a@xn--example-.org",
            "a@-x.org",
            "a@x..org",
            ".a@x.org",
            "a.@x.org",
            "@x.org",
            "a@",
            "",
            &long_local,
            &long_domain,
            &long,
        ] {
            assert!(text.parse::<Email>().is_err(), "{text:?}");
        }
    }

    #[test]
    fn an_address_may_be_as_long_as_documented_and_no_longer() {
        let domain = format!("{}org", "b.".repeat(96));
        let of_length = |length: usize| format!("{}@{domain}", "a".repeat(length - 1 - domain.len()));
        for length in [253, 254] {
            assert_eq!(of_length(length).len(), length);
            assert!(of_length(length).parse::<Email>().is_ok(), "{length}");
        }
        assert!(of_length(255).parse::<Email>().is_err());
        for (local, label, is_one) in [(64, 63, true), (65, 1, false), (1, 64, false)] {
            let text = format!("{}@{}.org", "a".repeat(local), "b".repeat(label));
            assert_eq!(text.parse::<Email>().is_ok(), is_one, "{local} and {label}");
        }
    }

    #[test]
    fn debug_does_not_show_the_address() {
        let email: Email = "jane.doe@example.com".parse().expect("valid");
        assert!(!format!("{email:?}").contains("jane"));
    }
}
