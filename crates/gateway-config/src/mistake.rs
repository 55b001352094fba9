use std::fmt;

use super::{document::Shown, render, unseen};

/// One mistake in a configuration, or a warning about it. Never repeats a secret.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Mistake {
    /// Where it is.
    pub place: Place,
    /// What is wrong and what to do.
    pub sentence: String,
    pub(super) shown: Option<Shown>,
}

/// Where a mistake is.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub enum Place {
    /// The file as a whole.
    File,
    /// A place in the file.
    At {
        /// The line, from 1.
        line: usize,
        /// The column in characters, from 1.
        column: usize,
    },
    /// The environment variable of this name.
    Variable(String),
}

/// Everything that is wrong with a configuration.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ConfigErrors {
    /// The file as it was named.
    pub file: String,
    /// The mistakes: first those of the file in the order of its lines, then those of the environment.
    pub mistakes: Vec<Mistake>,
}

/// How a text is decorated.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Style {
    /// Without colours.
    Plain,
    /// With the escape codes of a terminal.
    Coloured,
}

impl ConfigErrors {
    pub(super) fn new(file: &str, mut mistakes: Vec<Mistake>) -> Self {
        mistakes.sort_by(|a, b| a.place.cmp(&b.place));
        mistakes.dedup();
        Self { file: file.to_owned(), mistakes }
    }

    /// The mistakes with the lines they are in, for people.
    pub fn render(&self, style: Style) -> String {
        let blocks = self.mistakes.iter().map(|mistake| mistake.render(&self.file, style));
        blocks.collect::<Vec<_>>().join("\n\n")
    }
}

impl Mistake {
    pub(super) fn whole_file(sentence: impl Into<String>) -> Self {
        Self { place: Place::File, sentence: sentence.into(), shown: None }
    }

    /// The mistake with the line it is in, for people.
    pub fn render(&self, file: &str, style: Style) -> String {
        render::mistake(self, file, style, render::Kind::Error)
    }

    /// A warning with the line it is about, for people.
    pub fn render_warning(&self, file: &str, style: Style) -> String {
        render::mistake(self, file, style, render::Kind::Warning)
    }

    /// The mistake on one line: `file:line:column: sentence`.
    pub fn one_line(&self, file: &str) -> String {
        match &self.place {
            Place::File => format!("{file}: {}", self.sentence),
            Place::At { line, column } => format!("{file}:{line}:{column}: {}", self.sentence),
            Place::Variable(name) => format!("{name}: {}", self.sentence),
        }
    }
}

/// A mistake in the text as TOML. The line is not shown: what stands in it is not known, and may be a secret.
pub(super) fn syntax(text: &str, error: &toml::de::Error) -> Mistake {
    let span = error.span().unwrap_or_default();
    let (start, sentence) = match unseen::behind(text, &span) {
        Some((start, told)) => (start, format!("this is not TOML: {}; {told}", error.message())),
        None => (span.start, format!("this is not TOML: {}", error.message())),
    };
    let (line, column) = position(text.get(..start).unwrap_or_default());
    Mistake { place: Place::At { line, column }, sentence, shown: None }
}

/// The line and the column, both from 1, of what follows on `before`; columns count characters.
pub(super) fn position(before: &str) -> (usize, usize) {
    let line_start = before.rfind('\n').map_or(0, |at| at + 1);
    (before.matches('\n').count() + 1, before[line_start..].chars().count() + 1)
}

impl fmt::Display for ConfigErrors {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let lines = self.mistakes.iter().map(|mistake| mistake.one_line(&self.file));
        f.write_str(&lines.collect::<Vec<_>>().join("\n"))
    }
}

impl std::error::Error for ConfigErrors {}
