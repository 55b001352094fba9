use std::fmt;

use crate::{
    Dialect, Reader, Receipt, Update, VendorError, VendorRequest, VendorResponse, WireField, status,
};

/// One vendor's dialect: a canonical update in, HTTP requests out; the response in, a verdict out.
///
/// Pure: no I/O, no clock, no credential, equal output for equal input.
pub trait Adapter: fmt::Debug + Send + Sync {
    /// What this vendor can carry; the planner and the documentation read it.
    fn dialect(&self) -> &'static Dialect;

    /// Builds the requests that apply `update`: nearly always one.
    ///
    /// Several only where the vendor needs several; they are sent in order, settled together and, being absolute writes,
    /// repeated together.
    ///
    /// # Errors
    /// When the update holds something that the dialect's table should have kept out: a bug, not bad input.
    fn build_requests(&self, update: &Update<'_>) -> Result<Vec<VendorRequest>, TranslateError>;

    /// Reads the vendor's answer to `sent`. By default the status code decides.
    ///
    /// # Errors
    /// When the vendor did not do as asked, or when nobody can know.
    fn parse_response(
        &self,
        sent: &VendorRequest,
        response: &VendorResponse,
    ) -> Result<Receipt, VendorError> {
        let _ = sent;
        status::read(response).map(|()| Receipt::new(self.dialect().success_means))
    }

    /// Reads back what the vendor holds; none for a vendor that shows nothing.
    fn reader(&self) -> Option<&dyn Reader> {
        None
    }
}

/// An update that the dialect's own table should have kept out reached the adapter.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("the {vendor} adapter was handed {what}, which its table should have kept out")]
pub struct TranslateError {
    /// The vendor.
    pub vendor: &'static str,
    /// What was handed over; names only, no values.
    pub what: String,
}

impl TranslateError {
    /// The error about one field.
    pub fn new(dialect: &Dialect, field: &WireField) -> Self {
        Self { vendor: dialect.vendor, what: format!("{field:?}") }
    }
}
