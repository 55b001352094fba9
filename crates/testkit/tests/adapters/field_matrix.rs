//! `docs/field-matrix.md` is generated, and this test keeps it true.

use std::{fmt::Write, path::Path};

use adapter::{Adapter, Comparison, FieldOption, FieldOptions, MappingOptions};
use canonical::Leaf;
use testkit::adapter::{
    Bench, CUSTOM_SAMPLES, agrees_with_file, assert_passes, capability_table, field_matrix,
};

const INTRODUCTION: &str = "\
# What goes where

For every vendor: which fields it has and how they behave, and what a patch to each canonical leaf becomes on the wire. The
leaf is left out of the patch (*absent*), set to `null`, set to the empty string, or given a value.

A word in *italics* is the leaf's fate at that route: *unsupported* (the vendor has no place for it), *unmapped* (the route
could map it and does not), *not_clearable*, *not_representable*. \"400 at the API\" means that no vendor is reached.

This page is generated. `UPDATE_GOLDEN=1 cargo test -p testkit field_matrix` writes it anew.
";

#[test]
fn the_page_says_what_the_adapters_do() {
    let page = page().expect("every vendor has its tables");
    let file = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../docs/field-matrix.md");
    assert_passes(agrees_with_file(&file, &page));
}

/// `check` repeats it to whoever writes another value into a table.
#[test]
fn a_field_that_takes_no_text_says_what_it_takes() {
    use adapter::PhoneFormat;
    let dialects = [
        &adapter_communal::DIALECT,
        &adapter_communifire::DIALECT,
        &adapter_usercom::DIALECT,
        &adapter_village::DIALECT,
    ];
    let text = canonical::Value::Text("x y".to_owned());
    for field in dialects.iter().flat_map(|dialect| dialect.fields) {
        let takes_text = (field.format)(&text, PhoneFormat::E164).is_some();
        assert_eq!(takes_text, field.takes.is_none(), "{}", field.to);
    }
}

fn page() -> Result<String, String> {
    let communal = adapter_communal::Adapter::new(adapter_communal::Options::default());
    let communifire = adapter_communifire::Adapter::new(adapter_communifire::Options::default());
    let usercom = adapter_usercom::Adapter::new(adapter_usercom::Options);
    let village = adapter_village::Adapter::new(adapter_village::Options { network_id: "42".to_owned() });
    let labels = ["Tier", "Send me the newsletter", "Points", "Interests"];
    let attributes = ["tier", "wants_newsletter", "points", "interests"];
    Ok([
        INTRODUCTION.to_owned(),
        vendor("Communal", &communal, None)?,
        vendor("Communifire", &communifire, Some(labels))?,
        vendor("User.com", &usercom, Some(attributes))?,
        vendor("Village", &village, None)?,
    ]
    .join("\n"))
}

fn vendor(name: &str, adapter: &dyn Adapter, mapped: Option<[&str; 4]>) -> Result<String, String> {
    let custom: Vec<Leaf> = CUSTOM_SAMPLES.iter().filter_map(|leaf| leaf.parse().ok()).collect();
    let leaves: Vec<Leaf> = Leaf::STANDARD.iter().cloned().chain(custom.clone()).collect();
    let usual = Bench::new(adapter, &MappingOptions::default())?;
    let mut text = format!("## {name}\n\n");
    let dialect = adapter.dialect();
    let subjects = dialect.subjects.iter().map(|kind| format!("`{}`", kind.name)).collect::<Vec<_>>();
    let _ = writeln!(text, "A person is named by {}. The page: <{}>\n", subjects.join(" or "), dialect.page);
    for kind in dialect.subjects {
        let compared = match kind.comparison {
            Comparison::Exact => "Two that differ in anything are two people.",
            Comparison::Folded => {
                "Two that differ in case or form alone (NFKC, full case folding) are one person."
            }
        };
        let taken = kind.taken_field.and_then(|field| dialect.rule_of(field));
        let taken = taken.and_then(|rule| rule.leaf.as_ref()).map_or_else(String::new, |leaf| {
            format!(" `{leaf}` is *unsupported* at such a route: its field names the person.")
        });
        let _ = writeln!(text, "- `{}`: {compared}{taken}", kind.name);
    }
    let _ = writeln!(text, "\n### Fields of {name}\n\n{}", capability_table(dialect));
    let _ = write!(text, "### Leaves at {name}\n\n{}", field_matrix(&usual, &leaves)?);
    if let Some(names) = mapped {
        let mut options = MappingOptions::default();
        for (leaf, to) in custom.iter().zip(names) {
            let to = FieldOptions { to: Some(to.to_owned()), ..FieldOptions::default() };
            options.fields.insert(leaf.clone(), FieldOption::On(to));
        }
        let bench = Bench::new(adapter, &options)?;
        let _ = write!(
            text,
            "\n### Custom leaves that a route maps to {name}\n\n{}",
            field_matrix(&bench, &custom)?
        );
    }
    Ok(text)
}
