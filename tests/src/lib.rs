//! The real binary against the simulators: see `it/`.
