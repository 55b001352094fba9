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

/// A table for people: a heading and rows, without lines; where there are no rows, a sentence that says what there is none of.
pub(super) fn table<R: IntoIterator<Item = Vec<String>>>(heading: &[&str], rows: R, empty: &str) -> String {
    let mut table = Table::new();
    table.load_style(NOTHING).set_header(heading.iter().map(|name| name.to_uppercase()));
    table.add_rows(rows);
    if table.is_empty() {
        return empty.to_owned();
    }
    for column in table.column_iter_mut() {
        column.set_padding((0, 2));
    }
    let lines = table.to_string();
    lines.lines().map(str::trim_end).collect::<Vec<_>>().join("\n")
}

/// A number with what it counts: `1 lane`, `2 lanes`.
pub(super) fn counted(number: u64, one: &str, many: &str) -> String {
    format!("{number} {}", if number == 1 { one } else { many })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_table_begins_at_the_left_edge_and_says_when_it_is_empty() {
        let row = |cells: [&str; 2]| cells.map(str::to_owned).to_vec();
        let shown = table(&["leaf", "state"], [row(["email", "held"]), row(["title", "owed"])], "no leaf");
        assert_eq!(shown, "LEAF   STATE\nemail  held\ntitle  owed");
        assert_eq!(table(&["leaf"], [], "no leaf"), "no leaf");
    }

    #[test]
    fn one_is_not_several() {
        assert_eq!(counted(1, "lane is", "lanes are"), "1 lane is");
        assert_eq!(counted(0, "lane is", "lanes are"), "0 lanes are");
    }
}
