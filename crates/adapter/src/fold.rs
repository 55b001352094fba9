use canonical::Unseen;
use icu_casemap::CaseMapper;
use icu_normalizer::{ComposingNormalizer, DecomposingNormalizer};

/// The form in which two texts are the same that look the same and differ in case: a compatibility caseless match (Unicode
/// Standard, section 3.13, D147), for which characters that are not seen are nothing.
///
/// Unicode never changes what becomes of a character that it has. Of one that it gets later, newer tables may make something
/// else than these.
pub(crate) fn folded(text: &str) -> String {
    if text.is_ascii() {
        return text.to_ascii_lowercase();
    }
    let (case, compose) = (CaseMapper::new(), ComposingNormalizer::new_nfkc());
    let seen: String = text.chars().filter(|c| c.is_whitespace() || !Unseen::is_blank(*c)).collect();
    // U+0345 has a place among other marks, and is a letter once it is folded.
    let ordered = DecomposingNormalizer::new_nfd().normalize(&seen).into_owned();
    let once = compose.normalize(&case.fold_string(&ordered)).into_owned();
    compose.normalize(&case.fold_string(&once)).into_owned()
}
