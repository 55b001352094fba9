//! The gateway as a contestant: its own configuration file, its own process, its own database.

mod installation;
mod introduce;
mod run;
mod settings;

pub(crate) use installation::Installation;
pub(crate) use introduce::introduce_all;
pub(crate) use run::Subject;
pub(crate) use settings::{Database, Settings};
