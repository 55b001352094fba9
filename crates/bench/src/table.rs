use serde::Serialize;

use crate::stats::{Figure, Unit};

/// What one part of the benchmark has found.
#[derive(Debug, Serialize)]
pub(crate) struct Table {
    /// Its name on the command line.
    pub(crate) name: &'static str,
    /// What it shows, in a line.
    pub(crate) title: String,
    /// The heading of each column after the first.
    pub(crate) columns: Vec<String>,
    /// The rows.
    pub(crate) rows: Vec<Row>,
    /// What was to be reached.
    pub(crate) targets: Vec<Target>,
    /// What a reader needs to know beside the numbers.
    pub(crate) notes: Vec<String>,
    /// How many cores other processes kept busy meanwhile.
    pub(crate) others_cores: f64,
}

/// Above so many cores that others keep busy, figures are of no use.
const DISTURBED: f64 = 0.1;

/// A row of a table.
#[derive(Debug, Serialize)]
pub(crate) struct Row {
    /// What it is about.
    pub(crate) name: String,
    /// One for each column.
    pub(crate) cells: Vec<Cell>,
}

/// What stands in a column.
#[derive(Debug, Serialize)]
#[serde(untagged)]
pub(crate) enum Cell {
    /// A measurement.
    Figure(Figure),
    /// Words; nothing when the column does not apply.
    Text(String),
}

/// A figure with a bound.
#[derive(Debug, Serialize)]
pub(crate) struct Target {
    /// What was to be reached.
    pub(crate) what: String,
    /// What was found.
    pub(crate) found: Figure,
    /// The bound, in the figure's unit.
    pub(crate) bound: f64,
    /// On which side of it the median must lie.
    pub(crate) side: Side,
    /// Whether it does.
    pub(crate) reached: bool,
}

/// On which side of a bound a figure must lie.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub(crate) enum Side {
    /// On it or above.
    AtLeast,
    /// On it or below.
    AtMost,
}

impl Table {
    /// A table without rows.
    pub(crate) fn new(name: &'static str, title: impl Into<String>, columns: &[&str]) -> Self {
        Self {
            name,
            title: title.into(),
            columns: columns.iter().map(ToString::to_string).collect(),
            rows: Vec::new(),
            targets: Vec::new(),
            notes: Vec::new(),
            others_cores: 0.0,
        }
    }

    /// Adds a row.
    pub(crate) fn row(&mut self, name: impl Into<String>, cells: impl IntoIterator<Item = Cell>) {
        self.rows.push(Row { name: name.into(), cells: cells.into_iter().collect() });
    }

    /// Adds what was to be reached.
    pub(crate) fn target(&mut self, what: impl Into<String>, found: Figure, side: Side, bound: f64) {
        let reached = match side {
            Side::AtLeast => found.median >= bound,
            Side::AtMost => found.median <= bound,
        };
        self.targets.push(Target { what: what.into(), found, bound, side, reached });
    }

    /// Says how many cores others kept busy while the table was made.
    pub(crate) fn disturbed_by(&mut self, cores: f64) {
        self.others_cores = cores;
        if cores > DISTURBED {
            self.note(format!(
                "DISTURBED: other processes kept {cores:.2} cores busy meanwhile; measure again"
            ));
        }
    }

    /// Adds what a reader needs to know.
    pub(crate) fn note(&mut self, text: impl Into<String>) {
        self.notes.push(text.into());
    }
}

impl From<Figure> for Cell {
    fn from(figure: Figure) -> Self {
        Self::Figure(figure)
    }
}

impl From<&str> for Cell {
    fn from(text: &str) -> Self {
        Self::Text(text.to_owned())
    }
}

impl From<String> for Cell {
    fn from(text: String) -> Self {
        Self::Text(text)
    }
}

impl Cell {
    /// For people.
    pub(crate) fn show(&self) -> String {
        match self {
            Self::Figure(figure) => figure.show(),
            Self::Text(text) => text.clone(),
        }
    }
}

impl Target {
    /// For people.
    pub(crate) fn show(&self) -> String {
        let unit: Unit = self.found.unit;
        let side = if self.side == Side::AtLeast { "≥" } else { "≤" };
        let reached = if self.reached { "reached" } else { "NOT REACHED" };
        format!("{}: {} ({side} {}) {reached}", self.what, self.found.show(), unit.show(self.bound))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_target_is_reached_by_the_median_on_its_side_of_the_bound() {
        let mut table = Table::new("t", "Title", &["column"]);
        let figure = || Figure::new(Unit::Ratio, vec![0.5, 0.7, 0.6]);
        table.target("ratio", figure(), Side::AtLeast, 0.6);
        table.target("ratio", figure(), Side::AtLeast, 0.61);
        table.target("ratio", figure(), Side::AtMost, 0.6);
        table.target("nothing", Figure::new(Unit::Ratio, Vec::new()), Side::AtMost, 0.6);
        let reached: Vec<bool> = table.targets.iter().map(|target| target.reached).collect();
        assert_eq!(reached, [true, false, true, false]);
        assert_eq!(table.targets[1].show(), "ratio: 0.600 (0.500–0.700) (≥ 0.610) NOT REACHED");
    }
}
