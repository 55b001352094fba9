//! Unit tests of single rules; see `model` for what they mean together.
