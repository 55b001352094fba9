use std::collections::BTreeMap;

use adapter::Fate;
use canonical::Leaf;

/// Of leaves that are not sent because another one that goes together with them is not: which one.
pub fn because_of(causes: &BTreeMap<Leaf, Leaf>) -> BTreeMap<String, String> {
    let name = |leaf: &Leaf| leaf.name().to_owned();
    causes.iter().map(|(leaf, cause)| (name(leaf), name(cause))).collect()
}

/// What helps where leaves are not sent because others that go together with them cannot be; none where there are none.
pub fn together(fates: &BTreeMap<Leaf, Fate>, causes: &BTreeMap<Leaf, Leaf>) -> Option<String> {
    let mut by_cause: BTreeMap<(&Leaf, Fate), Vec<&str>> = BTreeMap::new();
    for (leaf, cause) in causes {
        let fate = fates.get(leaf)?;
        by_cause.entry((cause, *fate)).or_default().push(leaf.name());
    }
    let sentence = |((cause, fate), leaves): ((&Leaf, Fate), Vec<&str>)| {
        let cause = cause.name();
        let (why, help) = match fate {
            Fate::NotClearable => (
                format!("the vendor has no way to clear {cause}"),
                format!("send a value for {cause}, or set clear = \"empty_string\" for it"),
            ),
            Fate::TooLong => {
                (format!("{cause} is too long for the vendor"), format!("send a shorter value for {cause}"))
            }
            Fate::NotRepresentable => {
                (format!("the vendor's field cannot hold {cause}"), format!("send another value for {cause}"))
            }
            Fate::Held => (format!("the vendor refused {cause}"), format!("send another value for {cause}")),
            _ => (format!("{cause} is not sent"), format!("send another value for {cause}")),
        };
        let are = if leaves.len() == 1 { "is" } else { "are" };
        format!("{why}, and {} {are} sent only together with it: {help}", leaves.join(", "))
    };
    let sentences: Vec<String> = by_cause.into_iter().map(sentence).collect();
    (!sentences.is_empty()).then(|| sentences.join("; "))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_hint_names_the_cause_and_what_helps() {
        let causes = BTreeMap::from([(Leaf::Locality, Leaf::Region), (Leaf::Country, Leaf::Region)]);
        assert_eq!(together(&BTreeMap::new(), &BTreeMap::new()), None);
        for (fate, says) in [
            (Fate::NotClearable, "clear = \"empty_string\""),
            (Fate::TooLong, "a shorter value for address.region"),
            (Fate::NotRepresentable, "cannot hold"),
            (Fate::Held, "refused"),
        ] {
            let fates = BTreeMap::from([(Leaf::Locality, fate), (Leaf::Country, fate)]);
            let hint = together(&fates, &causes).expect("a hint");
            assert!(
                hint.contains("and address.country, address.locality are sent only together with it"),
                "{hint}"
            );
            assert!(hint.contains(says), "{hint}");
        }
    }
}
