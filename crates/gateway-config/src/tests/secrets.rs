use std::{
    fs,
    os::unix::fs::{PermissionsExt, symlink},
    path::Path,
};

use super::*;

const CREDENTIAL: &str = "{ env = \"TOKEN\" }";

fn credential(value: &str) -> String {
    replaced(CREDENTIAL, value)
}

#[test]
fn b79_a_secret_in_the_file_is_refused_and_not_repeated() {
    assert_refused(&credential("\"canary-7Q\""), 12, 14, "does not stand in the configuration");
    assert_refused(&credential("{ value = \"canary-7Q\" }"), 12, 16, "there are env, file");
    assert_refused(&credential("{ env = \"canary-7Q\" }"), 12, 22, "not the secret itself");
    assert_refused(&credential("{ file = \"canary-7Q\" }"), 12, 23, "cannot be read");
    assert_refused(&with("token = \"canary-7Q\""), 13, 1, "there is no option \"token\"");
    assert_refused(&credential("[\"canary-7Q\"]"), 12, 14, "{ env = \"NAME\" }");
    // A secret on the same line as another mistake.
    for text in [
        credential("{ value = \"canary\", env = 7 }"),
        with("fields = { token = \"canary\", nickname = 7 }"),
        with("token = { a = [\"canary\"] }\ntimeout = 15 # canary"),
    ] {
        assert_eq!(mistakes(&text).len(), 2, "{text}");
    }
}

#[test]
fn a_reference_names_one_place() {
    assert_refused(&credential("{}"), 12, 14, "write { env");
    assert_refused(&credential("{ env = \"TOKEN\", file = \"x\" }"), 12, 14, "not both");
    assert_refused(&replaced("credential = { env = \"TOKEN\" }\n", ""), 9, 9, "needs credential");
}

#[test]
fn b81_a_secret_that_cannot_be_sent_is_refused() {
    assert_refused(&credential("{ env = \"MISSING\" }"), 12, 22, "MISSING is not set");
    assert_refused(&credential("{ env = \"EMPTY_TOKEN\" }"), 12, 22, "empty");
    assert_refused(&credential("{ env = \"BROKEN_TOKEN\" }"), 12, 22, "line break");
    let errors = read_with(&credential("{ env = \"T\" }"), &[("T", "sécret")]).expect_err("not ASCII");
    assert!(errors.to_string().contains("outside ASCII"), "{errors}");
}

#[test]
fn what_an_editor_puts_into_a_file_is_passed_over_or_named() {
    let directory = tempfile::tempdir().expect("a directory");
    let secret = |bytes: &[u8]| {
        write(&directory.path().join("secret"), bytes, 0o600);
        read_file(directory.path(), "secret").map(|_| ()).map_err(|errors| errors.to_string())
    };
    assert_eq!(secret(b"\xef\xbb\xbfcanary-7Q\n"), Ok(()));
    for (text, told) in [
        ("canary\u{200b}-7Q", "character 7 of the credential is U+200B"),
        ("\u{201c}canary-7Q\u{201d}", "character 1 of the credential is U+201C"),
        ("canary-7Q\u{a0}\n", "character 10 of the credential is U+00A0"),
    ] {
        let said = secret(text.as_bytes()).expect_err(text);
        assert!(said.contains(told) && !said.contains("canary"), "{said}");
    }
    let text = format!("\u{feff}{}", credential("{ env = \"TOKEN\" }"));
    let path = directory.path().join("g.toml");
    fs::write(&path, text).expect("written");
    assert!(Config::load(&path, &environment()).is_ok(), "a mark before the configuration");
}

fn write(path: &Path, text: &[u8], mode: u32) {
    fs::write(path, text).expect("written");
    fs::set_permissions(path, fs::Permissions::from_mode(mode)).expect("a mode");
}

fn read_file(directory: &Path, file: &str) -> Result<Config, ConfigErrors> {
    let text = credential(&format!("{{ file = \"{file}\" }}"));
    Config::parse("g.toml", &text, directory, &environment())
}

#[test]
fn b80_a_secret_file_is_a_private_file_with_one_secret() {
    let outer = tempfile::tempdir().expect("a directory");
    let inner = outer.path().join("secrets");
    fs::create_dir_all(inner.join("version1")).expect("directories");
    write(&outer.path().join("outside"), b"canary", 0o600);
    write(&inner.join("good"), b"canary-7Q\n", 0o600);
    write(&inner.join("windows"), b"canary-7Q\r\n", 0o400);
    write(&inner.join("empty"), b"\n", 0o600);
    write(&inner.join("two_lines"), b"canary\ncanary\n", 0o600);
    write(&inner.join("two_ends"), b"canary\n\n", 0o600);
    write(&inner.join("binary"), b"\xff\xfe", 0o600);
    write(&inner.join("group"), b"canary", 0o640);
    write(&inner.join("world"), b"canary", 0o604);
    write(&inner.join("large"), &[b'x'; 5000], 0o600);
    write(&inner.join("version1/token"), b"canary", 0o600);
    symlink("../outside", inner.join("link_out")).expect("a link");
    symlink("version1/token", inner.join("link_in")).expect("a link");
    let made = std::process::Command::new("mkfifo").arg(inner.join("pipe")).status().expect("mkfifo");
    assert!(made.success());
    fs::set_permissions(inner.join("pipe"), fs::Permissions::from_mode(0o600)).expect("a mode");
    for good in ["good", "windows", "link_in"] {
        assert!(read_file(&inner, good).is_ok(), "{good}");
    }
    for (file, fragment) in [
        ("missing", "cannot be read"),
        ("missing", &format!("relative paths begin at {}", inner.display())),
        ("empty", "empty"),
        ("two_lines", "line break"),
        ("two_ends", "line break"),
        ("binary", "ASCII"),
        ("group", "chmod 600"),
        ("world", "chmod 600"),
        ("large", "larger than 4 KiB"),
        ("link_out", "link out of its directory"),
        ("pipe", "a pipe or a device"),
        ("version1", "a directory"),
    ] {
        let errors = read_file(&inner, file).expect_err(file);
        let text = errors.to_string();
        assert!(text.starts_with("g.toml:12:23: ") && text.contains(fragment), "{file}: {text}");
        assert!(!format!("{}{errors:?}", errors.render(super::super::Style::Plain)).contains("canary"));
    }
}

#[test]
fn b87_the_configuration_itself_is_a_regular_file_of_at_most_1_mib() {
    let directory = tempfile::tempdir().expect("a directory");
    let path = directory.path().join("g.toml");
    let load = |path: &Path| Config::load(path, &environment()).expect_err("refused").to_string();
    assert!(load(&path).contains("cannot be read"));
    assert!(load(directory.path()).contains("a directory"));
    fs::File::create(&path).and_then(|file| file.set_len(100 * 1024 * 1024)).expect("a sparse file");
    assert!(load(&path).contains("larger than 1024 KiB"));
    fs::write(&path, b"\xff").expect("written");
    assert!(load(&path).contains("UTF-8"));
    fs::write(&path, GOOD).expect("written");
    let config = Config::load(&path, &environment()).expect("the good file");
    assert_eq!(config.store.sqlite, directory.path().join("gateway.db"));
}

#[test]
fn what_a_container_can_do_about_a_mounted_secret_and_a_proxy_that_is_not_used_are_told() {
    let directory = tempfile::tempdir().expect("a directory");
    let file = directory.path().join("token");
    fs::write(&file, "canary-7Q").expect("written");
    let mode = |mode| fs::set_permissions(&file, fs::Permissions::from_mode(mode)).expect("a mode");
    mode(0o444);
    let text = replaced(CREDENTIAL, "{ file = \"token\" }");
    let read =
        |environment: &Environment| Config::parse("gateway.toml", &text, directory.path(), environment);
    let refused = read(&environment()).expect_err("others may read it").to_string();
    assert!(refused.contains("chmod 600") && refused.contains("defaultMode: 0400"), "{refused}");
    mode(0o400);
    for name in ["HTTPS_PROXY", "http_proxy", "HTTP_PROXY", "ALL_PROXY"] {
        let proxied: Environment = [(name, "http://canary:1@proxy:3128")].into_iter().collect();
        let warnings = read(&proxied).expect("taken").warnings;
        let told = warnings.iter().map(|warning| warning.one_line("g")).collect::<Vec<_>>().join("\n");
        assert!(told.contains(name) && told.contains("not used") && !told.contains("canary"), "{told}");
    }
    let text = text.replace("gateway.db", "data/gateway.db");
    let config = Config::parse("gateway.toml", &text, directory.path(), &environment()).expect("taken");
    let told = |warning: &Mistake| warning.sentence.contains("folder of the database does not exist");
    assert!(config.warnings.iter().any(told), "{:#?}", config.warnings);
}

#[test]
fn a_file_that_others_can_read_is_taken_where_that_is_said() {
    let directory = tempfile::tempdir().expect("a directory");
    let file = directory.path().join("token");
    fs::write(&file, "canary-7Q").expect("written");
    let reference = "{ file = \"token\", readable_by_others = true }";
    let read = |mode, reference: &str| {
        fs::set_permissions(&file, fs::Permissions::from_mode(mode)).expect("a mode");
        Config::parse("g", &credential(reference), directory.path(), &environment())
    };
    for mode in [0o444, 0o644, 0o440, 0o400, 0o600] {
        let config = read(mode, reference).expect("taken");
        schema::assert_taken(&credential(reference));
        let warned: Vec<_> = config.warnings.iter().map(|warning| warning.one_line("g")).collect();
        assert_eq!(warned.len(), 1, "{warned:?}");
        assert!(warned[0].starts_with("g:12:53: the secret is taken although others may read"), "{warned:?}");
        // It is read again under the same rule.
        let route = &config.routes[0];
        let again = route.credential_source.read_again(directory.path(), route.readable_by_others);
        assert!(again.is_ok_and(|again| again.is_some()), "{mode:o}");
    }
    for mode in [0o666, 0o620, 0o602] {
        let said = read(mode, reference).expect_err("others can write it").to_string();
        assert!(said.contains("others may write") && !said.contains("canary"), "{said}");
    }
    let said =
        read(0o444, "{ file = \"token\", readable_by_others = false }").expect_err("others can read it");
    assert!(said.to_string().contains("readable_by_others = true"), "{said}");
    assert_refused(
        &credential("{ env = \"TOKEN\", readable_by_others = true }"),
        12,
        52,
        "remove it beside env",
    );
    let (before, after) = (read(0o400, "{ file = \"token\" }"), read(0o400, reference));
    let diff = super::super::ConfigDiff::between(&before.expect("taken"), &after.expect("taken"));
    assert!(diff.sentences()[0].contains("readable_by_others unset → true"), "{diff}");
}
