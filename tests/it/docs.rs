//! What the documents say of the code is true.

use std::{
    fs,
    path::{Path, PathBuf},
};

fn root() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).parent().expect("the workspace").to_owned()
}

fn sources(directory: &Path, text: &mut String) {
    for entry in fs::read_dir(directory).expect("a directory") {
        let path = entry.expect("an entry").path();
        if path.is_dir() && path.file_name().is_some_and(|name| name != "target") {
            sources(&path, text);
        } else if path.extension().is_some_and(|extension| extension == "rs") {
            text.push_str(&fs::read_to_string(&path).expect("a source file"));
        }
    }
}

#[test]
fn guarantees_name_tests_that_exist() {
    let page = fs::read_to_string(root().join("docs/guarantees.md")).expect("the page");
    let mut code = String::new();
    sources(&root().join("crates"), &mut code);
    sources(&root().join("tests"), &mut code);
    let quoted = page.split('`').skip(1).step_by(2);
    let names: Vec<&str> = quoted.filter(|name| name.matches('_').count() >= 3).collect();
    assert!(names.len() > 50, "the page names {} tests", names.len());
    let missing: Vec<&&str> = names.iter().filter(|name| !code.contains(&format!("fn {name}("))).collect();
    assert!(missing.is_empty(), "no such tests: {missing:?}");
    let is_bug =
        |name: &&str| name.starts_with(char::is_uppercase) && name.chars().all(char::is_alphanumeric);
    let bugs: Vec<&str> = page.split('`').skip(1).step_by(2).filter(is_bug).collect();
    assert!(bugs.len() > 20, "the page names {} seeded bugs", bugs.len());
    let unseeded: Vec<&&str> =
        bugs.iter().filter(|bug| !code.contains(&format!("Mutation::{bug}"))).collect();
    assert!(unseeded.is_empty(), "no such seeded bugs: {unseeded:?}");
}
