/// What becomes of one leaf of an update at one route.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Fate {
    /// The vendor has applied it.
    Applied,
    /// The vendor has taken it and may apply it later.
    Accepted,
    /// The vendor has confirmed a newer value.
    Replaced,
    /// It is to be sent, or is being sent; or a newer value of it is.
    Waiting,
    /// It was replaced by a value that cannot be carried before the vendor confirmed it.
    NotDelivered,
    /// Nothing had to be sent for it.
    NothingToSend,
    /// It was confirmed as far as a database of an older schema tells, which does not tell of single leaves.
    Unknown,
    /// The route does not serve such a user any more.
    NotMatching,
    /// It had that value already.
    Unchanged,
    /// The vendor has no place for it, or only the one that names the person at this route.
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
            Fate::Applied => "applied",
            Fate::Accepted => "accepted",
            Fate::Replaced => "replaced",
            Fate::Waiting => "waiting",
            Fate::NotDelivered => "not_delivered",
            Fate::NothingToSend => "nothing_to_send",
            Fate::Unknown => "unknown",
            Fate::NotMatching => "not_matching",
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
