use annotate_snippets::{AnnotationKind, Level, Origin, Renderer, Snippet};

use super::mistake::{Mistake, Place, Style};

/// How bad it is.
#[derive(Debug, Clone, Copy)]
pub(super) enum Kind {
    /// The configuration is refused.
    Error,
    /// The configuration is accepted.
    Warning,
}

/// A mistake with the line it is in.
pub(super) fn mistake(mistake: &Mistake, file: &str, style: Style, kind: Kind) -> String {
    let renderer = match style {
        Style::Plain => Renderer::plain(),
        Style::Coloured => Renderer::styled(),
    };
    let level = match kind {
        Kind::Error => Level::ERROR,
        Kind::Warning => Level::WARNING,
    };
    let title = level.primary_title(mistake.sentence.as_str());
    let group = match (&mistake.place, &mistake.shown) {
        (Place::At { line, .. }, Some(shown)) => title.element(
            Snippet::source(shown.line.as_str())
                .line_start(*line)
                .path(file)
                .annotation(AnnotationKind::Primary.span(shown.span.clone())),
        ),
        (Place::At { line, column }, None) => {
            title.element(Origin::path(file).line(*line).char_column(*column))
        }
        (Place::File, _) => title.element(Origin::path(file)),
        (Place::Variable(name), _) => title.element(Origin::path(format!("environment variable {name}"))),
    };
    renderer.render(&[group])
}
