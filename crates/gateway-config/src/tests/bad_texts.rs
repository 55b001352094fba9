use super::*;

#[test]
fn b71_a_misspelt_option_is_answered_with_the_one_that_exists() {
    assert_refused(&with("tiemout = \"15s\""), 13, 1, "did you mean \"timeout\"?");
    assert_refused(&with("[servr]\nlisten = \"x\""), 13, 2, "did you mean \"server\"?");
    assert_refused(&with("[server]\nlissten = \"x\""), 14, 1, "did you mean \"listen\"?");
    assert_refused(&replaced("name =", "nmae = \"x\"\nname ="), 5, 1, "did you mean \"name\"?");
    assert_refused(&with("fields = { fone_number = \"x\" }"), 13, 12, "did you mean \"phone_number\"?");
    assert_refused(&with("fields = { city = \"x\" }"), 13, 12, "did you mean \"address.locality\"?");
    assert_refused(&with("fields.address.localty = \"x\""), 13, 16, "did you mean \"address.locality\"?");
    assert_refused(&with("fields.title.too = \"x\""), 13, 14, "did you mean \"to\"?");
    assert_refused(&with("fields.custom.Tier = \"x\""), 13, 15, "custom key");
    assert_refused(&with("zzz = 1"), 13, 1, "there are vendor, base_url");
}

#[test]
fn b72_a_route_is_written_once() {
    assert_refused(&with("[routes.main]\nvendor = \"communal\""), 13, 9, "this is not TOML: duplicate key");
}

#[test]
fn b87_texts_that_are_no_configuration_are_refused() {
    for text in ["", " \n\n"] {
        let found = mistakes(text);
        assert!(found[0].sentence.contains("empty") && found[0].place == Place::File);
    }
    assert!(mistakes(&"#".repeat(1024 * 1024 + 1))[0].sentence.contains("1 MiB"));
    let yaml = "server: &a\n  listen: *a\n";
    assert!(mistakes(yaml)[0].sentence.contains("not TOML"));
    let deep = format!("x = {}{}", "[".repeat(5_000), "]".repeat(5_000));
    assert!(mistakes(&deep)[0].sentence.contains("not TOML"));
    let deep = format!("x{} = 1", ".x".repeat(5_000));
    assert!(mistakes(&deep)[0].sentence.contains("not TOML"));
}

#[test]
fn a_comment_alone_lacks_a_store_and_a_key() {
    let sentences: Vec<_> = mistakes("# nothing").into_iter().map(|mistake| mistake.sentence).collect();
    assert_eq!(sentences.len(), 2, "{sentences:?}");
    assert!(sentences.iter().any(|text| text.contains("key new")));
    assert!(sentences.iter().any(|text| text.contains("sqlite")));
}

#[test]
fn a_syntax_error_has_a_place_and_shows_no_line() {
    let text = with("credential2 = \"canary\nnext = 1");
    let found = mistakes(&text);
    assert_eq!(found[0].place, Place::At { line: 13, column: 22 }, "{found:?}");
    assert!(found[0].shown.is_none());
}

#[test]
fn values_of_a_wrong_type_are_all_reported() {
    let text =
        with("concurrency = \"three\"\ntimeout = 15\nwhen = [\"canary\"]\nplain_http = \"yes\"\nfields = 7");
    let found: Vec<_> =
        mistakes(&text).into_iter().map(|mistake| (mistake.place, mistake.sentence)).collect();
    let expected = [
        (13, 15, "this takes a whole number without quotes"),
        (14, 11, "this takes a text in quotes"),
        (15, 8, "this takes a text in quotes"),
        (16, 14, "this takes true or false"),
        (17, 10, "this takes a table of leaves"),
    ];
    let expected =
        expected.map(|(line, column, text)| (Place::At { line, column }, text.to_owned())).to_vec();
    assert_eq!(found, expected);
}

#[test]
fn mistakes_of_every_kind_come_in_one_run_in_the_order_of_lines() {
    let text = replaced("\"crm\"", "\"CRM\"") + "timeout = \"1h\"\nconcurrency = 0\nsubject = \"uid\"\n";
    let lines: Vec<_> = mistakes(&text)
        .into_iter()
        .map(|mistake| match mistake.place {
            Place::At { line, .. } => line,
            place => panic!("{place:?}"),
        })
        .collect();
    assert_eq!(lines, [5, 13, 14, 15]);
}

#[test]
fn columns_count_characters() {
    let found = mistakes(&with("fields = { nickname = \"é\", title = \"é\", zzz = 1 }"));
    assert!(found.iter().any(|mistake| {
        mistake.place == Place::At { line: 13, column: 41 } && mistake.sentence.contains("not a leaf")
    }));
}

#[test]
fn names_types_and_values_that_are_wrong_come_in_one_run() {
    let text = replaced("\"crm\"", "\"CRM\"").replace("env = \"TOKEN\"", "file = \"nowhere\"")
        + "tiemout = \"15s\"\nconcurrency = \"many\"\nsubject = \"uid\"\n";
    let found = mistakes(&text);
    for fragment in ["lower-case", "No such file or directory", "timeout", "whole number", "no such choice"] {
        assert!(found.iter().any(|mistake| mistake.sentence.contains(fragment)), "{fragment}: {found:#?}");
    }
    assert_eq!(found.len(), 5, "{found:#?}");
}

#[test]
fn what_the_system_says_of_a_file_is_told_in_its_words_alone() {
    let directory = tempfile::tempdir().expect("a directory");
    let missing = Config::load(&directory.path().join("nowhere.toml"), &environment()).expect_err("no file");
    let text = replaced("env = \"TOKEN\"", "file = \"none\"") + "ca_file = \"nowhere.pem\"\n";
    let named = Config::parse("g", &text, directory.path(), &environment()).expect_err("no files");
    for (told, times) in [(missing.to_string(), 1), (named.to_string(), 2)] {
        assert_eq!(told.matches("No such file or directory").count(), times, "{told}");
        assert!(!told.contains("os error") && !told.contains("NotFound"), "{told}");
    }
}

#[test]
fn mistakes_in_several_files_come_in_one_run_with_all_others() {
    let directory = tempfile::tempdir().expect("a directory");
    std::fs::write(directory.path().join("ca.pem"), "no certificate").expect("written");
    let webhook = "[[webhooks]]\nname = \"Pager\"\nurl = \"http://hooks.example.com\"\nca_file = \"nowhere.pem\"\n\
                   secret = { file = \"no_secret\" }\nprevious_secret = { env = \"GONE\" }\n\n[routes.main]";
    let text = replaced("\"crm\"", "\"CRM\"").replace("[routes.main]", webhook);
    let text =
        text.replace("getcommunal.com", "getcommunal.com/api").replace("env = \"TOKEN\"", "file = \"none\"")
            + "ca_file = \"ca.pem\"\nfields = { title = \"nothing\" }\n";
    let errors = Config::parse("g", &text, directory.path(), &environment()).expect_err("refused");
    let found: Vec<_> = errors.mistakes.iter().map(|mistake| mistake.one_line("g")).collect();
    let expected = [
        "lower-case",
        "lower-case",
        "url must start with https",
        "No such file",
        "No such file",
        "GONE is not set",
        "write \"https://api.getcommunal.com\"",
        "No such file",
        "one valid certificate",
        "no field",
    ];
    assert_eq!(found.len(), expected.len(), "{found:#?}");
    for (found, expected) in found.iter().zip(expected) {
        assert!(found.contains(expected), "{expected}: {found}");
    }
}

#[test]
fn a_mistake_is_shown_in_its_line() {
    let errors = read(&with("timeout = \"1h\" # canary")).expect_err("refused");
    assert_eq!(errors.to_string(), "gateway.toml:13:11: write a timeout of 100ms to 60s, such as \"15s\"");
    let shown = errors.render(super::super::Style::Plain);
    assert!(shown.contains("13 | timeout = \"1h\" …"), "{shown}");
    assert!(shown.contains("^^^^"), "{shown}");
    assert!(!shown.contains("canary"), "{shown}");
}

#[test]
fn keys_are_checked() {
    let hash = "hash = \"sha256:1111111111111111111111111111111111111111111111111111111111111111\"";
    assert_refused(&replaced("\"crm\"", "\"C R M\""), 5, 8, "lower-case letters");
    assert_refused(&replaced("\"crm\"", "\"gateway\""), 5, 8, "give the key another name");
    assert_refused(&replaced("name = \"crm\"\n", ""), 4, 1, "needs a name");
    assert_refused(&replaced(hash, "hash = \"canary\""), 6, 8, "64 hexadecimal digits");
    assert_refused(&replaced(hash, "hash = \"sha256:canary\""), 6, 8, "64 hexadecimal digits");
    assert_refused(&replaced("\"read\"]", "\"reed\"]"), 7, 21, "did you mean \"read\"?");
    assert_refused(&replaced("[\"update\", \"read\"]", "[]"), 7, 10, "at least one of");
    assert_refused(
        &replaced(
            "[store]",
            "[[keys]]\nname = \"crm\"\nhash = \"sha256:2222222222222222222222222222222222222222222222222222222222222222\"\nscopes = [\"read\"]\nrate = \"x\"\n[store]",
        ),
        5,
        8,
        "write a rate",
    );
    let second = "[[keys]]\nname = \"crm\"\nscopes = [\"read\"]\n";
    let text = replaced("[routes.main]", &format!("{second}{hash}\n[routes.main]"));
    let found = mistakes(&text);
    assert_eq!(found.len(), 1, "two keys may have one name, but not one hash");
    assert!(found[0].sentence.contains("has this hash"));
    let start = GOOD.find("[[keys]]").expect("keys");
    let end = GOOD.find("[routes").expect("routes");
    let without = format!("{}{}", &GOOD[..start], &GOOD[end..]);
    assert!(mistakes(&without)[0].sentence.contains("no key is configured"));
}

#[test]
fn listeners_store_and_log_are_checked() {
    for (lines, column, fragment) in [
        ("[server]\nlisten = \"localhost:8080\"", 10, "an address and a port"),
        ("[server]\nlisten = \"127.0.0.1\"", 10, "an address and a port"),
        ("[server]\nworkers = 0", 11, "from 1 to 256"),
        ("[server]\nmax_connections = -1", 19, "from 1 to"),
        ("[server]\ndefault_country = \"CAN\"", 19, "alpha-2"),
        ("[operator]\nlisten = \"127.0.0.1:8080\"", 10, "a port of their own"),
        ("[operator]\nhosts = [\"ops.example.com\", \"https://ops\"]", 29, "the name of a host alone"),
        ("[operator]\nhosts = [\"Ops.example.com\"]", 10, "in lower case"),
        ("[log]\nlevel = \"inof\"", 9, "did you mean \"info\"?"),
        ("[log]\nformat = \"xml\"", 10, "write \"json\" or \"text\""),
    ] {
        assert_refused(&with(lines), 14, column, fragment);
    }
    assert_refused(&replaced("gateway.db", ":memory:"), 2, 10, "in memory");
    assert_refused(&replaced("\"gateway.db\"", "\"g.db\"\nidempotency_ttl = \"1h\""), 3, 19, "24h");
    let short = "\"g.db\"\nidempotency_ttl = \"20d\"\nupdate_retention = \"10d\"";
    assert_refused(&replaced("\"gateway.db\"", short), 3, 19, "as long as its update is kept");
    assert_refused(&replaced("\"gateway.db\"", "\"g.db\"\nupdate_retention = \"1s\""), 3, 20, "1d to 3650d");
    assert_refused(&replaced("sqlite = \"gateway.db\"\n", ""), 1, 2, "name the file");
}

#[test]
fn a_text_damaged_anywhere_is_answered_and_shows_no_secret() {
    let text = with(
        "when = 'organization eq \"Nörth\"'\nfields = { address.locality = \"profile_city\" }\ntoken = \"canary-7Q\"",
    );
    let places: Vec<usize> = text.char_indices().map(|(at, _)| at).collect();
    for &at in &places {
        for insert in ["", "é", "\"", "[", "\n", "= ", "\\u00e9"] {
            let (before, after) = text.split_at(at);
            let after: String = after.chars().skip(1).collect();
            let damaged = format!("{before}{insert}{after}");
            if let Err(errors) = read(&damaged) {
                let shown = format!("{errors}{errors:?}{}", errors.render(super::super::Style::Plain));
                assert!(!shown.contains("canary-7Q"), "{damaged}\n{shown}");
            }
        }
    }
}
