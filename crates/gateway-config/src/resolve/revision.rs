use adapter::{ClearAs, FieldOption, Mapping, MappingOptions, Overlong, PhoneFormat};
use canonical::Value;
use sha2::{Digest, Sha256};

use super::together;
use crate::{Vendor, file::RouteSection};

/// Tells two mappings of a route apart, over restarts and versions: what is hashed is written out here, part by part.
pub(super) struct Revision(Sha256);

impl Revision {
    /// The revision of everything that decides what a vendor is sent and how its answer is read.
    pub(super) fn of(
        vendor: Vendor,
        section: &RouteSection,
        options: &MappingOptions,
        mapping: &Mapping,
    ) -> u64 {
        let mut revision = Self(Sha256::new());
        revision.part(vendor.dialect().vendor);
        revision.part(match options.phone_format {
            PhoneFormat::E164 => "e164",
            PhoneFormat::AsSent => "as_sent",
        });
        for (leaf, field) in mapping.fields() {
            revision.part(leaf.name());
            revision.part(&field.to);
            revision.field(options.fields.get(leaf));
            if mapping.names_by_subject(leaf) {
                revision.part("by subject");
            }
        }
        // The usual groups are no part of it: a database that was written before there were any means the same.
        if options.together != MappingOptions::default().together {
            revision.part("together");
            for group in &options.together {
                revision.part(&together::shown(std::slice::from_ref(group)));
            }
        }
        for own in [&section.when, &section.api_version, &section.body_encoding] {
            revision.part(own.as_deref().unwrap_or_default());
        }
        for error in &section.errors {
            revision.part(error.pattern.as_deref().unwrap_or_default());
            revision.part(error.kind.as_deref().unwrap_or_default());
        }
        let hash = revision.0.finalize();
        hash.iter().take(8).fold(0, |number, byte| number << 8 | u64::from(*byte))
    }

    fn field(&mut self, option: Option<&FieldOption>) {
        let Some(FieldOption::On(options)) = option else { return };
        if options.overlong == Overlong::Truncate {
            self.part("truncate");
        }
        if options.clear == ClearAs::EmptyString {
            self.part("empty_string");
        }
        if options.negate {
            self.part("negate");
        }
        for (from, to) in &options.map {
            self.part(from);
            match to {
                Value::Text(text) => self.part(text),
                // No text of a file begins so by itself, or this one would be tried again once for nothing.
                typed => self.part(&format!("\u{0}{}", typed.to_json())),
            }
        }
    }

    /// Adds a text with its length, so that no two lists of texts look the same.
    fn part(&mut self, text: &str) {
        self.0.update(u64::try_from(text.len()).unwrap_or(u64::MAX).to_be_bytes());
        self.0.update(text);
    }
}
