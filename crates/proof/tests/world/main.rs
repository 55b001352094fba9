//! The simulated world: hundreds of seeds in the ordinary test run, each of which can be run again alone.

mod controls;
mod crashes;
mod isolation;
mod seeds;
