//! Characters that the eye passes over: quotes of a word processor, blanks of a web page, marks of an editor.

use std::ops::Range;

use canonical::Unseen;

use super::mistake::position;

/// The first one in a part of a text, with its line and column in the whole.
pub(super) fn within(text: &str, span: &Range<usize>) -> Option<String> {
    first(text, span).map(|(start, found)| told(text, start, &found))
}

/// The first one in a part of a text, by where it begins in the whole.
fn first(text: &str, span: &Range<usize>) -> Option<(usize, Unseen)> {
    let part = text.get(span.start..text.ceil_char_boundary(span.end))?;
    Unseen::first_of(part).map(|found| (span.start + found.offset(), found))
}

/// The one that a mistake in the syntax comes from: where it was noticed, or before that in the line. With where it begins.
pub(super) fn behind(text: &str, noticed: &Range<usize>) -> Option<(usize, String)> {
    // A place at the end of a value is one byte before what cannot follow it.
    let at = noticed.start..noticed.end.max(noticed.start + 1);
    if let Some((start, found)) = first(text, &at) {
        return Some((start, told(text, start, &found)));
    }
    let line = text.get(..noticed.start)?.rfind('\n').map_or(0, |at| at + 1);
    let found = Unseen::last_of(&text[line..noticed.start])?;
    Some((noticed.start, told(text, line + found.offset(), &found)))
}

fn told(text: &str, start: usize, found: &Unseen) -> String {
    let (line, column) = position(&text[..start]);
    format!("line {line}, column {column} is {}; {} there", found.name(), found.remedy())
}

/// The blanks in a part of a text that are no plain ones, each by its place; written as an escape they are meant.
pub(super) fn blanks(text: &str, span: &Range<usize>) -> Vec<(Range<usize>, String)> {
    let part = text.get(span.clone()).unwrap_or_default();
    let blanks = part.char_indices().filter(|(_, character)| Unseen::is_blank(*character));
    let found = blanks.filter_map(|(at, character)| {
        let start = span.start + at;
        let place = start..start + character.len_utf8();
        let found = Unseen::first_of(&text[place.clone()])?;
        Some((place, format!("this is {}; {} unless it is meant", found.name(), found.remedy())))
    });
    found.collect()
}

/// The first one in a file that the configuration names.
pub(super) fn in_file(bytes: &[u8]) -> Option<String> {
    let text = str::from_utf8(bytes).ok()?;
    let (start, found) = first(text, &(0..text.len()))?;
    let (line, column) = position(&text[..start]);
    Some(format!("line {line}, column {column} of the file is {}; {} there", found.name(), found.remedy()))
}
