//! The canonical user model: what a change to a person is, whatever vendor it will reach.
//!
//! A [`Patch`] is a JSON merge patch (RFC 7396) expanded against the closed schema of [`Leaf`]s; a [`Profile`] holds,
//! per leaf, a value or the fact that it was cleared, and the version of the user that last changed it. The names are
//! the OpenID Connect standard claims where one exists and vCard or SCIM terms elsewhere.
//!
//! Nothing here does I/O, reads a clock or draws a random number.

mod codec;
mod country;
mod date;
mod decimal;
mod elsewhere;
mod email;
mod fault;
mod json;
mod leaf;
mod limits;
mod locale;
mod nearest;
mod patch;
mod phone;
mod profile;
mod time_zone;
mod unseen;
mod user_id;
mod value;

pub use codec::DecodeError;
pub use country::Country;
pub use date::Date;
pub use decimal::Decimal;
pub use email::Email;
pub use fault::{Fault, FaultKind, Invalid};
pub use json::Json;
pub use leaf::{CustomKey, Kind, Leaf};
pub use limits::*;
pub use locale::Locale;
pub use nearest::nearest;
pub use patch::{Change, IdentityChange, Patch, Rules};
pub use phone::PhoneNumber;
pub use profile::{Applied, Entry, Profile};
pub use time_zone::TimeZone;
pub use unseen::Unseen;
pub use user_id::UserId;
pub use value::Value;
