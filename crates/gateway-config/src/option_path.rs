use std::fmt;

/// Where an option stands: the names of its tables and its own, `routes` `village` `timeout`; members of arrays by number.
#[derive(Debug, Clone, Default, PartialEq, Eq, PartialOrd, Ord)]
pub(super) struct OptionPath(Vec<String>);

impl OptionPath {
    /// The option with these names from the top.
    pub(super) fn of(names: &[&str]) -> Self {
        Self(names.iter().map(|&name| name.to_owned()).collect())
    }

    /// An option within this one.
    pub(super) fn child(&self, name: impl fmt::Display) -> Self {
        let mut names = self.0.clone();
        names.push(name.to_string());
        Self(names)
    }

    /// The table or array that holds this option; none for the whole file.
    pub(super) fn parent(&self) -> Option<Self> {
        let (_, parents) = self.0.split_last()?;
        Some(Self(parents.to_vec()))
    }

    /// The names from the top.
    pub(super) fn names(&self) -> Vec<&str> {
        self.0.iter().map(String::as_str).collect()
    }

    /// Whether `other` is this option or stands within it.
    pub(super) fn holds(&self, other: &Self) -> bool {
        other.0.starts_with(&self.0)
    }
}

impl fmt::Display for OptionPath {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0.join("."))
    }
}
