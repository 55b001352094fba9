use adapter::VendorError;

use crate::SendError;

/// Why a request was no success.
pub(super) enum Refused {
    /// There is no answer; whether the attempt may have been applied.
    Unanswered(SendError, bool),
    /// What the adapter makes of the answer, and its status.
    Answered(VendorError, u16),
}
