//! Accepts, claims and settles over rows, without a store.
