use strum::VariantArray;

/// What an entry of the audit is about. Its word is stored and hashed, and never given to another meaning.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, strum::IntoStaticStr, strum::VariantArray)]
#[strum(serialize_all = "snake_case")]
pub enum AuditKind {
    /// A lane was blocked.
    Block,
    /// An operator confirmed at a start that a route's new host is the same vendor.
    Confirm,
    /// A user was erased.
    Erase,
    /// An operator says that vendors do not have any more what they kept of a user.
    ForgetKept,
    /// A user's identity at a route was set, changed or removed.
    Identity,
    /// A route was paused.
    Pause,
    /// An operator has one request tried at a route that does not send.
    Probe,
    /// The configuration was read again, or refused.
    Reload,
    /// A paused route sends again.
    Resume,
    /// Everything that a route carries is sent again.
    Resync,
    /// What is held or blocked is tried again.
    Retry,
    /// Users were compared with what vendors hold.
    Verify,
}

impl AuditKind {
    /// Every kind.
    pub const ALL: &[Self] = Self::VARIANTS;

    /// The word for it.
    pub fn name(self) -> &'static str {
        self.into()
    }

    /// The kind of a word.
    pub fn of_name(name: &str) -> Option<Self> {
        Self::ALL.iter().copied().find(|kind| kind.name() == name)
    }
}
