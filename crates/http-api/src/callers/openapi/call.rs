use api_types::problem::Kind;
use gateway_config::Scope;
use serde_json::Value;

/// What the description says about one call beside its path, method and schemas.
pub(crate) struct Call {
    pub(crate) path: &'static str,
    pub(crate) method: &'static str,
    pub(crate) scopes: &'static [Scope],
    pub(crate) parameters: &'static [&'static str],
    /// Whether its body is a patch.
    pub(crate) patch: bool,
    /// What a 200 means.
    pub(crate) answers: &'static str,
    pub(crate) headers: &'static [(&'static str, &'static str)],
    pub(crate) example: Option<fn() -> Value>,
    pub(crate) problems: &'static [Kind],
}

/// The problems that every call can answer.
pub(super) const ANYWHERE: [Kind; 9] = [
    Kind::InvalidValue,
    Kind::Unauthenticated,
    Kind::Forbidden,
    Kind::MethodNotAllowed,
    Kind::RateLimited,
    Kind::HeadersTooLarge,
    Kind::Overloaded,
    Kind::OutcomeUnknown,
    Kind::ShuttingDown,
];

/// A call that reads and takes nothing.
pub(crate) const USUAL: Call = Call {
    path: "",
    method: "get",
    scopes: &[Scope::Read],
    parameters: &[],
    patch: false,
    answers: "As asked.",
    headers: &[],
    example: None,
    problems: &[],
};
