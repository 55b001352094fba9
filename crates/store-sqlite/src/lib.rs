//! The delivery store on SQLite.
