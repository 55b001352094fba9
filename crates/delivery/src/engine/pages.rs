use adapter::{ReadItem, ReadQuery, ReadRequest, Reader, VendorResponse};

use super::ReadError;
use crate::Route;

/// The most pages of one reading.
pub(super) const MOST_PAGES: usize = 20;

/// The pages of what a vendor shows, one request after the other; whoever has it sends them.
#[derive(Debug)]
pub struct Pages<'a> {
    reader: &'a dyn Reader,
    query: &'a ReadQuery<'a>,
    next: Option<ReadRequest>,
    read: usize,
    items: Vec<ReadItem>,
}

impl<'a> Pages<'a> {
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
