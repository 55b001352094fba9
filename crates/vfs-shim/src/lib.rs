//! A disk that fails, under SQLite: for tests of what a store keeps when the power goes or the disk errs.
//!
//! [`register`] adds a VFS (<https://sqlite.org/vfs.html>) that passes everything on to the usual one of Unix. For directories
//! that are watched by a [`Disk`] it also logs each effect: writes, truncations, synchronisations, and names that come and go.
//! From the log [`Disk::image`] makes what the power loss after any effect may leave: everything that was synchronised, and of
//! the rest what a seed decides, in sectors. A [`Fault`] makes the k-th write, truncation or synchronisation fail.
//!
//! Shared memory (`-shm`) is passed through and in no image: it is lost with the power. Synchronisations are not passed on, for
//! only images are ever looked at after a loss; that makes runs fast.
//!
//! For measurements a [`SlowDisk`] passes synchronisations on, too, counts them and makes each take its time.
//!
//! What SQLite is promised is what the VFS of Unix promises it: a write changes no byte beside its own
//! (`SQLITE_IOCAP_POWERSAFE_OVERWRITE`), and a name is durable once the directory was synchronised.
//!
//! # Why there is unsafe code
//!
//! A VFS is a table of C functions, which safe Rust can neither write nor register. All of it is in the module `vfs`, which
//! holds no more than the passage between C and the safe rest. No program but tests and the benchmark depends on this crate.

mod disk;
mod effect;
mod fault;
mod image;
mod loss;
mod random;
mod slow;

#[allow(unsafe_code)]
mod vfs;

#[cfg(test)]
mod tests;

pub use disk::{Disk, Habit};
pub use effect::Kind;
pub use fault::{Code, Fault, Times};
pub use image::Image;
pub use loss::Loss;
pub use random::Random;
pub use slow::SlowDisk;
pub use vfs::{register, register_as_default};
