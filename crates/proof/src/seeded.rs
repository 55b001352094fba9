//! Seeded bugs of adapters, as wrappers, so that the adapters themselves stay free of them.

use std::sync::Arc;

use adapter::{
    Adapter, Dialect, ErrorKind, Reader, Receipt, TranslateError, Update, VendorError, VendorRequest,
    VendorResponse, WireField, WireValue,
};
use delivery::mutation::{self, Mutation};

/// An adapter with whatever bug is in effect.
#[derive(Debug)]
pub struct Seeded(pub Arc<dyn Adapter>);

impl Adapter for Seeded {
    fn dialect(&self) -> &'static Dialect {
        self.0.dialect()
    }

    fn build_requests(&self, update: &Update<'_>) -> Result<Vec<VendorRequest>, TranslateError> {
        let mut fields = update.fields.to_vec();
        if mutation::is_on(Mutation::MergedPatches) {
            forget_cleared_groups(&mut fields);
        }
        let mut requests = self.0.build_requests(&Update { subject: update.subject, fields: &fields })?;
        for request in &mut requests {
            if mutation::is_on(Mutation::AddUserOmitted) {
                request.query.retain(|(name, _)| *name != "AddUser");
            }
            if mutation::is_on(Mutation::EmailFormattedIntoPath) {
                format_path(request);
            }
        }
        Ok(requests)
    }

    fn parse_response(
        &self,
        sent: &VendorRequest,
        response: &VendorResponse,
    ) -> Result<Receipt, VendorError> {
        match self.0.parse_response(sent, response) {
            Err(error)
                if mutation::is_on(Mutation::IsErrorIgnored)
                    && error.kind == ErrorKind::Invalid
                    && response.status == 200 =>
            {
                Ok(Receipt::new(self.dialect().success_means))
            }
            result => result,
        }
    }

    fn reader(&self) -> Option<&dyn Reader> {
        self.0.reader()
    }
}

/// As merging `{"address": null}` with `{"address": {"region": "x"}}` does.
fn forget_cleared_groups(fields: &mut Vec<WireField>) {
    for group in ["address.", "custom."] {
        let of_group = |field: &WireField| field.leaf.name().starts_with(group);
        let is_cleared = |field: &WireField| of_group(field) && field.value == WireValue::Clear;
        let cleared = fields.iter().filter(|field| is_cleared(field)).count();
        let set = fields.iter().filter(|field| of_group(field)).count() - cleared;
        if cleared > 1 && set > 0 {
            fields.retain(|field| !is_cleared(field));
        }
    }
}

/// What a URL parser makes of a text in which nothing was encoded.
fn format_path(request: &mut VendorRequest) {
    let path = request.path.segments.join("/");
    let path = path.split(['?', '#']).next().unwrap_or_default();
    request.path.segments = path.split('/').map(str::to_owned).collect();
}
