mod compare;
mod missing;
mod page;
mod query;
mod request;
mod seen;
mod spelling;

#[cfg(test)]
mod tests;

use std::fmt;

use canonical::Json;

pub use compare::{Agreement, compare, plain, spelled};
pub use missing::{mapped_by_label, missing};
pub use page::{Definition, ReadItem, ReadPage, StoredValue};
pub use query::{ReadQuery, Whom};
pub use request::ReadRequest;
pub use seen::Seen;

use crate::{VendorError, VendorResponse, WireField};

/// Reads back what one vendor holds: a query in, a request out; the answer in, typed items out.
///
/// Beside [`Adapter`](crate::Adapter) and as pure as it. It can ask for nothing that changes a vendor: a [`ReadRequest`] has
/// neither method nor body.
pub trait Reader: fmt::Debug + Send + Sync {
    /// The first request of a query; none where the vendor has no endpoint for it.
    fn first(&self, query: &ReadQuery<'_>) -> Option<ReadRequest>;

    /// Reads the answer to `sent`, which is untrusted input, and says what to ask for next.
    ///
    /// # Errors
    /// When the vendor did not answer what was asked. Its words are not repeated: they may be about the person, of whom nothing
    /// is known here that could be taken out of them.
    fn read(
        &self,
        query: &ReadQuery<'_>,
        sent: &ReadRequest,
        response: &VendorResponse,
    ) -> Result<ReadPage, VendorError>;

    /// Which member of what was seen shows a field; none when none does. By default the member of the field's own name.
    fn shown_in<'s>(&self, field: &str, seen: &'s Seen) -> Option<(&'s str, &'s Json)> {
        seen.member(field)
    }

    /// Whether the vendor shows a field as it should be; `all` are the fields that are compared together with it.
    fn agreement(&self, field: &WireField, all: &[WireField], seen: &Seen) -> Agreement {
        let _ = all;
        spelled(&field.leaf, &field.value, self.shown_in(&field.to, seen).map(|(_, value)| value))
    }
}
