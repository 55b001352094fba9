use adapter::Fate;
use canonical::Leaf;
use delivery::{Enrol, Route, lane::HoldReason, status::Reason};

use super::ReasonWord;

/// Who can help, and how.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Help {
    /// What the caller can do.
    pub hint: Option<String>,
    /// Whether only an operator can help.
    pub operator: bool,
}

impl Help {
    /// As [`Help::against`], where it is known what becomes of each leaf: a value that is there and cannot be sent is another matter than
    /// one that is missing.
    pub fn knowing(
        reason: ReasonWord,
        route: &str,
        leaves: &[String],
        fate: impl Fn(&str) -> Option<Fate>,
    ) -> Self {
        let of = |wanted: Option<Fate>| -> Vec<&str> {
            let is_wanted = |leaf: &&str| match wanted {
                Some(wanted) => fate(leaf) == Some(wanted),
                None => !matches!(fate(leaf), Some(Fate::TooLong | Fate::NotRepresentable)),
            };
            leaves.iter().map(String::as_str).filter(is_wanted).collect()
        };
        let parts = [
            ("send", of(None)),
            ("send a shorter value for", of(Some(Fate::TooLong))),
            ("send a value that the vendor can hold for", of(Some(Fate::NotRepresentable))),
        ];
        match reason {
            ReasonWord::NeedsData if !leaves.is_empty() => {
                let parts = parts.iter().filter(|(_, leaves)| !leaves.is_empty());
                let parts: Vec<String> =
                    parts.map(|(what, leaves)| format!("{what} {}", leaves.join(", "))).collect();
                Self { hint: Some(parts.join("; ")), operator: false }
            }
            _ => Self::against(reason, route, leaves),
        }
    }

    /// What else may help where the vendor did not say which field it refuses: to it, the person may be the matter.
    pub fn if_unnamed(mut self, reason: Option<Reason>, route: &str) -> Self {
        if let (Some(Reason::Held(HoldReason::Isolated)), Some(hint)) = (reason, &mut self.hint)
            && !hint.contains("identities.")
        {
            let person = format!("look whether identities.{route} is");
            *hint = format!("{hint}; the vendor did not say what is wrong: if the value is right, {person}");
        }
        self
    }

    /// What helps against `reason` at `route`, where it is about these leaves.
    pub fn against(reason: ReasonWord, route: &str, leaves: &[String]) -> Self {
        let these = if leaves.is_empty() { "the leaves".to_owned() } else { leaves.join(", ") };
        let hint = match reason {
            ReasonWord::NeedsData => format!("send {these}"),
            // More than one is refused where each was tried alone, or where none can go alone.
            ReasonWord::Rejected if leaves.len() > 1 => format!(
                "correct identities.{route} if it is not the user's, or send other values for {these}"
            ),
            ReasonWord::Rejected if leaves.len() == 1 && leaves[0] == Leaf::Manager.name() => format!(
                "send the name that the vendor has for the manager, or the id of a user whose identities.{route} is that name; or clear it"
            ),
            ReasonWord::Rejected => format!("send another value for {these}, or clear it"),
            ReasonWord::TooLarge => "send shorter values".to_owned(),
            ReasonWord::Conflict => format!("send another value for {these}, or the same later"),
            ReasonWord::Expired => "send a change of any leaf that the route carries".to_owned(),
            ReasonWord::Unaddressable => {
                format!("set identities.{route} to the id that the vendor has for the user")
            }
            ReasonWord::UnknownAtVendor => {
                format!("create the user at the vendor, or correct identities.{route}")
            }
            ReasonWord::SubjectTaken => {
                format!(
                    "another user has this identity at {route}, or one that the vendor takes for the same; correct identities.{route} or the e-mail address of one of them"
                )
            }
            ReasonWord::Forbidden
            | ReasonWord::WrongSubject
            | ReasonWord::Protocol
            | ReasonWord::Internal => {
                return Self { hint: None, operator: true };
            }
        };
        Self { hint: Some(hint), operator: false }
    }
}

/// What to do about a credential that a vendor does not accept.
pub const REPLACE_CREDENTIAL: &str = "put a valid one where `credential` points; a file is read again, an environment variable \
                                             only at a restart";

/// What connects a user with a route that has no identity for them.
pub fn without_identity(route: &Route) -> String {
    let (name, kind) = (&route.name, route.subject_kind.name);
    let give = format!("give identities.{name} once, the user's {kind} at the vendor");
    match route.enrol {
        Enrol::Email => format!("send email, or {give}: nothing is sent there before"),
        Enrol::Identity => format!("{give}: nothing is sent there before"),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_refusal_that_names_no_field_may_be_about_the_person() {
        let hint = |hold| {
            let leaves = ["organization".to_owned()];
            let help = Help::against(ReasonWord::Rejected, "intranet", &leaves);
            help.if_unnamed(hold, "intranet").hint.expect("a hint")
        };
        let named = "send another value for organization, or clear it";
        assert_eq!(hint(Some(Reason::Held(HoldReason::Named))), named);
        assert_eq!(hint(None), named);
        assert_eq!(
            hint(Some(Reason::Held(HoldReason::Isolated))),
            format!(
                "{named}; the vendor did not say what is wrong: if the value is right, look whether identities.intranet is"
            )
        );
    }

    #[test]
    fn whoever_is_no_manager_at_the_vendor_is_named_otherwise() {
        let help = Help::against(ReasonWord::Rejected, "intranet", &["manager".to_owned()]);
        let hint = help.hint.expect("a hint");
        assert!(hint.contains("the id of a user whose identities.intranet is that name"), "{hint}");
    }

    #[test]
    fn what_a_caller_can_do_is_said_and_the_rest_is_for_an_operator() {
        let help = Help::against(ReasonWord::NeedsData, "intranet", &["email".to_owned()]);
        assert_eq!(help, Help { hint: Some("send email".to_owned()), operator: false });
        let help = Help::against(ReasonWord::WrongSubject, "intranet", &[]);
        assert_eq!(help, Help { hint: None, operator: true });
    }
}
