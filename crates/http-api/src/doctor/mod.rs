//! Proves routes without changing anybody: whether the vendor is reached, proves who it is, accepts the credential, and has a place
//! for what is sent. It asks with the same transport that updates go through.

mod examine;
mod finding;

pub use examine::examine;
pub use finding::{Examination, Examinations};
