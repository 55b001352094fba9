/// No name that exists is longer; comparing takes time that grows with the length.
const LONGEST: usize = 80;

/// The candidate that `name` was most likely meant to be, or none when nothing is close.
///
/// Used to answer a typing mistake with the name that exists. Distance is Damerau–Levenshtein; at most a third of the
/// characters may differ.
pub fn nearest<'a>(name: &str, candidates: impl IntoIterator<Item = &'a str>) -> Option<&'a str> {
    if name.len() > LONGEST {
        return None;
    }
    let name = name.to_ascii_lowercase();
    candidates
        .into_iter()
        .map(|candidate| (strsim::damerau_levenshtein(&name, &candidate.to_ascii_lowercase()), candidate))
        .filter(|(distance, candidate)| {
            *distance <= (candidate.chars().count().max(name.chars().count()) / 3).max(1)
        })
        .min_by_key(|(distance, _)| *distance)
        .map(|(_, candidate)| candidate)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_typing_mistake_finds_the_name_that_exists() {
        assert_eq!(nearest("tiemout", ["timeout", "rate"]), Some("timeout"));
        assert_eq!(nearest("Email", ["email", "name"]), Some("email"));
        assert_eq!(nearest("zzz", ["email", "name"]), None);
        assert_eq!(nearest(&"e".repeat(260_000), ["email"]), None);
    }
}
