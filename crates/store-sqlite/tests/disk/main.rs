//! What the store keeps when the disk fails: power loss, I/O errors, a full disk, a damaged file.
//!
//! The store runs on a disk of `vfs_shim`, which logs every write and synchronisation. From the log any number of power losses
//! are made and looked at with a store on an ordinary disk. Environment variables make the runs longer, begin elsewhere, or
//! repeat one: `POWER_LOSS_POINTS=20000`, `POWER_LOSS_SEED=17`, `IO_ERRORS=all`, `DAMAGED_BYTES=5000`.

mod harness;

mod damage;
mod io_errors;
mod power_loss;
