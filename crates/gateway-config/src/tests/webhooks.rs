use std::time::Duration;

use delivery::event::EventKind;

use super::*;
use crate::ConfigDiff;

const WEBHOOK: &str = r#"[[webhooks]]
name = "pager"
url = "https://hooks.example.com/canary-path"
secret = { env = "HOOK" }

[routes.main]
"#;

const SECRETS: &[(&str, &str)] = &[
    ("HOOK", "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw"),
    ("NEXT_HOOK", "whsec_AAECAwQFBgcICQoLDA0ODxAREhMUFRYXGBkaGxwdHh8="),
    ("NO_HOOK", "canary-7Q"),
];

/// `GOOD` with a webhook in the lines 9 to 12, changed in one place.
fn hooked(from: &str, to: &str) -> String {
    assert!(WEBHOOK.contains(from), "{from}");
    replaced("[routes.main]\n", &WEBHOOK.replace(from, to))
}

fn assert_webhook_refused(text: &str, line: usize, column: usize, fragment: &str) {
    let errors = read_with(text, SECRETS).expect_err(text);
    for shown in [errors.to_string(), errors.render(super::super::Style::Plain), format!("{errors:?}")] {
        assert!(!shown.contains("canary"), "a secret is shown: {shown}");
    }
    super::schema::assert_refused(text, &errors);
    let [mistake] = errors.mistakes.as_slice() else { panic!("{text}\n{errors}") };
    assert!(mistake.sentence.contains(fragment), "{mistake:#?}");
    assert_eq!(mistake.place, Place::At { line, column }, "{mistake:#?}");
}

#[test]
fn a_webhook_is_read_and_shows_neither_its_path_nor_its_secret() {
    let config = read_with(&hooked("pager", "pager"), SECRETS).expect("right");
    let [webhook] = config.webhooks.as_slice() else { panic!("{config:?}") };
    assert_eq!((webhook.name.as_str(), webhook.origin.as_str()), ("pager", "https://hooks.example.com"));
    assert_eq!((webhook.events.len(), webhook.secrets.len()), (EventKind::all().len(), 1));
    assert!(!format!("{config:?}").contains("canary"));
    assert_eq!((config.alerts.blocked_lanes, config.alerts.backlog_age), (100, Duration::from_secs(900)));
    let two = hooked(
        "secret = { env = \"HOOK\" }",
        "secret = { env = \"NEXT_HOOK\" }\nprevious_secret = { env = \"HOOK\" }\nevents = [\"route.paused\"]",
    );
    super::schema::assert_taken(&two);
    let two = read_with(&two, SECRETS).expect("right").webhooks.remove(0);
    assert_eq!((two.secrets.len(), two.events.len()), (2, 1));
    assert!(two.secrets[1] == webhook.secrets[0]);
}

#[test]
fn mistakes_of_a_webhook_have_their_place() {
    let refused = assert_webhook_refused;
    refused(&hooked("name = \"pager\"\n", ""), 9, 1, "needs a name");
    refused(&hooked("\"pager\"", "\"Pager\""), 10, 8, "lower-case letters");
    refused(
        &hooked("https://hooks.example.com/canary-path", "http://hooks.example.com/"),
        11,
        7,
        "url must start with https://",
    );
    refused(&hooked("hooks.example.com", "127.0.0.1"), 11, 7, "network = \"loopback\"");
    refused(&hooked("hooks.example.com", "169.254.169.254"), 11, 7, "metadata");
    refused(&hooked("canary-path", "?token=canary"), 11, 7, "url must not contain a query");
    refused(&hooked("{ env = \"HOOK\" }", "\"canary\""), 12, 10, "does not stand in the configuration");
    refused(&hooked("secret = { env = \"HOOK\" }\n", ""), 9, 1, "needs secret");
    refused(&hooked("\"HOOK\"", "\"NO_HOOK\""), 12, 18, "openssl rand");
    refused(&hooked("\"HOOK\"", "\"MISSING\""), 12, 18, "MISSING is not set");
    refused(
        &hooked("name =", "events = [\"route.pausd\"]\nname ="),
        10,
        11,
        "did you mean \"route.paused\"?",
    );
    refused(&hooked("name =", "events = []\nname ="), 10, 10, "told nothing");
    refused(&hooked("name =", "network = \"home\"\nname ="), 10, 11, "public");
    refused(&hooked("name =", "uri = \"x\"\nname ="), 10, 1, "did you mean \"url\"?");
    let twice = WEBHOOK.replace("\n[routes.main]\n", "");
    refused(
        &replaced("[routes.main]\n", &format!("{twice}{WEBHOOK}")),
        14,
        8,
        "another webhook has this name",
    );
}

#[test]
fn thresholds_are_checked() {
    for (lines, column, fragment) in [
        ("[alerts]\nblocked_lanes = 0", 17, "from 1 to"),
        ("[alerts]\nkept_users = 0", 14, "from 1 to"),
        ("[alerts]\nbacklog_age = \"5s\"", 15, "1m to 30d"),
        ("[alerts]\nbacklog_age = 900", 15, "a text in quotes"),
    ] {
        assert_refused(&replaced("[store]", &format!("{lines}\n[store]")), 2, column, fragment);
    }
}

#[test]
fn a_webhook_that_differs_is_named() {
    let before = read_with(&hooked("pager", "pager"), SECRETS).expect("right");
    let sentences =
        |text: &str| ConfigDiff::between(&before, &read_with(text, SECRETS).expect(text)).sentences();
    assert!(sentences(&hooked("pager", "pager")).is_empty());
    assert_eq!(sentences(&hooked("\"HOOK\"", "\"NEXT_HOOK\"")), ["the webhook pager differs"]);
    assert_eq!(sentences(&hooked("canary-path", "other")), ["the webhook pager differs"]);
    assert_eq!(
        sentences(&hooked("pager", "other")),
        ["the webhook other is new", "the webhook pager is removed"]
    );
    assert_eq!(
        sentences(&format!("[alerts]\nblocked_lanes = 7\n{GOOD}")),
        ["the webhook pager is removed", "alerts.blocked_lanes 100 → 7"]
    );
    let kept = sentences(&format!("[alerts]\nkept_users = 50\n{GOOD}"));
    assert_eq!(kept, ["the webhook pager is removed", "alerts.kept_users unset → 50"]);
}
