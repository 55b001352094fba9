use delivery::Rate;
use gateway_config::{KeyConfig, KeyHash, Scope};
use http_api::callers::Keys;

/// Tokens; each one is named after what it may do.
pub(crate) const ALL: &str = "pgw_all";
pub(crate) const UPDATE: &str = "pgw_update";
pub(crate) const READ: &str = "pgw_read";
pub(crate) const OPERATE: &str = "pgw_operate";
/// May operate, and read users.
pub(crate) const READ_OPERATE: &str = "pgw_read_operate";
pub(crate) const ERASE: &str = "pgw_erase";
/// May update and read, but not create users.
pub(crate) const CAREFUL: &str = "pgw_careful";
/// One request per second.
pub(crate) const SLOW: &str = "pgw_slow";

pub(crate) fn keys() -> Keys {
    let key = |token: &str, scopes: &[Scope]| KeyConfig {
        name: token.trim_start_matches("pgw_").to_owned(),
        hash: KeyHash::of(token),
        scopes: scopes.iter().copied().collect(),
        create: true,
        rate: None,
    };
    Keys::new([
        key(ALL, &Scope::ALL),
        key(UPDATE, &[Scope::Update]),
        key(READ, &[Scope::Read]),
        key(OPERATE, &[Scope::Operate]),
        key(READ_OPERATE, &[Scope::Operate, Scope::Read]),
        key(ERASE, &[Scope::Erase]),
        KeyConfig { create: false, ..key(CAREFUL, &[Scope::Update, Scope::Read]) },
        KeyConfig { rate: Some(Rate::PerSecond(1.0)), ..key(SLOW, &[Scope::Update]) },
    ])
}
