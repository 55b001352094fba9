//! The adapter suite itself: an invented vendor that passes it, broken adapters that each fail one check, and the page of
//! the documentation that says what goes where.

mod broken;
mod broken_readers;
mod field_matrix;
mod fifth_vendor;
