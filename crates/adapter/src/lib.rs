//! The contract between the gateway and one vendor's dialect.
//!
//! A canonical update goes in, HTTP requests come out; a response goes in, a verdict comes out. Everything here is pure:
//! no I/O, no clock, no credential, equal output for equal input. A dialect is mostly a table of [`FieldRule`]s that a
//! reviewer can hold against the vendor's page; [`Mapping`] applies it, together with what a route configures, so that an
//! [`Adapter`] is handed only what its vendor can carry.
//!
//! A [`Reader`] goes the other way for those who want to see what a vendor holds: it asks and reads, and changes nothing.
//!
//! A status code is interpreted in [`status`] and nowhere else.

mod absence;
mod contract;
mod denial;
mod deprecation;
mod dialect;
mod fold;
mod format;
mod mapping;
mod reader;
mod redact;
mod request;
mod response;
mod retry_after;
mod speaker;
pub mod status;
mod subject;
mod update;
mod verdict;

pub use absence::Absence;
pub use contract::{Adapter, TranslateError};
pub use denial::{says_no, speaks_of_errors};
pub use deprecation::{Deprecation, Notice};
pub use dialect::{AuthScheme, Dialect, FieldRule, Means, OpenFields, Rule};
pub use format::{Format, PhoneFormat, as_json, as_text, phone, phone_e164};
pub use mapping::{
    Carried, ClearAs, Fate, Field, FieldOption, FieldOptions, Fingerprint, Group, Mapping, MappingFault,
    MappingOptions, MappingRemark, Overlong,
};
pub use reader::{
    Agreement, Definition, ReadItem, ReadPage, ReadQuery, ReadRequest, Reader, Seen, StoredValue, Whom,
    compare, mapped_by_label, missing, plain, spelled,
};
pub use redact::{PrivateWords, redact};
pub use request::{Method, Path, VendorRequest};
pub use response::{VendorResponse, echo_differs, id_text};
pub use retry_after::RetryAfter;
pub use speaker::Speaker;
pub use subject::{Comparison, Subject, SubjectForm, SubjectKind};
pub use update::{Update, WireField, WireValue};
pub use verdict::{AppliedState, ErrorKind, Receipt, VendorError};
