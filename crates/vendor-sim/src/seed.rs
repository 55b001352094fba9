//! Invented people for demos, tests and load.

use serde::{Deserialize, Serialize};

/// One person with the ids under which all four vendors know them. All names and addresses are invented.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct SeedUser {
    /// Communal's id.
    pub communal_id: u64,
    /// Communifire's `UserID`.
    pub communifire_id: u64,
    /// User.com's id.
    pub usercom_id: u64,
    /// User.com's `custom_id`.
    #[serde(default)]
    pub custom_id: Option<String>,
    /// The e-mail at all vendors; Village's address.
    pub email: String,
    /// Communifire's `Username`.
    pub username: String,
    /// Given name.
    pub first_name: String,
    /// Family name.
    pub last_name: String,
    /// Phone in international form.
    #[serde(default)]
    pub phone: Option<String>,
}

impl SeedUser {
    fn new(ids: (u64, u64, u64), names: (&str, &str), email: &str, phone: Option<&str>) -> Self {
        let username = email.split('@').next().unwrap_or(email);
        Self {
            communal_id: ids.0,
            communifire_id: ids.1,
            usercom_id: ids.2,
            custom_id: Some(format!("crm-{}", ids.0)),
            email: email.to_owned(),
            username: username.to_owned(),
            first_name: names.0.to_owned(),
            last_name: names.1.to_owned(),
            phone: phone.map(str::to_owned),
        }
    }
}

/// Four people who exist at all vendors; the first has the ids of the vendors' own examples (89, 12, 19678376).
/// The fourth has an e-mail that must be percent-encoded in a path.
pub fn demo_users() -> Vec<SeedUser> {
    vec![
        SeedUser::new((89, 12, 19_678_376), ("Jane", "Doe"), "jane.doe@example.com", Some("+14165551234")),
        SeedUser::new(
            (90, 13, 19_678_377),
            ("Amara", "Okafor"),
            "amara.okafor@example.com",
            Some("+442079460123"),
        ),
        SeedUser::new((91, 14, 19_678_378), ("Tomás", "Lindqvist"), "tomas.lindqvist@example.com", None),
        SeedUser::new((92, 15, 19_678_379), ("Niamh", "O'Neil"), "niamh+news@example.com", None),
    ]
}

/// `count` people for load: ids from 1,000 (User.com from 20,000,000), `user-0@example.com` and so on.
pub fn many(count: u64) -> Vec<SeedUser> {
    (0..count)
        .map(|index| {
            let ids = (1_000 + index, 1_000 + index, 20_000_000 + index);
            SeedUser::new(ids, ("Load", &format!("User {index}")), &format!("user-{index}@example.com"), None)
        })
        .collect()
}
