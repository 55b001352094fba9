//! The profile-update gateway: configuration, API, command line.
