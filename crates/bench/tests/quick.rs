//! That the benchmark works: every table is made, with few users and in a few seconds. Its figures mean nothing here.

use std::{path::Path, process::Command};

use serde_json::Value;

#[test]
fn every_table_of_the_benchmark_can_be_made() {
    let path = Path::new(env!("CARGO_TARGET_TMPDIR")).join("bench.json");
    let mut bench = Command::new(env!("CARGO_BIN_EXE_bench"));
    let output = bench.args(["--quick", "--json"]).arg(&path).output().expect("the benchmark runs");
    let printed = String::from_utf8_lossy(&output.stdout);
    let errors = String::from_utf8_lossy(&output.stderr);
    assert!(output.status.success(), "{errors}\n{printed}");
    let report: Value = serde_json::from_slice(&std::fs::read(path).expect("a file")).expect("JSON");
    let tables = report["tables"].as_array().expect("a list of tables");
    let names: Vec<&str> = tables.iter().filter_map(|table| table["name"].as_str()).collect();
    let all = ["throughput", "latency", "hanging", "backlog", "start", "disk", "stages", "history"];
    assert_eq!(names, all, "docs/performance.md tells of these");
    for table in tables {
        let rows = table["rows"].as_array().expect("a list of rows");
        assert!(!rows.is_empty(), "{table}");
        for row in rows {
            let cells = row["cells"].as_array().expect("a list of cells");
            assert_eq!(cells.len(), table["columns"].as_array().expect("columns").len(), "{table}");
            // A number that is none is written as null.
            assert!(cells.iter().all(|cell| cell.is_string() || cell["median"].is_number()), "{row}");
        }
        let name = table["name"].as_str().expect("a name").to_uppercase();
        assert!(printed.contains(&name), "{name} is not printed:\n{printed}");
    }
}
