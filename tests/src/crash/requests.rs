//! What callers ask for: leaves of all kinds, set and cleared.

use proof::world::Dice;
use serde_json::{Map, Value, json};

use crate::Person;

/// One request that a caller means to make.
#[derive(Debug, Clone)]
pub(super) enum Request {
    /// A change; `matching`: of the newest version that the caller knows.
    Change { body: Value, keyed: bool, matching: bool, twice: bool },
    /// To forget the person.
    Erase,
}

/// The next request about somebody; `number` is one that no other request has. Only one caller erases a person.
pub(super) fn next(dice: &mut Dice, person: &Person, number: u64, owns: bool) -> Request {
    if owns && dice.percent(6) {
        return Request::Erase;
    }
    let mut body = Map::new();
    for _ in 0..dice.range(1, 3) {
        change(dice, person, number, &mut body);
    }
    Request::Change {
        body: body.into(),
        keyed: dice.percent(96),
        matching: dice.percent(10),
        twice: dice.percent(4),
    }
}

const TEXTS: [&str; 6] = ["given_name", "family_name", "middle_name", "nickname", "title", "given_name"];
const PLACES: [&str; 4] = ["street_address", "locality", "region", "postal_code"];
const TAGS: [&str; 5] = ["red", "green", "blue", "vip", "staff"];

fn change(dice: &mut Dice, person: &Person, number: u64, body: &mut Map<String, Value>) {
    match dice.below(14) {
        0..=4 => {
            let leaf = *dice.pick(&TEXTS);
            body.insert(leaf.to_owned(), or_null(dice, format!("{leaf} {number}").into()));
        }
        5 | 6 => {
            let phone = format!("+1416555{:04}", number % 10_000);
            body.insert("phone_number".to_owned(), or_null(dice, phone.into()));
        }
        7 | 8 => {
            let leaf = *dice.pick(&PLACES);
            let value = or_null(dice, format!("{leaf} {number}").into());
            nest(body, "address", leaf, value);
        }
        9 => drop(body.insert("email".to_owned(), format!("{}.{number}@mail.example", person.id).into())),
        10 | 11 => drop(body.insert("tags".to_owned(), tags(dice))),
        12 => {
            let value = or_null(dice, format!("tier {number}").into());
            nest(body, "custom", "tier", value);
        }
        _ if dice.percent(20) => drop(body.insert("custom".to_owned(), Value::Null)),
        _ => nest(body, "custom", "unmapped", number.into()),
    }
}

fn or_null(dice: &mut Dice, value: Value) -> Value {
    if dice.percent(20) { Value::Null } else { value }
}

fn nest(body: &mut Map<String, Value>, group: &str, leaf: &str, value: Value) {
    let members = body.entry(group).or_insert_with(|| json!({}));
    if members.is_object() {
        members[leaf] = value;
    }
}

fn tags(dice: &mut Dice) -> Value {
    if dice.percent(15) {
        return Value::Null;
    }
    TAGS.iter().filter(|_| dice.percent(40)).map(|tag| Value::from(*tag)).collect()
}
