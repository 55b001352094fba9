use super::*;
use crate::CredentialSource;

fn refused(variables: &[(&str, &str)]) -> Vec<(Place, String)> {
    let errors = read_with(GOOD, variables).expect_err("refused");
    assert!(!errors.to_string().contains("canary"), "{errors}");
    errors.mistakes.into_iter().map(|mistake| (mistake.place, mistake.sentence)).collect()
}

#[test]
fn b90_a_variable_replaces_an_option_and_is_listed() {
    let config = read_with(
        GOOD,
        &[
            ("PGW__ROUTES__MAIN__BASE_URL", "https://other.example.com"),
            ("PGW__ROUTES__MAIN__CREDENTIAL__ENV", "SECOND"),
            ("PGW__ROUTES__MAIN__CONCURRENCY", "3"),
            ("PGW__SERVER__LISTEN", "127.0.0.1:9999"),
            ("SECOND", "canary-9S"),
            ("PGW_CONFIG", "not an option"),
        ],
    )
    .expect("accepted");
    let route = &config.routes[0];
    assert_eq!((route.origin.as_str(), route.limits.concurrency), ("https://other.example.com", 3));
    assert_eq!(route.credential_source, CredentialSource::Env("SECOND".to_owned()));
    assert_eq!(config.server.listen.port(), 9999);
    let listed: Vec<_> =
        config.overrides.iter().map(|over| (over.variable.as_str(), over.option.as_str())).collect();
    assert_eq!(
        listed,
        [
            ("PGW__ROUTES__MAIN__BASE_URL", "routes.main.base_url"),
            ("PGW__ROUTES__MAIN__CONCURRENCY", "routes.main.concurrency"),
            ("PGW__ROUTES__MAIN__CREDENTIAL__ENV", "routes.main.credential.env"),
            ("PGW__SERVER__LISTEN", "server.listen"),
        ]
    );
}

#[test]
fn a_variable_stays_the_text_that_it_is() {
    let village = replaced("vendor = \"communal\"", "vendor = \"village\"");
    let config = read_with(&village, &[("PGW__ROUTES__MAIN__NETWORK_ID", "007")]).expect("accepted");
    assert_eq!(config.routes[0].account.as_deref(), Some("007"));
}

#[test]
fn a_route_may_come_from_the_environment_alone() {
    let config = read_with(
        GOOD,
        &[
            ("PGW__ROUTES__MORE__VENDOR", "usercom"),
            ("PGW__ROUTES__MORE__BASE_URL", "https://x.user.com"),
            ("PGW__ROUTES__MORE__CREDENTIAL__ENV", "MORE"),
            ("MORE", "canary"),
        ],
    )
    .expect("accepted");
    assert_eq!(config.routes[1].name, "more");
}

#[test]
fn a_variable_of_the_other_way_replaces_the_reference() {
    let text = replaced("{ env = \"TOKEN\" }", "{ file = \"missing\" }");
    assert!(read_with(&text, &[("PGW__ROUTES__MAIN__CREDENTIAL__ENV", "TOKEN")]).is_ok());
}

#[test]
fn a_mistake_of_the_environment_names_the_variable() {
    for (variable, value, fragment) in [
        ("PGW__ROUTES__MAIN__TIEMOUT", "15s", "did you mean \"timeout\"?"),
        ("PGW__SERVR__LISTEN", "x", "did you mean \"server\"?"),
        ("PGW__ROUTES__MAIN__TIMEOUT", "1h", "100ms to 60s"),
        ("PGW__ROUTES__MAIN__BASE_URL", "http://canary.example.com", "https://"),
        ("PGW__ROUTES__MAIN__CREDENTIAL", "canary", "is a table"),
        ("PGW__ROUTES__MAIN__CREDENTIAL__ENV", "UNSET", "UNSET is not set"),
        ("PGW__ROUTES__MAIN__CONCURRENCY", "canary", "whole number"),
        ("PGW__ROUTES__MAIN__CONCURRENCY", "0", "from 1 to 1024"),
        ("PGW__ROUTES__MAIN__WHEN", "titel pr", "did you mean \"title\"?"),
        ("PGW__ROUTES__MAIN__FIELDS__EMAIL", "false", "in the file alone"),
        ("PGW__KEYS__0__NAME", "x", "in the file alone"),
        ("PGW__OPERATOR__HOSTS", "ops.example.com", "in the file alone"),
        ("PGW__ROUTES__MAIN", "canary", "is a table"),
        ("PGW__ROUTES__", "canary", "is a table"),
        ("PGW__", "canary", "there is no option"),
        ("PGW__SERVER__LISTEN__PORT", "canary", "there is no option \"port\""),
    ] {
        let found = refused(&[(variable, value)]);
        assert_eq!(found.len(), 1, "{variable}: {found:?}");
        assert_eq!(found[0].0, Place::Variable(variable.to_owned()), "{found:?}");
        assert!(found[0].1.contains(fragment), "{variable}: {found:?}");
    }
}

#[test]
fn mistakes_of_several_variables_come_in_one_run() {
    let found = refused(&[("PGW__SERVER__LISTEN", "x"), ("PGW__LOG__LEVEL", "x"), ("PGW__LOG__LEVLE", "x")]);
    assert_eq!(found.len(), 3, "{found:?}");
}

#[test]
fn the_environment_shows_no_value() {
    assert!(!format!("{:?}", environment()).contains("canary"));
}
