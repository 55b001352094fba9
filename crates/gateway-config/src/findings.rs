use std::{collections::BTreeMap, ops::Range};

use canonical::{Unseen, nearest};

use super::{
    Override,
    document::Document,
    mistake::{Mistake, Place},
    option_path::OptionPath,
};

/// What was found while a configuration was read, with the place of each finding.
pub(super) struct Findings<'d> {
    document: &'d Document<'d>,
    pub(super) overrides: Vec<Override>,
    /// By variable, a character of its value that the eye passes over.
    unseen: BTreeMap<String, Unseen>,
    pub(super) mistakes: Vec<Mistake>,
    pub(super) warnings: Vec<Mistake>,
    /// Where the mistakes in the file are.
    mistaken: Vec<Range<usize>>,
    /// The names that no option has.
    unknown: Vec<OptionPath>,
    /// Whether options were left out of what is read, because they were mistaken.
    is_partial: bool,
}

impl<'d> Findings<'d> {
    pub(super) fn new(document: &'d Document<'d>) -> Self {
        Self {
            document,
            overrides: Vec::new(),
            unseen: BTreeMap::new(),
            mistakes: Vec::new(),
            warnings: Vec::new(),
            mistaken: Vec::new(),
            unknown: Vec::new(),
            is_partial: false,
        }
    }

    /// From now on the file is read without what was mistaken in it so far: that an option is missing is no news then.
    pub(super) fn go_on_with_the_rest(&mut self) {
        self.is_partial = !self.mistakes.is_empty();
    }

    /// Whether the file or the environment says something about an option.
    pub(super) fn is_given(&self, path: &OptionPath) -> bool {
        self.document.entry(path).is_some() || self.overrides.iter().any(|over| path.holds(&over.path))
    }

    /// A mistake in the value of an option; where the option is missing, in the table that should have it.
    pub(super) fn mistake(&mut self, path: &OptionPath, sentence: impl Into<String>) {
        let mut mistake = self.finding(path, sentence.into());
        if let Some(unseen) = self.unseen(path) {
            mistake.sentence = format!("{}; {unseen}", mistake.sentence);
        }
        if self.is_partial && (!self.is_given(path) || self.is_mistaken(path)) {
            return;
        }
        self.mistakes.push(mistake);
    }

    /// A mistake in the name of an option or a table.
    pub(super) fn mistake_in_name(&mut self, path: &OptionPath, sentence: impl Into<String>) {
        match self.document.entry(path) {
            Some(entry) => self.at(entry.key.clone(), sentence.into()),
            None => self.mistake(path, sentence),
        }
    }

    /// A mistake at `offset` bytes in the text of an option.
    pub(super) fn mistake_within(&mut self, path: &OptionPath, text: &str, offset: usize, sentence: String) {
        let start = match self.document.entry(path) {
            Some(entry) if self.variable(path).is_none() => self.document.start_of_text(&entry.value, text),
            _ => None,
        };
        match start {
            Some(start) => self.at(start + offset..start + offset + 1, sentence),
            None => self.mistake(path, sentence),
        }
    }

    /// A mistake at a place in the file.
    pub(super) fn at(&mut self, span: Range<usize>, mut sentence: String) {
        if let Some(unseen) = self.document.unseen(&span) {
            sentence = format!("{sentence}; {unseen}");
        }
        let mistake = self.in_file(&span, sentence);
        self.mistakes.push(mistake);
        self.mistaken.push(span);
    }

    /// A name that no option has.
    pub(super) fn unknown(&mut self, path: OptionPath, span: Range<usize>, sentence: String) {
        self.at(span, sentence);
        self.unknown.push(path);
    }

    /// Whether a mistake was found in an option or in a part of it.
    fn is_mistaken(&self, path: &OptionPath) -> bool {
        if self.unknown.iter().any(|unknown| path.holds(unknown)) {
            return true;
        }
        let value = self.document.entry(path).map(|entry| entry.value.clone());
        value.is_some_and(|value| {
            self.mistaken.iter().any(|span| value.start <= span.start && span.start < value.end)
        })
    }

    /// A mistake in an environment variable.
    pub(super) fn in_variable(&mut self, name: &str, mut sentence: String) {
        if let Some(unseen) = self.unseen.get(name) {
            sentence = format!("{sentence}; {unseen}; {} there", unseen.remedy());
        }
        self.mistakes.push(Mistake { place: Place::Variable(name.to_owned()), sentence, shown: None });
    }

    /// Something that is accepted but should be known.
    pub(super) fn warn(&mut self, path: &OptionPath, sentence: impl Into<String>) {
        let warning = self.finding(path, sentence.into());
        self.warnings.push(warning);
    }

    /// Notes what the eye passes over in the value of an environment variable.
    pub(super) fn look_through(&mut self, name: &str, value: &str) {
        self.unseen.extend(Unseen::first_of(value).map(|unseen| (name.to_owned(), unseen)));
    }

    /// Warns of blanks in the file that are taken and are no plain ones.
    pub(super) fn warn_of_blanks(&mut self) {
        let found = self.document.blanks();
        let found: Vec<_> = found.into_iter().map(|(span, sentence)| self.in_file(&span, sentence)).collect();
        self.warnings.extend(found);
    }

    /// The character that the eye passes over in the value of an option.
    fn unseen(&self, path: &OptionPath) -> Option<String> {
        if let Some(name) = self.variable(path) {
            let unseen = self.unseen.get(name)?;
            return Some(format!("{unseen}; {} there", unseen.remedy()));
        }
        let entry = self.document.entry(path).filter(|entry| entry.is_text)?;
        self.document.unseen(&entry.value)
    }

    /// What `parse` makes of an option, if it is given and right.
    pub(super) fn read<T>(
        &mut self,
        path: &OptionPath,
        text: Option<&str>,
        parse: impl FnOnce(&str) -> Result<T, String>,
    ) -> Option<T> {
        match parse(text?) {
            Ok(value) => Some(value),
            Err(sentence) => {
                self.mistake(path, sentence);
                None
            }
        }
    }

    /// One of several names.
    pub(super) fn choose<T: Copy>(
        &mut self,
        path: &OptionPath,
        text: Option<&str>,
        choices: &[(&str, T)],
    ) -> Option<T> {
        self.read(path, text, |text| {
            let found = choices.iter().find(|(name, _)| *name == text);
            found
                .map(|(_, choice)| *choice)
                .ok_or_else(|| no_such_choice(text, choices.iter().map(|(name, _)| *name)))
        })
    }

    fn finding(&self, path: &OptionPath, sentence: String) -> Mistake {
        if let Some(name) = self.variable(path) {
            return Mistake { place: Place::Variable(name.to_owned()), sentence, shown: None };
        }
        if let Some(entry) = self.document.entry(path) {
            return self.in_file(&entry.value, sentence);
        }
        let mut parent = path.parent();
        while let Some(path) = parent {
            if let Some(entry) = self.document.entry(&path) {
                return self.in_file(&entry.key, sentence);
            }
            parent = path.parent();
        }
        Mistake::whole_file(sentence)
    }

    /// The variable that gives an option its value, or a part of it that the file does not have.
    fn variable(&self, path: &OptionPath) -> Option<&str> {
        let in_file = self.document.entry(path).is_some_and(|_| path.names().last() != Some(&"credential"));
        let found =
            self.overrides.iter().find(|over| over.path == *path || (!in_file && path.holds(&over.path)));
        found.map(|over| over.variable.as_str())
    }

    fn in_file(&self, span: &Range<usize>, sentence: String) -> Mistake {
        let (line, column) = self.document.position(span.start);
        Mistake { place: Place::At { line, column }, sentence, shown: self.document.shown(span) }
    }
}

/// What to do about a name that is not one of `choices`; the name itself is not repeated.
pub(super) fn no_such_choice<'a>(text: &str, choices: impl Iterator<Item = &'a str> + Clone) -> String {
    if let Some(near) = nearest(text, choices.clone()) {
        return format!("there is no such choice; did you mean \"{near}\"?");
    }
    let all: Vec<String> = choices.map(|name| format!("\"{name}\"")).collect();
    format!("there is no such choice; write {}", all.join(" or "))
}
