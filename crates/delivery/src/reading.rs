//! One reading of what a vendor shows: its pages, and why it may come to nothing. Pure: whoever reads sends the requests.

use adapter::{ErrorKind, ReadItem, ReadQuery, ReadRequest, Reader, VendorError, VendorResponse};

use crate::{Millis, Route, SendError};

/// The most pages of one reading.
const MOST_PAGES: usize = 20;

/// The pages of what a vendor shows, one request after the other; whoever has it sends them.
#[derive(Debug)]
pub struct Reading<'a> {
    reader: &'a dyn Reader,
    query: &'a ReadQuery<'a>,
    next: Option<ReadRequest>,
    read: usize,
    items: Vec<ReadItem>,
}

impl<'a> Reading<'a> {
    /// What is to be asked for a query.
    ///
    /// # Errors
    /// [`ReadError::NotReadable`] where the vendor does not show it.
    pub fn of(route: &'a Route, query: &'a ReadQuery<'a>) -> Result<Self, ReadError> {
        let reader = route.adapter.reader().ok_or(ReadError::NotReadable)?;
        let next = Some(reader.first(query).ok_or(ReadError::NotReadable)?);
        Ok(Self { reader, query, next, read: 0, items: Vec::new() })
    }

    /// What is to be sent next; none when everything was read.
    ///
    /// # Errors
    /// [`ReadError::TooLong`] when there are more pages than are read.
    pub fn request(&mut self) -> Result<Option<ReadRequest>, ReadError> {
        match self.next.take() {
            Some(_) if self.read >= MOST_PAGES => Err(ReadError::TooLong),
            next => Ok(next),
        }
    }

    /// Takes the answer to a request.
    ///
    /// # Errors
    /// When the vendor did not answer what was asked.
    pub fn take(&mut self, sent: &ReadRequest, response: &VendorResponse) -> Result<(), ReadError> {
        let page = self.reader.read(self.query, sent, response).map_err(ReadError::Refused)?;
        self.items.extend(page.items);
        self.next = page.next;
        self.read += 1;
        Ok(())
    }

    /// What was read.
    pub fn into_items(self) -> Vec<ReadItem> {
        self.items
    }
}

/// Why nothing was read.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum ReadError {
    /// The vendor has no endpoint that shows this.
    #[error("the vendor does not show this")]
    NotReadable,
    /// The vendor asked for a pause, or the route's rate is used up, until then.
    #[error("the route is busy")]
    Busy(Millis),
    /// There is no answer.
    #[error("no answer: {0}")]
    Unanswered(SendError),
    /// The vendor did not answer what was asked.
    #[error("{0}")]
    Refused(VendorError),
    /// There are more pages than are read.
    #[error("more than {MOST_PAGES} pages")]
    TooLong,
}

impl ReadError {
    /// Whether others would meet it, too, so that asking about them is in vain.
    pub(crate) fn is_about_the_route(&self) -> bool {
        match self {
            Self::Busy(_) | Self::Unanswered(_) => true,
            Self::Refused(error) => matches!(
                error.kind,
                ErrorKind::Unauthenticated
                    | ErrorKind::RateLimited
                    | ErrorKind::Unavailable
                    | ErrorKind::Misdirected
                    | ErrorKind::Misconfigured
            ),
            Self::NotReadable | Self::TooLong => false,
        }
    }
}
