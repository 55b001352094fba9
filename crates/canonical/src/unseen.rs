use std::fmt;

/// A character that the eye does not see or takes for another one: a rule that seems to be kept is broken by it.
///
/// Displays as its place and code point, and shows nothing else of the text.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Unseen {
    place: usize,
    character: char,
}

impl Unseen {
    /// The first one of a text.
    pub fn first_of(text: &str) -> Option<Self> {
        let found = text.chars().enumerate().find(|(_, character)| what(*character).is_some());
        found.map(|(at, character)| Self { place: at + 1, character })
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

fn what(character: char) -> Option<&'static str> {
    Some(match character {
        '\u{a0}' | '\u{202f}' => "a no-break space",
        '\u{1680}' | '\u{2000}'..='\u{200a}' | '\u{205f}' | '\u{3000}' => "a space that is not U+0020",
        '\u{ad}' | '\u{34f}' | '\u{61c}' | '\u{180e}' | '\u{200b}'..='\u{200f}' => NOT_SEEN,
        '\u{2028}'..='\u{202e}' | '\u{2060}'..='\u{206f}' | '\u{feff}' => NOT_SEEN,
        '\u{fe00}'..='\u{fe0f}' | '\u{e0000}'..='\u{e01ef}' => NOT_SEEN,
        '\u{2018}'..='\u{201b}' | '\u{2032}' | '\u{ff07}' => "which looks like ' (U+0027)",
        '\u{201c}'..='\u{201f}' | '\u{2033}' | '\u{ff02}' | '\u{ab}' | '\u{bb}' => {
            "which looks like \" (U+0022)"
        }
        '\u{2010}'..='\u{2015}' | '\u{2212}' | '\u{fe63}' => "which looks like - (U+002D)",
        '\u{ff01}'..='\u{ff5e}' => "the wide form of an ASCII character",
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
        for plain in ["", "plain 'text' \"-\"", "Zoë 山田", "👍"] {
            assert_eq!(told(plain), None, "{plain}");
        }
    }
}
