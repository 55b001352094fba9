//! The four vendors as stateful, deterministic simulators with a fault plan.
//!
//! One [`Simulator`] is one vendor on one loopback port, with its own thread. It behaves as the vendor's documentation
//! says, keeps every request it ever received ([`Exchange`]), records a [`Violation`] for each request that a gateway
//! must never send, and misbehaves on demand ([`FaultRule`]). [`Control`] gives the same access in process that
//! the paths under `/_sim/` give over HTTP.
//!
//! ```no_run
//! use vendor_sim::{Config, Fault, FaultRule, Simulator, Vendor};
//!
//! let communal = Simulator::start(Config::new(Vendor::Communal))?;
//! communal.control().add_fault(FaultRule::always(Fault::status(503)).for_subject("89").times(2));
//! let url = format!("{}/api/users/89", communal.base_url());
//! # let _ = url;
//! # Ok::<(), vendor_sim::StartError>(())
//! ```
//!
//! # Control over HTTP
//!
//! On the vendor's own port, without a key, on paths that no vendor has:
//!
//! | method and path | body | answer |
//! |---|---|---|
//! | `GET /_sim/state` | | [`StateView`] |
//! | `GET /_sim/history?after=<seq>` | | list of [`Exchange`] |
//! | `GET /_sim/violations` | | list of [`Violation`] |
//! | `GET /_sim/faults` | | list of [`ActiveFault`] |
//! | `POST /_sim/faults` | one [`FaultRule`] or a list | `{"ids": [..]}` |
//! | `DELETE /_sim/faults?id=<id>` | | ends one rule, without `id` all |
//! | `POST /_sim/users` | list of [`seed::SeedUser`] | |
//! | `PATCH /_sim/users/<id>` | fields that the record takes | changes a user behind the API's back |
//! | `GET`, `PUT /_sim/knobs` | [`Knobs`]; absent keys take their defaults | [`Knobs`] |
//! | `POST /_sim/tick` | | `{"applied": n}` |
//! | `POST /_sim/pause`, `/_sim/resume` | | |
//!
//! `{"subject": "89", "times": 2, "fault": {"apply": "never", "answer": {"kind": "status", "status": 503}}}` is a rule;
//! without `apply` the change is applied and the 503 hides it.

mod simulator;

mod config;
mod knobs;
pub mod seed;

mod control;
mod control_http;
mod server;
mod socket;

mod core;
mod history;
mod violation;
mod world;

mod fault;
mod plan;
mod retry_after;
mod rule;
mod sending;

mod call;
mod reply;
mod users;
mod vendors;

pub use self::call::Call;
pub use self::config::{Config, Vendor};
pub use self::control::Control;
pub use self::core::{Core, Received, StateView};
pub use self::fault::{Answer, Apply, Body, Fault, Names, Page};
pub use self::history::{Answered, Applied, Credential, Exchange};
pub use self::knobs::{
    AuthMode, BodyMode, CommunalKnobs, CommunifireKnobs, DetailNames, EmailCase, Envelope, KeyRole, Knobs,
    MissingSlash, NothingToRemove, NullValues, OmittedKeys, RateLimit, UnknownKey, UnknownSubjects,
    UserComKnobs, ValueType, VillageAnswer, VillageKnobs,
};
pub use self::plan::ActiveFault;
pub use self::reply::Reply;
pub use self::retry_after::RetryAfter;
pub use self::rule::FaultRule;
pub use self::simulator::{Simulator, Simulators, StartError};
pub use self::users::Record;
pub use self::violation::{Violation, ViolationKind};
