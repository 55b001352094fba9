//! Four vendors that do nothing but answer at once what their dialect takes for a success.

mod answer;
mod counts;
mod handle;
mod server;

pub(crate) use counts::{Counts, Manner, VENDORS, Vendor};
pub(crate) use handle::Vendors;
pub(crate) use server::serve;
