//! Who may see the pages, and whose forms are believed.

pub(super) mod cookie;
pub(super) mod form;
pub(super) mod guard;
pub(super) mod session;
mod visitor;

pub(super) use form::Form;
pub(super) use session::Sessions;
pub(super) use visitor::Visitor;
