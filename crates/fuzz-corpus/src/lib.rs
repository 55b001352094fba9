//! Fuzz targets: for every parser that reads what strangers send, a function that panics when a promise is broken.
//!
//! A target takes any bytes. It never judges a parser by the parser's own code: what is accepted is checked again by a
//! second, simpler reader that lives here. The same functions run under cargo-fuzz, in the ordinary tests over the corpus
//! and its mutations, and in this crate's program for as long as somebody likes.

pub mod corpus;
pub mod mutate;

mod reference;

pub mod json;
mod model;
pub mod patch;
pub mod profile;
pub mod values;

mod answer;
pub mod communal;
pub mod communifire;
pub mod reading;
pub mod retry_after;
pub mod usercom;
pub mod village;

pub mod base_url;
pub mod url;

#[cfg(feature = "gateway")]
pub mod config;
pub mod email;
#[cfg(feature = "gateway")]
pub mod idempotency;

/// What a target does with one input: returns, or panics because a promise is broken.
pub type Run = fn(&[u8]);

/// Every target by its name, which is also the name of its folder in the corpus.
pub const TARGETS: &[(&str, Run)] = &[
    ("json", json::target),
    ("patch", patch::target),
    ("profile", profile::target),
    ("values", values::target),
    ("email", email::target),
    ("communal", communal::target),
    ("communifire", communifire::target),
    ("usercom", usercom::target),
    ("village", village::target),
    ("reading", reading::target),
    ("retry_after", retry_after::target),
    ("url", url::target),
    ("base_url", base_url::target),
    #[cfg(feature = "gateway")]
    ("config", config::target),
    #[cfg(feature = "gateway")]
    ("idempotency", idempotency::target),
];
