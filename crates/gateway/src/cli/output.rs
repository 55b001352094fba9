use std::{io::Write, process::ExitCode};

use comfy_table::{Table, presets::NOTHING};

/// Prints a result.
pub(super) fn say(text: &str) -> ExitCode {
    match writeln!(std::io::stdout(), "{}", text.trim_end()) {
        Ok(()) => ExitCode::SUCCESS,
        // Whoever reads has gone; there is nobody to tell.
        Err(_) => ExitCode::FAILURE,
    }
}

/// A table for people: a heading and rows, without lines.
pub(super) fn table<R: IntoIterator<Item = Vec<String>>>(heading: &[&str], rows: R) -> String {
    let mut table = Table::new();
    table.load_style(NOTHING).set_header(heading.iter().map(|name| name.to_uppercase()));
    table.add_rows(rows);
    let lines = table.to_string();
    lines.lines().map(str::trim_end).collect::<Vec<_>>().join("\n")
}
