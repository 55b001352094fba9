use std::{collections::BTreeMap, env, fmt};

use super::option_path::OptionPath;

/// The environment variables as they were at one moment. Its `Debug` shows no value: some are secrets.
#[derive(Clone, Default)]
pub struct Environment(BTreeMap<String, String>);

/// An option that an environment variable sets or replaces; `check` lists them, because a file alone no longer tells.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Override {
    /// The variable, `PGW__ROUTES__VILLAGE__BASE_URL`.
    pub variable: String,
    /// The option, `routes.village.base_url`.
    pub option: String,
    pub(super) path: OptionPath,
}

/// What the names of variables that are options begin with.
pub(super) const PREFIX: &str = "PGW";
/// What stands between the names of tables and options; option names contain single underscores themselves.
pub(super) const SEPARATOR: &str = "__";

impl Environment {
    /// The variables of this process. A value that is not UTF-8 gets replacement characters, which no secret may have.
    pub fn of_process() -> Self {
        let text = |text: std::ffi::OsString| text.to_string_lossy().into_owned();
        Self(env::vars_os().map(|(name, value)| (text(name), text(value))).collect())
    }

    /// The value of a variable.
    pub(super) fn get(&self, name: &str) -> Option<&str> {
        self.0.get(name).map(String::as_str)
    }

    /// The variable that asks for a proxy, which other programs heed.
    pub(super) fn outbound_proxy(&self) -> Option<&'static str> {
        let names = ["HTTPS_PROXY", "https_proxy", "HTTP_PROXY", "http_proxy", "ALL_PROXY", "all_proxy"];
        names.into_iter().find(|name| self.get(name).is_some_and(|value| !value.is_empty()))
    }

    /// The variables that stand for options, in the order of their names.
    pub(super) fn options(&self) -> impl Iterator<Item = (Override, &str)> {
        self.0.iter().filter_map(|(variable, value)| {
            let name = variable.strip_prefix(PREFIX)?.strip_prefix(SEPARATOR)?.to_lowercase();
            let path = OptionPath::of(&name.split(SEPARATOR).collect::<Vec<_>>());
            Some((Override { variable: variable.clone(), option: path.to_string(), path }, value.as_str()))
        })
    }
}

impl<N: Into<String>, V: Into<String>> FromIterator<(N, V)> for Environment {
    fn from_iter<I: IntoIterator<Item = (N, V)>>(variables: I) -> Self {
        Self(variables.into_iter().map(|(name, value)| (name.into(), value.into())).collect())
    }
}

impl fmt::Debug for Environment {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Environment({} variables)", self.0.len())
    }
}
