//! A gateway without sockets: the real API, engine and dialects, a store in memory, and vendors that record what they get.

mod answer;
mod capture;
mod keys;
mod vendor;
mod world;

pub(crate) use answer::Answer;
pub(crate) use capture::captured;
pub(crate) use keys::{ALL, CAREFUL, ERASE, OPERATE, READ, READ_OPERATE, SLOW, UPDATE};
pub(crate) use vendor::Vendor;
pub(crate) use world::{World, get, patch, post};
