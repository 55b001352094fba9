//! The engine under virtual time: a store in memory, vendors that do as they are told.

mod admission;
mod delivery;
mod lifecycle;
mod outages;
mod reading;
mod refusals;
mod removals;
mod steering;
mod typed;
mod usercom;
mod vendor;
mod watching;
mod world;
