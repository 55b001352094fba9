//! Invented people and what callers ask for about them.

use std::collections::BTreeMap;

use serde_json::{Map, Value as Json, json};
use vendor_sim::seed::SeedUser;

use super::{dice::Dice, options::Demands, routes::NAMES};

/// The callers' id of a person.
pub(crate) fn user_id(user: usize) -> String {
    format!("u{user}")
}

/// The address that a person has at all vendors at the start.
pub(crate) fn home(user: usize) -> String {
    format!("u{user}@home.example")
}

/// How a route's vendor knows the person; `turn` counts the identities that the person had there.
pub(crate) fn subject(route: usize, user: usize, turn: usize) -> String {
    match route {
        3 if turn == 0 => home(user),
        3 => format!("u{user}.{turn}@home.example"),
        COMMUNIFIRE => format!("user{user}.{turn}"),
        _ => ((route + 1) * 1_000 + turn * 100 + user).to_string(),
    }
}

/// The route that tells its vendor a manager by user name.
pub(crate) const COMMUNIFIRE: usize = 1;

/// The person whose id at the callers this is.
pub(crate) fn user_of(id: &str) -> Option<usize> {
    id.strip_prefix('u')?.parse().ok()
}

/// How many identities a person can have at a route, one after the other.
pub(crate) const TURNS: usize = 3;

/// Everybody whom the vendors know.
pub(crate) fn everybody(users: usize) -> Vec<SeedUser> {
    let each = |turn: usize| (0..users).map(move |user| person(user, turn));
    (0..TURNS).flat_map(each).collect()
}

fn person(user: usize, turn: usize) -> SeedUser {
    let id = |route: u64| (route + 1) * 1_000 + (turn * 100 + user) as u64;
    SeedUser {
        communal_id: id(0),
        communifire_id: id(1),
        usercom_id: id(2),
        custom_id: None,
        email: subject(3, user, turn),
        username: subject(COMMUNIFIRE, user, turn),
        first_name: "First".to_owned(),
        last_name: "Last".to_owned(),
        phone: None,
    }
}

/// The first thing that is asked for about a person: names, address, and identities at some or all routes.
pub(crate) fn first(dice: &mut Dice, user: usize, number: u64, explicit: &[bool; 4]) -> Json {
    let mut body = json!({
        "given_name": format!("Given {number}"), "family_name": format!("Family {number}"), "email": home(user),
    });
    let identities = (0..4).filter(|route| explicit[*route]).filter(|_| dice.percent(85));
    let identities: Map<String, Json> =
        identities.map(|route| (NAMES[route].to_owned(), subject(route, user, 0).into())).collect();
    body["identities"] = identities.into();
    body
}

/// An update: a few leaves of all kinds, some cleared.
pub(crate) fn update(dice: &mut Dice, user: usize, users: usize, number: u64, demands: Demands) -> Json {
    let mut body = Map::new();
    if dice.percent(3) && demands == Demands::Wide {
        body.insert("tags".to_owned(), (0..26).map(|n| format!("tag{n:02}")).collect());
    }
    for _ in 0..dice.range(1, 4) {
        change(dice, user, users, number, &mut body);
    }
    if demands == Demands::Easy {
        make_easy(user, number, &mut body);
    }
    body.into()
}

/// Replaces what some vendor would refuse.
fn make_easy(user: usize, number: u64, body: &mut Map<String, Json>) {
    if let Some(email) = body.get_mut("email").filter(|email| !email.is_null()) {
        *email = format!("u{user}.n{number}@mail.example").into();
    }
    if let Some(manager) = body.get_mut("manager") {
        *manager = subject(COMMUNIFIRE, 0, 0).into();
    }
    if let Some(logins) = body.get_mut("custom").and_then(|custom| custom.get_mut("logins")) {
        *logins = number.into();
    }
}

const TEXTS: [&str; 10] = [
    "given_name",
    "family_name",
    "middle_name",
    "nickname",
    "name",
    "preferred_username",
    "website",
    "title",
    "organization",
    "given_name",
];
const PLACES: [&str; 5] = ["street_address", "extended_address", "locality", "region", "postal_code"];
const TAGS: [&str; 6] = ["red", "green", "blue", "vip", "beta", "staff"];

fn change(dice: &mut Dice, user: usize, users: usize, number: u64, body: &mut Map<String, Json>) {
    match dice.below(20) {
        0..=6 => {
            let leaf = *dice.pick(&TEXTS);
            let long = if dice.percent(8) { "x".repeat(45) } else { String::new() };
            body.insert(leaf.to_owned(), or_null(dice, format!("{leaf} {number}{long}").into()));
        }
        7 | 8 => {
            let leaf = *dice.pick(&PLACES);
            let value = or_null(dice, format!("{leaf} {number}").into());
            match value {
                // All of it at once.
                Json::Null if number.is_multiple_of(2) => drop(body.insert("address".to_owned(), Json::Null)),
                value => nested(body, "address", leaf, value),
            }
        }
        9 => nested(body, "address", "country", (*dice.pick(&["CA", "DE", "FR", "JP"])).into()),
        10 | 11 => drop(body.insert("email".to_owned(), email(dice, user, users, number))),
        12 => drop(body.insert(
            "phone_number".to_owned(),
            or_null(dice, format!("+1 416 555 {:04}", number % 10_000).into()),
        )),
        13 => {
            let (year, month, day) = (1950 + number % 50, 1 + number / 50 % 12, 1 + number / 600 % 28);
            body.insert("birthdate".to_owned(), or_null(dice, format!("{year}-{month:02}-{day:02}").into()));
        }
        14 => match dice.below(3) {
            0 => {
                drop(body.insert(
                    "gender".to_owned(),
                    (*dice.pick(&["unknown", "male", "female", "other"])).into(),
                ));
            }
            1 => drop(body.insert("locale".to_owned(), (*dice.pick(&["en-CA", "fr-CA", "de-DE"])).into())),
            _ => drop(body.insert(
                "zoneinfo".to_owned(),
                (*dice.pick(&["America/Toronto", "Europe/Berlin", "Asia/Tokyo"])).into(),
            )),
        },
        15 => {
            let of = usize::try_from(dice.below(users as u64)).unwrap_or_default();
            let manager = match dice.below(10) {
                0..=4 => user_id(of),
                5..=7 => subject(COMMUNIFIRE, of, 0),
                _ => format!("nobody {number}"),
            };
            body.insert("manager".to_owned(), or_null(dice, manager.into()));
        }
        16 => {
            let left = if dice.percent(40) { "left" } else { "team" };
            body.insert("department".to_owned(), format!("{left} {number}").into());
        }
        17 | 18 => drop(body.insert("tags".to_owned(), tags(dice))),
        _ => custom(dice, number, body),
    }
}

fn or_null(dice: &mut Dice, value: Json) -> Json {
    if dice.percent(15) { Json::Null } else { value }
}

fn nested(body: &mut Map<String, Json>, group: &str, leaf: &str, value: Json) {
    let members = body.entry(group).or_insert_with(|| json!({}));
    members[leaf] = value;
}

/// A new address, one's own first one, or somebody else's: swaps, chains and re-use come of themselves.
fn email(dice: &mut Dice, user: usize, users: usize, number: u64) -> Json {
    match dice.below(10) {
        0..=3 => format!("u{user}.n{number}@mail.example").into(),
        4 | 5 => home(user).into(),
        6 => Json::Null,
        _ => home(usize::try_from(dice.below(users as u64)).unwrap_or_default()).into(),
    }
}

fn tags(dice: &mut Dice) -> Json {
    if dice.percent(15) {
        return Json::Null;
    }
    TAGS.iter().filter(|_| dice.percent(40)).map(|tag| Json::from(*tag)).collect()
}

fn custom(dice: &mut Dice, number: u64, body: &mut Map<String, Json>) {
    match dice.below(5) {
        0 => drop(body.insert("custom".to_owned(), Json::Null)),
        1 => {
            let value = or_null(dice, format!("tier {number}").into());
            nested_custom(body, "tier", value);
        }
        2 => nested_custom(body, "newsletter", dice.percent(50).into()),
        // User.com wants a number here, and says so.
        3 if dice.percent(40) => nested_custom(body, "logins", format!("many {number}").into()),
        3 => nested_custom(body, "logins", number.into()),
        _ => nested_custom(body, "unmapped", vec![format!("a {number}"), "b".to_owned()].into()),
    }
}

fn nested_custom(body: &mut Map<String, Json>, key: &str, value: Json) {
    if body.get("custom").is_none_or(|custom| !custom.is_null()) {
        nested(body, "custom", key, value);
    }
}

/// The address that a patch gives, which some routes take as subject.
pub(crate) fn email_of(body: &Json) -> Option<String> {
    body.get("email")?.as_str().map(str::to_owned)
}

/// The identities that a patch sets.
pub(crate) fn identities_of(body: &Json) -> BTreeMap<String, String> {
    let members = body.get("identities").and_then(Json::as_object).into_iter().flatten();
    members.filter_map(|(route, text)| Some((route.clone(), text.as_str()?.to_owned()))).collect()
}
