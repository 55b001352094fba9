use std::{collections::BTreeMap, ops::Range};

use toml::{
    Spanned,
    de::{DeTable, DeValue},
};

use super::{
    known::{Inside, inside},
    mistake::position,
    option_path::OptionPath,
    unseen,
};

/// A configuration file's text, and where in it each option stands.
pub(super) struct Document<'t> {
    text: &'t str,
    entries: BTreeMap<OptionPath, Entry>,
    /// Texts that are or may be secrets and are never shown.
    hidden: Vec<Range<usize>>,
}

/// Where one option stands, in bytes of the text.
#[derive(Debug, Clone)]
pub(super) struct Entry {
    pub(super) key: Range<usize>,
    pub(super) value: Range<usize>,
    /// Whether the value is a text.
    pub(super) is_text: bool,
}

/// One line of the file as it may be shown, with what is meant in it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Shown {
    pub(super) line: String,
    pub(super) span: Range<usize>,
}

/// What stands for a text that is not shown.
const MASK: &str = "***";
/// Longest line that is shown, in bytes.
const LONGEST_LINE: usize = 240;

impl<'t> Document<'t> {
    /// The document of a parsed text.
    pub(super) fn new(text: &'t str, table: &DeTable<'_>) -> Self {
        let mut document = Self { text, entries: BTreeMap::new(), hidden: Vec::new() };
        document.index_table(&OptionPath::default(), table);
        document
    }

    /// Where an option stands.
    pub(super) fn entry(&self, path: &OptionPath) -> Option<&Entry> {
        self.entries.get(path)
    }

    /// The line and the column of a byte of the text.
    pub(super) fn position(&self, offset: usize) -> (usize, usize) {
        position(self.text.get(..offset).unwrap_or(self.text))
    }

    /// The first character in a part of the text that the eye passes over.
    pub(super) fn unseen(&self, span: &Range<usize>) -> Option<String> {
        unseen::within(self.text, span)
    }

    /// The blanks in texts that are no plain ones, each by its place.
    pub(super) fn blanks(&self) -> Vec<(Range<usize>, String)> {
        let texts = self.entries.values().filter(|entry| entry.is_text);
        texts.flat_map(|entry| unseen::blanks(self.text, &entry.value)).collect()
    }

    /// Where the text of a string begins that stands at `value`, if it is written without escapes on one line.
    pub(super) fn start_of_text(&self, value: &Range<usize>, text: &str) -> Option<usize> {
        let written = self.text.get(value.clone())?;
        let inner = written.get(1..written.len().checked_sub(1)?)?;
        (inner == text).then_some(value.start + 1)
    }

    /// The line around `span` up to its end, without what is hidden; none when it is too long.
    pub(super) fn shown(&self, span: &Range<usize>) -> Option<Shown> {
        let start = self.text.get(..span.start)?.rfind('\n').map_or(0, |at| at + 1);
        let line_end = self.text[span.start..].find('\n').map_or(self.text.len(), |at| span.start + at);
        let end = self.text.ceil_char_boundary(span.end).min(line_end);
        if end - start > LONGEST_LINE {
            return None;
        }
        let mut line = self.masked(start..span.start);
        let from = line.len();
        line.push_str(&self.masked(span.start..end));
        let span = from..line.len();
        if end < line_end {
            line.push_str(" …");
        }
        Some(Shown { line, span })
    }

    fn masked(&self, range: Range<usize>) -> String {
        let mut out = String::new();
        let mut at = range.start;
        for hidden in self.hidden.iter().filter(|hidden| hidden.start < range.end && range.start < hidden.end)
        {
            if hidden.start > at {
                out.push_str(&self.text[at..hidden.start]);
            }
            out.push_str(MASK);
            at = hidden.end.max(at);
        }
        if at < range.end {
            out.push_str(&self.text[at..range.end]);
        }
        out
    }

    fn index_table(&mut self, path: &OptionPath, table: &DeTable<'_>) {
        for (key, value) in table {
            let path = path.child(key.get_ref());
            let entry = Entry::new(key.span(), value);
            self.index(path, entry, value.get_ref());
        }
    }

    fn index(&mut self, path: OptionPath, entry: Entry, value: &DeValue<'_>) {
        if is_hidden(&path, value) {
            let at = self.hidden.partition_point(|other| other.start < entry.value.start);
            self.hidden.insert(at, entry.value.clone());
        }
        match value {
            DeValue::Table(table) => self.index_table(&path, table),
            DeValue::Array(items) => {
                for (number, item) in items.iter().enumerate() {
                    let entry = Entry::new(item.span(), item);
                    self.index(path.child(number), entry, item.get_ref());
                }
            }
            _ => {}
        }
        self.entries.insert(path, entry);
    }
}

impl Entry {
    fn new(key: Range<usize>, value: &Spanned<DeValue<'_>>) -> Self {
        Self { key, value: value.span(), is_text: value.get_ref().is_str() }
    }
}

/// Whether a value is or may be a secret: everything that nobody expects here, and the places where one is put by mistake.
fn is_hidden(path: &OptionPath, value: &DeValue<'_>) -> bool {
    let text = value.as_str().unwrap_or_default();
    match path.names().as_slice() {
        ["keys", _, "hash"] => true,
        ["routes", _, "credential"] | ["webhooks", _, "secret" | "previous_secret"] => !value.is_table(),
        ["routes", _, "credential", "env"] | ["webhooks", _, "secret" | "previous_secret", "env"] => {
            !is_variable_name(text)
        }
        ["routes", _, "credential", "file"] | ["webhooks", _, "secret" | "previous_secret", "file"] => true,
        ["routes", _, "base_url"] => text.contains(['@', '?', '#']),
        // Whoever knows the path of some receivers may post there.
        ["webhooks", _, "url"] => true,
        _ => !path.parent().is_some_and(|parent| is_expected(&parent, path)),
    }
}

fn is_expected(parent: &OptionPath, path: &OptionPath) -> bool {
    let inside = inside(parent);
    let name = path.names().last().copied().unwrap_or_default();
    !matches!(inside, Inside::Nothing) && inside.allows(name)
}

/// Whether a text looks like the name of a variable and not like a token that was put in its place.
pub(super) fn is_variable_name(text: &str) -> bool {
    let starts_well = text.starts_with(|c: char| c.is_ascii_uppercase() || c == '_');
    starts_well && text.bytes().all(|b| b.is_ascii_uppercase() || b.is_ascii_digit() || b == b'_')
}
