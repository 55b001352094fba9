use std::collections::BTreeMap;

use adapter::Fate;
use canonical::Leaf;

/// Of leaves that are not sent because another one that goes together with them is not: which one.
pub(crate) fn because_of(causes: &BTreeMap<Leaf, Leaf>) -> BTreeMap<String, String> {
    let name = |leaf: &Leaf| leaf.name().to_owned();
    causes.iter().map(|(leaf, cause)| (name(leaf), name(cause))).collect()
}

/// What helps where leaves are not sent because others that go together with them cannot be; none where there are none.
pub(crate) fn together(fates: &BTreeMap<Leaf, Fate>, causes: &BTreeMap<Leaf, Leaf>) -> Option<String> {
    let mut by_cause: BTreeMap<(&Leaf, Fate), Vec<&str>> = BTreeMap::new();
    for (leaf, cause) in causes {
        let fate = fates.get(leaf)?;
        by_cause.entry((cause, *fate)).or_default().push(leaf.name());
    }
    let sentence = |((cause, fate), leaves): ((&Leaf, Fate), Vec<&str>)| {
        let cause = cause.name();
        let help = match fate {
            Fate::NotClearable => format!(
                "which the vendor has no way to clear: send a value for {cause}, or set clear = \"empty_string\" for it"
            ),
            Fate::TooLong => format!("which is too long: send a shorter value for {cause}"),
            Fate::NotRepresentable => {
                format!("which the vendor's field cannot hold: send another value for {cause}")
            }
            Fate::Held => format!("which the vendor refused: send another value for {cause}"),
            _ => format!("which is not sent: send another value for {cause}"),
        };
        format!("{} goes together with {cause} or not at all, {help}", leaves.join(", "))
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
            assert!(hint.starts_with("address.country, address.locality goes together with address.region"));
            assert!(hint.contains(says), "{hint}");
        }
    }
}
