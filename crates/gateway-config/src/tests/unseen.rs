use std::fs;

use super::*;

#[test]
fn a_character_that_breaks_the_syntax_is_named_with_its_place() {
    let quote = "is U+201C, which looks like \" (U+0022); write a plain \" there";
    assert_refused(&replaced("\"gateway.db\"", "\u{201c}gateway.db\u{201d}"), 2, 10, quote);
    for (line, column, told) in [
        ("timeout\u{a0}= \"15s\"", 8, "column 8 is U+00A0, a no-break space; write a plain space there"),
        ("\u{a0}timeout = \"15s\"", 1, "column 1 is U+00A0"),
        ("time\u{200b}out = \"15s\"", 5, "column 5 is U+200B, which is not seen; remove it"),
        ("timeout = \"15s\" \u{feff}", 17, "column 17 is U+FEFF"),
        ("concurrency = 5\u{a0}", 16, "column 16 is U+00A0"),
        (
            "timeout = \u{2018}15s\u{2019}",
            11,
            "column 11 is U+2018, which looks like ' (U+0027); write a plain '",
        ),
        ("concurrency = \u{2212}5", 15, "column 15 is U+2212, which looks like - (U+002D)"),
        // It stands before what TOML finds to be wrong.
        ("timeout = \"15s\u{201d}", 16, "column 15 is U+201D, which looks like \""),
        ("\u{feff}[log]", 2, "column 1 is U+FEFF"),
    ] {
        assert_refused(&with(line), 13, column, "this is not TOML");
        assert_refused(&with(line), 13, column, told);
    }
    let found = mistakes(&with("timeout = \"15s\" # \u{201c}\nnext"));
    assert!(!found[0].sentence.contains("U+"), "a line that is right: {found:?}");
}

#[test]
fn a_character_in_a_value_that_is_refused_is_named_with_its_place() {
    let base = "https://api.getcommunal.com";
    let text = replaced(base, &format!("{base}\u{200b}"));
    assert_refused(&text, 11, 12, "line 11, column 40 is U+200B, which is not seen; remove it");
    let text = replaced("\"update\", \"read\"", "\"update\", \"re\u{ad}ad\"");
    assert_refused(&text, 7, 21, "line 7, column 24 is U+00AD");
    assert_refused(&with("timeout = \"15\u{a0}s\""), 13, 11, "column 14 is U+00A0, a no-break space");
    assert_refused(&with("\"time\u{200b}out\" = \"15s\""), 13, 1, "column 6 is U+200B");
    let when = "when = 'organization eq \u{201c}Nörth\u{201d}'";
    assert_refused(&with(when), 13, 25, "column 25 is U+201C, which looks like \" (U+0022)");
    let hash = "sha256:1";
    let text = replaced(hash, "sha256:\u{200b}1");
    assert_refused(&text, 6, 8, "column 16 is U+200B");
}

#[test]
fn a_character_of_a_variable_is_named() {
    let told = |name: &str, value: &str| read_with(GOOD, &[(name, value)]).expect_err(value).to_string();
    for (name, value) in [
        ("PGW__ROUTES__MAIN__TIMEOUT", "15s\u{200b}"),
        ("PGW__ROUTES__MAIN__CONCURRENCY", "15\u{a0}s\u{200b}"),
    ] {
        let said = told(name, value);
        assert!(said.contains("character ") && said.contains(" is U+"), "{said}");
    }
}

#[test]
fn a_blank_that_is_taken_is_warned_of() {
    let taken = |when: &str| read(&with(&format!("when = {when}"))).expect("a text like any other").warnings;
    let warnings = taken("'organization eq \"Job\u{200b}Title\"'");
    let warnings: Vec<_> = warnings.iter().map(|warning| warning.one_line("g")).collect();
    assert_eq!(warnings, ["g:13:29: this is U+200B, which is not seen; remove it unless it is meant"]);
    let seen = r#""organization eq \"Director\u2019s’ – \u200b\"" # "#;
    assert_eq!(taken(&format!("{seen}\u{a0}")), [], "what is seen, written as an escape, or a comment");
}

#[test]
fn a_file_in_another_encoding_is_told_with_the_place() {
    let directory = tempfile::tempdir().expect("a directory");
    let path = directory.path().join("g.toml");
    let mut bytes = GOOD.as_bytes().to_vec();
    bytes.extend(b"when = 'organization eq \"N\xf6rth\"'\n");
    fs::write(&path, bytes).expect("written");
    let errors = Config::load(&path, &environment()).expect_err("not UTF-8");
    assert!(
        errors.to_string().ends_with("g.toml:13:27: the file is not UTF-8 here; save it as UTF-8"),
        "{errors}"
    );
}

#[test]
fn an_editors_marks_in_certificates_are_passed_over_or_named() {
    let directory = tempfile::tempdir().expect("a directory");
    let path = directory.path().join("ca.pem");
    let made = rcgen::generate_simple_self_signed(["x.example".to_owned()]).expect("a certificate");
    let pem = made.cert.pem();
    let read = |pem: String| {
        fs::write(&path, pem).expect("written");
        let text = with("ca_file = \"ca.pem\"");
        Config::parse("g.toml", &text, directory.path(), &environment()).map_err(|errors| errors.to_string())
    };
    assert!(read(pem.clone()).is_ok());
    assert!(read(format!("\u{feff}{pem}")).is_ok(), "a mark at the start");
    let said = read(pem.replacen("-----BEGIN", "\u{2014}--BEGIN", 1)).expect_err("a long dash");
    assert!(said.contains("line 1, column 1 of the file is U+2014, which looks like - (U+002D)"), "{said}");
}

#[test]
fn a_character_in_the_secret_of_a_webhook_is_named() {
    let said = crate::SigningSecret::parse("whsec_canary\u{200b}").expect_err("not Base64");
    assert!(said.ends_with("character 13 is U+200B, which is not seen; remove it there"), "{said}");
}
