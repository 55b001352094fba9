//! What is known of the fields at a vendor, as bytes: a format byte; the newest time; the number of slots; of each slot the number
//! of its way, a byte of marks, its version and how long before the newest time it was confirmed; then each leaf that was
//! confirmed in a field that another one has taken since, with its version. Numbers are variable-length, lowest seven bits
//! first.

use std::collections::BTreeMap;

use delivery::lane::{Slot, Slots};
use integer_encoding::VarInt;
use rusqlite::Connection;

use crate::ways::{Way, Ways};

const FORMAT: u8 = 1;

const STANDS: u8 = 1;
const IN_DOUBT: u8 = 2;
const FLYING: u8 = 4;
const ASSUMED: u8 = 8;
const VOID: u8 = 16;
/// A time is kept.
const TIMED: u8 = 32;

/// The slots as bytes; none when nothing is known.
pub(super) fn encode(
    connection: &Connection,
    ways: &Ways,
    slots: &Slots,
) -> rusqlite::Result<Option<Vec<u8>>> {
    if slots.is_empty() {
        return Ok(None);
    }
    let newest = slots.latest().unwrap_or(0);
    let mut bytes = vec![FORMAT];
    put(&mut bytes, newest.cast_unsigned());
    put(&mut bytes, slots.iter().count() as u64);
    for slot in slots.iter() {
        let way = Way { leaf: slot.leaf.clone(), field: slot.name.clone(), fingerprint: slot.way };
        put(&mut bytes, ways.number(connection, &way)?.cast_unsigned());
        let marks = [
            (slot.stands, STANDS),
            (slot.in_doubt, IN_DOUBT),
            (slot.is_flying, FLYING),
            (slot.is_assumed, ASSUMED),
            (slot.is_void, VOID),
            (slot.at > 0, TIMED),
        ];
        bytes.push(marks.into_iter().filter(|(is, _)| *is).map(|(_, mark)| mark).sum());
        put(&mut bytes, slot.version);
        if slot.at > 0 {
            put(&mut bytes, (newest - slot.at).cast_unsigned());
        }
    }
    for (leaf, version) in slots.past() {
        put(&mut bytes, leaf.name().len() as u64);
        bytes.extend(leaf.name().as_bytes());
        put(&mut bytes, *version);
    }
    Ok(Some(bytes))
}

/// The slots of these bytes; none when they cannot be read.
pub(super) fn decode(connection: &Connection, ways: &Ways, bytes: &[u8]) -> Option<Slots> {
    let mut rest = bytes.strip_prefix(&[FORMAT])?;
    let newest = take(&mut rest)?.cast_signed();
    let count = take(&mut rest)?;
    let mut slots = Vec::new();
    for _ in 0..count {
        let way = ways.way(connection, take(&mut rest)?.cast_signed())?;
        let (&marks, after) = rest.split_first()?;
        rest = after;
        let has = |mark: u8| marks & mark != 0;
        let version = take(&mut rest)?;
        let at = if has(TIMED) { newest.checked_sub(take(&mut rest)?.cast_signed())? } else { 0 };
        slots.push(Slot {
            name: way.field,
            leaf: way.leaf,
            version,
            way: way.fingerprint,
            at,
            stands: has(STANDS),
            in_doubt: has(IN_DOUBT),
            is_flying: has(FLYING),
            is_assumed: has(ASSUMED),
            is_void: has(VOID),
        });
    }
    let mut past = BTreeMap::new();
    while !rest.is_empty() {
        let length = usize::try_from(take(&mut rest)?).ok()?;
        let (name, after) = rest.split_at_checked(length)?;
        rest = after;
        past.insert(std::str::from_utf8(name).ok()?.parse().ok()?, take(&mut rest)?);
    }
    Slots::of(slots, past)
}

fn put(bytes: &mut Vec<u8>, number: u64) {
    bytes.extend(number.encode_var_vec());
}

fn take(rest: &mut &[u8]) -> Option<u64> {
    let (number, length) = u64::decode_var(rest)?;
    *rest = &rest[length..];
    Some(number)
}

#[cfg(test)]
mod tests {
    use adapter::Fingerprint;
    use canonical::Leaf;

    use super::*;

    fn connection() -> Connection {
        let connection = Connection::open_in_memory().expect("memory");
        connection
            .execute_batch(
                "CREATE TABLE ways(way INTEGER PRIMARY KEY, leaf TEXT, field TEXT, fingerprint INTEGER)",
            )
            .expect("a table");
        connection
    }

    fn slot(name: &str, version: u64, at: i64, marks: u8) -> Slot {
        let has = |mark: u8| marks & mark != 0;
        Slot {
            name: name.into(),
            leaf: Leaf::custom("tier").expect("a key"),
            version,
            way: (version > 0).then(|| Fingerprint::of_text(name)),
            at,
            stands: has(STANDS),
            in_doubt: has(IN_DOUBT),
            is_flying: has(FLYING),
            is_assumed: has(ASSUMED),
            is_void: has(VOID),
        }
    }

    #[test]
    fn what_is_known_comes_back_as_it_was() {
        let (connection, ways) = (connection(), Ways::default());
        for marks in 0..32 {
            let slots = vec![
                slot("Job title", 3, 1_790_000_000_123, marks),
                slot("b", 0, 0, marks ^ 31),
                slot("c", u64::MAX / 2, 1, STANDS),
            ];
            let past = [(Leaf::Title, 9), (Leaf::custom("x").expect("a key"), 1 << 40)].into();
            let slots = Slots::of(slots, past).expect("in order");
            let bytes = encode(&connection, &ways, &slots).expect("written").expect("something");
            assert_eq!(decode(&connection, &ways, &bytes), Some(slots.clone()));
            assert_eq!(decode(&connection, &Ways::default(), &bytes), Some(slots));
        }
        assert_eq!(encode(&connection, &ways, &Slots::default()).expect("written"), None);
    }

    #[test]
    fn no_bytes_are_read_beyond_what_they_say() {
        let (connection, ways) = (connection(), Ways::default());
        let slots = Slots::of(vec![slot("a", 3, 100, STANDS)], [(Leaf::Title, 2)].into()).expect("in order");
        let bytes = encode(&connection, &ways, &slots).expect("written").expect("something");
        for end in 0..bytes.len() {
            assert_ne!(decode(&connection, &ways, &bytes[..end]), Some(slots.clone()), "{end}");
        }
        assert_eq!(
            decode(&connection, &ways, &[FORMAT, 0, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0x7f]),
            None
        );
    }

    #[test]
    fn a_field_in_step_takes_four_bytes() {
        let (connection, ways) = (connection(), Ways::default());
        let of = |names: &[&str]| {
            let slots = names.iter().map(|name| slot(name, 7, 1_790_000_000_123, STANDS)).collect();
            let slots = Slots::of(slots, BTreeMap::new()).expect("in order");
            encode(&connection, &ways, &slots).expect("written").expect("something").len()
        };
        assert_eq!(of(&["a", "b", "c"]) - of(&["a"]), 2 * 4);
    }
}
