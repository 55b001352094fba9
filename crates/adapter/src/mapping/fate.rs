/// What becomes of one leaf of an update at one route.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Fate {
    /// It is or was sent.
    Sent,
    /// It had that value already.
    Unchanged,
    /// The vendor has no place for it.
    Unsupported,
    /// The route does not map it.
    Unmapped,
    /// The vendor has no way to clear it.
    NotClearable,
    /// It is longer than the vendor allows.
    TooLong,
    /// The vendor's field cannot hold such a value.
    NotRepresentable,
    /// The vendor refused it; it waits while the rest goes on.
    Held,
    /// The vendor needs it and nobody has given it.
    Missing,
}

impl Fate {
    /// The fate's name in the API.
    pub fn name(self) -> &'static str {
        match self {
            Fate::Sent => "sent",
            Fate::Unchanged => "unchanged",
            Fate::Unsupported => "unsupported",
            Fate::Unmapped => "unmapped",
            Fate::NotClearable => "not_clearable",
            Fate::TooLong => "too_long",
            Fate::NotRepresentable => "not_representable",
            Fate::Held => "held",
            Fate::Missing => "missing",
        }
    }
}
