use delivery::{Enrol, Route};

use super::ReasonWord;

/// Who can help, and how.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Help {
    /// What the caller can do.
    pub(crate) hint: Option<String>,
    /// Whether only an operator can help.
    pub(crate) operator: bool,
}

impl Help {
    /// What helps against `reason` at `route`, where it is about these leaves.
    pub(crate) fn against(reason: ReasonWord, route: &str, leaves: &[String]) -> Self {
        let these = if leaves.is_empty() { "the leaves".to_owned() } else { leaves.join(", ") };
        let hint = match reason {
            ReasonWord::NeedsData => format!("send {these}"),
            // More than one is refused where each was tried alone, or where none can go alone.
            ReasonWord::Rejected if leaves.len() > 1 => format!(
                "correct identities.{route} if it is not the user's, or send other values for {these}"
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
                    "another user has this identity at {route}; correct the e-mail address of one of them"
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

/// What connects a user with a route that has no identity for them.
pub(crate) fn without_identity(route: &Route) -> String {
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
    fn what_a_caller_can_do_is_said_and_the_rest_is_for_an_operator() {
        let help = Help::against(ReasonWord::NeedsData, "intranet", &["email".to_owned()]);
        assert_eq!(help, Help { hint: Some("send email".to_owned()), operator: false });
        let help = Help::against(ReasonWord::WrongSubject, "intranet", &[]);
        assert_eq!(help, Help { hint: None, operator: true });
    }
}
