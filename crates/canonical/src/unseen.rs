use std::fmt;

/// A character that the eye does not see or takes for another one: a rule that seems to be kept is broken by it.
///
/// Displays as its place and code point, and shows nothing else of the text.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Unseen {
    place: usize,
    offset: usize,
    character: char,
}

impl Unseen {
    /// The first one of a text.
    pub fn first_of(text: &str) -> Option<Self> {
        Self::all(text).next()
    }

    /// The last one of a text.
    pub fn last_of(text: &str) -> Option<Self> {
        Self::all(text).last()
    }

    fn all(text: &str) -> impl Iterator<Item = Self> {
        let placed = text.char_indices().zip(1..);
        let found = placed.filter(|((_, character), _)| what(*character).is_some());
        found.map(|((offset, character), place)| Self { place, offset, character })
    }

    /// Where it begins in the text, in bytes.
    pub fn offset(&self) -> usize {
        self.offset
    }

    /// Its code point and what there is to know about it: `U+00A0, a no-break space`.
    pub fn name(&self) -> String {
        named(self.character)
    }

    /// What to do about it in a text that is typed, as an imperative.
    pub fn remedy(&self) -> &'static str {
        match what(self.character).unwrap_or_default() {
            NOT_SEEN => "remove it",
            LIKE_APOSTROPHE => "write a plain '",
            LIKE_QUOTE => "write a plain \"",
            LIKE_HYPHEN => "write a plain -",
            WIDE => "write the plain ASCII character",
            _ => "write a plain space",
        }
    }

    /// Whether a character leaves nothing where it stands: white space of any kind, or what has no glyph.
    pub fn is_blank(character: char) -> bool {
        character.is_whitespace() || what(character) == Some(NOT_SEEN)
    }

    /// The one at a byte of a text, if there is one.
    pub(crate) fn at(text: &str, byte: usize) -> Option<char> {
        let character = text.char_indices().take_while(|(start, _)| *start <= byte).last()?.1;
        what(character).map(|_| character)
    }
}

/// The code point and what there is to know about it.
pub(crate) fn named(character: char) -> String {
    format!("U+{:04X}, {}", u32::from(character), what(character).unwrap_or("a character"))
}

impl fmt::Display for Unseen {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "character {} is {}", self.place, named(self.character))
    }
}

const NOT_SEEN: &str = "which is not seen";
const LIKE_APOSTROPHE: &str = "which looks like ' (U+0027)";
const LIKE_QUOTE: &str = "which looks like \" (U+0022)";
const LIKE_HYPHEN: &str = "which looks like - (U+002D)";
const WIDE: &str = "the wide form of an ASCII character";

fn what(character: char) -> Option<&'static str> {
    Some(match character {
        '\u{a0}' | '\u{202f}' => "a no-break space",
        '\u{1680}' | '\u{2000}'..='\u{200a}' | '\u{205f}' | '\u{3000}' => "a space that is not U+0020",
        '\u{ad}' | '\u{34f}' | '\u{61c}' | '\u{180e}' | '\u{200b}'..='\u{200f}' => NOT_SEEN,
        '\u{2028}'..='\u{202e}' | '\u{2060}'..='\u{206f}' | '\u{feff}' => NOT_SEEN,
        '\u{fe00}'..='\u{fe0f}' | '\u{e0000}'..='\u{e01ef}' => NOT_SEEN,
        '\u{2018}'..='\u{201b}' | '\u{2032}' | '\u{ff07}' => LIKE_APOSTROPHE,
        '\u{201c}'..='\u{201f}' | '\u{2033}' | '\u{ff02}' | '\u{ab}' | '\u{bb}' => LIKE_QUOTE,
        '\u{2010}'..='\u{2015}' | '\u{2212}' | '\u{fe63}' => LIKE_HYPHEN,
        '\u{ff01}'..='\u{ff5e}' => WIDE,
        _ => return None,
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_first_one_is_told_by_place_and_code_point() {
        let told = |text: &str| Unseen::first_of(text).map(|unseen| unseen.to_string());
        assert_eq!(told("+1\u{a0}416").as_deref(), Some("character 3 is U+00A0, a no-break space"));
        assert_eq!(told("é\u{200b}x").as_deref(), Some("character 2 is U+200B, which is not seen"));
        assert_eq!(
            told("\u{201c}a\u{201d}").as_deref(),
            Some("character 1 is U+201C, which looks like \" (U+0022)")
        );
        assert_eq!(told("a\u{2011}b").as_deref(), Some("character 2 is U+2011, which looks like - (U+002D)"));
        assert_eq!(told("１").as_deref(), Some("character 1 is U+FF11, the wide form of an ASCII character"));
        let told = |text: &str| Unseen::last_of(text).map(|unseen| (unseen.offset(), unseen.remedy()));
        assert_eq!(told("\u{201c}a\u{201d}"), Some((4, "write a plain \"")));
        assert_eq!(told("a\u{202f}"), Some((1, "write a plain space")));
        for plain in ["", "plain 'text' \"-\"", "Zoë 山田", "👍"] {
            assert_eq!(told(plain), None, "{plain}");
        }
    }
}
