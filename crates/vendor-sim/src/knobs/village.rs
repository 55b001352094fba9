use serde::{Deserialize, Serialize};

/// Village's open questions.
#[derive(Clone, Copy, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct VillageKnobs {
    /// What an accepted change is answered with, and when it is applied.
    pub answer: VillageAnswer,
    /// How the e-mail in the path is compared.
    pub email_case: EmailCase,
}

/// Village's success answer.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum VillageAnswer {
    /// 200 with the three fields and the e-mail; applied at once.
    #[default]
    Ok,
    /// 201: queued, applied when this many further requests have come (0 counts as 1), or by a tick of the control.
    /// `u32::MAX` waits for the tick.
    Queued(u32),
    /// 204 without a body; applied at once.
    NoContent,
}

/// How Village compares e-mail addresses.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum EmailCase {
    /// Exactly, as "user inputs are case-sensitive" says.
    #[default]
    Exact,
    /// ASCII letters without case.
    Insensitive,
}
