//! The operator pages without a browser.

mod access;
mod acts;
mod content;
mod counting;
mod stream;
mod visitor;

pub(crate) use visitor::Visitor;
