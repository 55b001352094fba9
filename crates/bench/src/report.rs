use std::{
    fs,
    io::{self, Write},
    path::Path,
};

use comfy_table::presets::NOTHING;
use serde::Serialize;

use crate::{
    Error,
    bench::{Bench, home},
    table::Table,
};

/// What was found: printed as it comes, and kept as JSON.
#[derive(Debug, Serialize)]
pub(crate) struct Report {
    machine: serde_json::Value,
    cores: String,
    options: String,
    tables: Vec<Table>,
}

impl Report {
    /// Prints where the figures come from.
    ///
    /// # Errors
    /// When nobody reads.
    pub(crate) fn begin(bench: &Bench) -> Result<Self, Error> {
        let options = &bench.options;
        let described = format!(
            "{} turns of {} s each, {} users{}{}",
            options.rounds,
            options.seconds,
            options.users,
            if options.quick { "; quick: the figures mean nothing" } else { "" },
            if cfg!(debug_assertions) { "; not optimised: the figures mean nothing" } else { "" },
        );
        let cores = bench.cores.describe();
        say(&format!("{}\n{cores}\n{described}", bench.machine.describe()))?;
        Ok(Self {
            machine: serde_json::to_value(&bench.machine)?,
            cores,
            options: described,
            tables: Vec::new(),
        })
    }

    /// Prints a table and keeps it.
    ///
    /// # Errors
    /// When nobody reads.
    pub(crate) fn add(&mut self, table: Table) -> Result<(), Error> {
        say(&text(&table))?;
        self.tables.push(table);
        Ok(())
    }

    /// Writes everything as JSON and prints where.
    ///
    /// # Errors
    /// When the file cannot be written.
    pub(crate) fn write(&self, path: Option<&Path>) -> Result<(), Error> {
        let path = match path {
            Some(path) => path.to_owned(),
            None => home()?.join("report.json"),
        };
        fs::write(&path, serde_json::to_string_pretty(self)? + "\n")?;
        Ok(say(&format!("\n{}", path.display()))?)
    }
}

/// A table for people: its rows, what was to be reached, what there is to know.
fn text(table: &Table) -> String {
    let mut rows = comfy_table::Table::new();
    let heading = [table.name.to_uppercase()].into_iter().chain(table.columns.iter().cloned());
    rows.load_style(NOTHING).set_header(heading);
    for row in &table.rows {
        rows.add_row([row.name.clone()].into_iter().chain(row.cells.iter().map(crate::table::Cell::show)));
    }
    let rows = rows.to_string();
    let rows = rows.lines().map(|line| line.trim_end().to_owned());
    let targets = table.targets.iter().map(|target| format!("target  {}", target.show()));
    let notes = table.notes.iter().map(|note| format!("note    {note}"));
    let lines = [String::new(), table.title.clone()].into_iter().chain(rows).chain(targets).chain(notes);
    lines.collect::<Vec<_>>().join("\n")
}

fn say(text: &str) -> io::Result<()> {
    writeln!(io::stdout(), "{text}")
}
