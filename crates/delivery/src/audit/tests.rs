use proptest::prelude::*;

use super::*;

fn chain(rows: &[(u8, Option<i64>, String)]) -> Vec<AuditEntry> {
    let mut head = AuditHead::START;
    let entry = |(number, (kind, route, detail)): (usize, &(u8, Option<i64>, String))| {
        let kind = AuditKind::ALL[usize::from(*kind) % AuditKind::ALL.len()];
        let (at, who) = (1_000 + number as i64, "ops".to_owned());
        let row = AuditRow { at, who, kind, route: route.map(RouteId), detail: detail.clone() };
        let entry = AuditEntry::after(&head, row);
        head = entry.head();
        entry
    };
    rows.iter().enumerate().map(entry).collect()
}

fn report(entries: &[AuditEntry], known: &[AuditHead]) -> AuditReport {
    let mut check = ChainCheck::new(known.iter().copied());
    entries.iter().for_each(|entry| check.push(entry));
    check.finish(None)
}

/// Numbers and hashes as they would be if nothing had happened: the strongest forger who cannot choose known heads.
fn renumbered(mut entries: Vec<AuditEntry>) -> Vec<AuditEntry> {
    (1..).zip(&mut entries).for_each(|(seq, entry)| entry.seq = seq);
    entries
}

fn rows() -> impl Strategy<Value = Vec<(u8, Option<i64>, String)>> {
    prop::collection::vec((any::<u8>(), prop::option::of(0..3_i64), "[a-z, 0-9]{0,9}"), 1..20)
}

proptest! {
    #[test]
    fn an_untouched_chain_is_in_order_and_every_head_of_it_is_found(rows in rows(), at in any::<prop::sample::Index>()) {
        let entries = chain(&rows);
        let head = at.get(&entries).head();
        let report = report(&entries, &[head, AuditHead::START]);
        prop_assert_eq!((report.fault, Some(report.head)), (None, entries.last().map(AuditEntry::head)));
    }

    #[test]
    fn a_single_changed_removed_swapped_or_inserted_entry_is_found(
        rows in rows(), at in any::<prop::sample::Index>(), other in any::<prop::sample::Index>(), what in 0..12_u8,
    ) {
        let entries = chain(&rows);
        let known = entries.last().expect("at least one").head();
        let (at, other) = (at.index(entries.len()), other.index(entries.len()));
        let mut forged = entries.clone();
        match what {
            0 => forged[at].at += 1,
            1 => forged[at].who.push('x'),
            2 => forged[at].kind.push('x'),
            3 => forged[at].route = forged[at].route.map_or(Some(RouteId(0)), |_| None),
            4 => forged[at].detail.push('x'),
            5 => forged[at].hash[other % 32] ^= 1,
            6 => forged[at].seq += 1,
            7 => drop(forged.remove(at)),
            8 => forged.swap(at, other),
            9 => forged.insert(at, entries[other].clone()),
            // The letters of one text moved into the next.
            10 => { let moved = forged[at].who.pop(); forged[at].kind.insert(0, moved.expect("a letter")); }
            // Changed, and given the hash that it must have then.
            _ => {
                forged[at].detail.push('x');
                let before = at.checked_sub(1).map_or([0; 32], |before| forged[before].hash);
                forged[at].hash = forged[at].hash_after(&before);
            }
        }
        let renumbered = renumbered(forged.clone());
        prop_assume!(forged != entries);
        for (name, forged) in [("as it is", forged), ("renumbered", renumbered)] {
            if forged != entries {
                prop_assert!(report(&forged, &[known]).fault.is_some(), "{}", name);
            }
        }
    }
}

#[test]
fn an_end_that_was_cut_off_is_found_by_what_is_known_of_it() {
    let entries = chain(&[(0, None, "a".into()), (1, None, "b".into()), (2, None, "c".into())]);
    let known = entries[2].head();
    assert_eq!(report(&entries[..2], &[]).fault, None);
    assert_eq!(report(&entries[..2], &[known]).fault, Some(ChainFault::CutOff { ends: 2, known: 3 }));
    let mut check = ChainCheck::new([]);
    entries[..1].iter().for_each(|entry| check.push(entry));
    assert_eq!(check.finish(Some(3)).fault, Some(ChainFault::CutOff { ends: 1, known: 3 }));
}

#[test]
fn a_chain_that_was_made_anew_is_found_by_a_known_head() {
    let known = chain(&[(0, None, "a".into()), (1, None, "b".into())])[0].head();
    let anew = chain(&[(0, None, "x".into()), (1, None, "b".into())]);
    assert_eq!(report(&anew, &[]).fault, None);
    assert_eq!(report(&anew, &[known]).fault, Some(ChainFault::Replaced { seq: 1 }));
}

#[test]
fn what_is_wrong_is_named() {
    let entries = chain(&[(0, None, "a".into()), (1, None, "b".into()), (2, None, "c".into())]);
    let without = |at: usize| {
        let mut entries = entries.clone();
        entries.remove(at);
        report(&entries, &[]).fault
    };
    assert_eq!(without(0), Some(ChainFault::Missing { from: 1, to: 1 }));
    assert_eq!(without(1), Some(ChainFault::Missing { from: 2, to: 2 }));
    let mut early = entries.clone();
    early.insert(0, AuditEntry { seq: -4, ..entries[0].clone() });
    assert_eq!(report(&early, &[]).fault, Some(ChainFault::Inserted { seq: -4 }));
    let mut changed = entries;
    changed[1].who = "mallory".to_owned();
    assert_eq!(report(&changed, &[]).fault, Some(ChainFault::Changed { seq: 2 }));
}

#[test]
fn a_head_is_read_as_it_is_written() {
    let head = chain(&[(0, None, "a".into())])[0].head();
    assert_eq!(head.to_string().parse(), Ok(head));
    for text in ["", "1", "1:", "x:00", "1:zz", &format!("1:{}", "é".repeat(32)), &format!("{head}0")] {
        assert_eq!(text.parse::<AuditHead>(), Err(NotAHead), "{text}");
    }
}
