//! The schema takes what the configuration takes, and refuses what a file by itself shows to be wrong.

use std::sync::OnceLock;

use jsonschema::Validator;
use serde_json::Value as JsonValue;

use super::*;

/// What no schema can know, by what is said of it: what stands elsewhere, what has a grammar of its own, what two options have to do with
/// each other, and what vendors have.
const BEYOND: &[&str] = &[
    // Secrets and files.
    "a secret of its own",
    "is not set",
    "the secret itself",
    "cannot be read",
    "is empty; set the secret",
    "line break",
    "openssl rand",
    // Filters and regular expressions.
    "did you mean \"organization\"?",
    "no part of a filter",
    "does not belong here",
    "regular expression",
    // Addresses.
    "is refused: ",
    "begins with; write",
    // Two options.
    "a port of their own",
    "has this hash",
    "as long as its update is kept",
    "another webhook has this name",
    // What vendors have.
    "has no field",
    "both go to",
    "cannot be left out",
    "sent to no vendor",
    "mapped twice",
    "it names the person",
    "write that as the value",
    "an empty text is none",
    "characters at most; write",
    "turns true and false around",
    "not both",
    "goes to one place alone",
    "names the person at",
];

fn validator() -> &'static Validator {
    static VALIDATOR: OnceLock<Validator> = OnceLock::new();
    VALIDATOR.get_or_init(|| {
        let schema: JsonValue = serde_json::from_str(&crate::schema()).expect("JSON");
        jsonschema::validator_for(&schema).expect("a schema")
    })
}

/// What the schema says against a file; none where the file is no TOML.
fn faults(text: &str) -> Option<Vec<String>> {
    let file: JsonValue = toml::from_str(text).ok()?;
    Some(validator().iter_errors(&file).map(|error| format!("{}: {error}", error.instance_path())).collect())
}

/// Fails unless the schema takes a file.
#[track_caller]
pub(super) fn assert_taken(text: &str) {
    let faults = faults(text).expect("TOML");
    assert!(faults.is_empty(), "the schema refuses what is right:\n{text}\n{faults:#?}");
}

/// Fails unless the schema refuses a file, or none of its mistakes is one that a schema can know.
#[track_caller]
pub(super) fn assert_refused(text: &str, errors: &ConfigErrors) {
    let known = |mistake: &&Mistake| !BEYOND.iter().any(|fragment| mistake.sentence.contains(fragment));
    let Some(mistake) = errors.mistakes.iter().find(known) else { return };
    let refused = faults(text).is_none_or(|faults| !faults.is_empty());
    assert!(refused, "the schema takes what is wrong, {}:\n{text}", mistake.sentence);
}

#[test]
fn what_an_editor_can_know_to_be_wrong_the_schema_refuses() {
    let village = replaced("\"communal\"", "\"village\"");
    for (text, at) in [
        (with("rate = \"x/s\""), "/routes/main/rate"),
        (with("rate = \"0/s\""), "/routes/main/rate"),
        (with("[alerts]\nbacklog_age = \"1s\""), "/alerts/backlog_age"),
        (replaced("routes.main", "routes.Village"), "/routes"),
        (
            with(
                "[[webhooks]]\nname = \"a\"\nurl = \"https://x.org\"\nsecret = { env = \"A\" }\nevents = [\"route.pausd\"]",
            ),
            "/webhooks/0/events/0",
        ),
        (replaced("\"communal\"", "\"usercom\"") + "network_id = \"n1\"\n", "/routes/main/network_id"),
        (replaced("vendor = \"communal\"\n", ""), "/routes/main"),
        (village.clone(), "/routes/main"),
        (with("fields = { fone_number = \"x\" }"), "/routes/main/fields"),
    ] {
        let found = faults(&text).expect("TOML");
        assert!(found.iter().any(|fault| fault.starts_with(&format!("{at}: "))), "{text}\n{found:#?}");
    }
}

#[test]
fn rates_numbers_and_urls_at_their_edges_are_as_the_configuration_has_them() {
    let rates = [
        "5/s",
        "0.5/s",
        ".5/s",
        "5./s",
        "100000/s",
        "100000.0/s",
        "100001/s",
        "100000.1/s",
        "1.2.3/s",
        "./s",
        "0.001/s",
        "0.0009/s",
        "0.0010/s",
        "00005/s",
        "5/m",
        "+5/s",
        " 5/s",
        "unlimited",
        "Unlimited",
    ];
    let rates = rates.map(|rate| with(&format!("rate = \"{rate}\"")));
    let numbers = ["0", "1", "1024", "1025"].map(|number| with(&format!("concurrency = {number}")));
    let urls = [
        "https://x.org/",
        "https://x.org:8443/a/b",
        "HTTPS://x.org",
        "http://x.org",
        "https://x.org.",
        "https://x.org./a",
        "https://u@x.org",
        "https://x.org/a@b",
        "https://x.org?a",
        "https://[2600::1]/",
        "https://x org",
    ];
    let urls = urls.map(|url| replaced("https://api.getcommunal.com", url));
    let names =
        ["a", "a_1", "a-1", "gateway", "signal", "gateways", "A", "1a"].map(|name| replaced("crm", name));
    for text in rates.into_iter().chain(numbers).chain(urls).chain(names) {
        let taken = Config::parse("gateway.toml", &text, Path::new("/nowhere"), &environment()).is_ok();
        assert_eq!(faults(&text).is_some_and(|faults| faults.is_empty()), taken, "{text}");
    }
}
