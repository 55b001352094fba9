//! The operator pages without a browser.

mod access;
mod acts;
mod content;
mod stream;
mod visitor;
