use canonical::Leaf;

use super::*;
use crate::ConfigDiff;

fn diff(text: &str) -> ConfigDiff {
    ConfigDiff::between(&good(), &read(text).expect(text))
}

#[test]
fn equal_configurations_do_not_differ() {
    assert!(diff(GOOD).is_empty());
}

#[test]
fn routes_come_and_go() {
    let diff = diff(&replaced("routes.main", "routes.other"));
    assert_eq!((diff.added, diff.removed), (vec!["other".to_owned()], vec!["main".to_owned()]));
    assert!(diff.changed.is_empty());
}

#[test]
fn a_dropped_mapping_needs_confirmation() {
    let change = diff(&with("fields = { nickname = false }")).changed.remove(0);
    assert_eq!(change.dropped_leaves, [Leaf::Nickname]);
    assert!(change.mapping && change.needs_confirmation() && !change.needs_new_name());
}

#[test]
fn another_host_needs_confirmation_and_another_path_does_not() {
    let change = diff(&replaced("api.getcommunal", "eu.getcommunal")).changed.remove(0);
    assert_eq!(change.origin.as_ref().map(|(_, new)| new.as_str()), Some("https://eu.getcommunal.com"));
    assert!(change.needs_confirmation() && !change.mapping);
    let change = diff(&replaced(".com", ".com/v2")).changed.remove(0);
    assert_eq!(
        change.to_string(),
        "route main changes base_url https://api.getcommunal.com → https://api.getcommunal.com/v2"
    );
    assert!(!change.needs_confirmation());
    let change = diff(&replaced("api.getcommunal.com", "eu.getcommunal.com/v2")).changed.remove(0);
    assert_eq!(
        change.to_string(),
        "route main goes from https://api.getcommunal.com to https://eu.getcommunal.com/v2 (a reload needs --confirm)"
    );
}

#[test]
fn another_vendor_subject_or_network_is_another_route() {
    let usercom = replaced("\"communal\"", "\"usercom\"");
    assert!(diff(&usercom).changed[0].needs_new_name());
    let custom = usercom.clone() + "subject = \"custom_id\"\n";
    let change =
        ConfigDiff::between(&read(&usercom).expect("a"), &read(&custom).expect("b")).changed.remove(0);
    assert_eq!(change.subject_kind, Some(("id", "custom_id")));
    assert!(change.needs_new_name() && change.vendor.is_none());
    let village = |network: &str| {
        read(&replaced("\"communal\"", &format!("\"village\"\nnetwork_id = \"{network}\""))).expect("village")
    };
    assert!(ConfigDiff::between(&village("n1"), &village("n2")).changed[0].needs_new_name());
}

#[test]
fn limits_credentials_and_keys_may_change() {
    let change = diff(&with("timeout = \"20s\"")).changed.remove(0);
    assert!(!change.needs_confirmation() && !change.mapping);
    let change = diff(&replaced("\"TOKEN\"", "\"OTHER_TOKEN\"")).changed.remove(0);
    assert!(change.credential && !change.needs_confirmation());
    assert_eq!(diff(&replaced("\"read\"]", "\"read\", \"erase\"]")).keys.changed, ["crm"]);
    let renamed = diff(&replaced("name = \"crm\"", "name = \"web\""));
    assert_eq!(renamed.sentences(), ["the key of web is new", "the key of crm is removed"]);
}

/// What is said of the route when these lines are added to it.
fn told(lines: &str) -> String {
    let mut sentences = diff(&with(lines)).sentences();
    assert_eq!(sentences.len(), 1, "{lines}");
    sentences.remove(0)
}

#[test]
fn every_option_that_differs_is_named_with_what_it_was_and_is() {
    for (lines, sentence) in [
        ("rate = \"10/s\"", "rate 5/s → 10/s"),
        ("rate = \"unlimited\"", "rate 5/s → unlimited"),
        ("timeout = \"500ms\"\nsettle = \"2m\"", "timeout 15s → 500ms, settle 60s → 120s"),
        ("concurrency = 3", "concurrency 16 → 3"),
        ("network = \"private\"", "network public → private"),
        ("network = \"private\"\nplain_http = true", "network public → private, plain_http false → true"),
        ("phone_format = \"as_sent\"", "phone_format e164 → as_sent"),
        ("api_version = \"2027-01-01\"", "api_version unset → 2027-01-01"),
        ("when = 'title pr'", "when unset → title pr"),
        ("fields.nickname = \"telephone\"\nfields.phone_number = false", "no longer"),
        (
            "fields.nickname = { overlong = \"truncate\", clear = \"empty_string\" }",
            "fields.nickname.overlong refuse → truncate, fields.nickname.clear refuse → empty_string",
        ),
        ("fields.nickname.map = { canary = true }", "fields.nickname.map"),
        ("fields.nickname.map = { canary = \"canary\" }", "fields.nickname.map"),
    ] {
        let told = told(lines);
        if sentence == "no longer" {
            assert!(
                told.contains(
                    "no longer sends phone_number, changes fields.nickname.to preferred_name → telephone"
                ),
                "{told}"
            );
        } else {
            assert_eq!(told, format!("route main changes {sentence}"));
        }
    }
}

#[test]
fn a_difference_of_filters_shows_no_value_that_they_compare_with() {
    let filter = |text: &str| read(&with(&format!("when = '{text}'"))).expect(text);
    let between = |old: &str, new: &str| ConfigDiff::between(&filter(old), &filter(new)).to_string();
    assert_eq!(
        between("email eq \"canary@x.org\"", "nickname eq \"canary\" and title pr"),
        "route main changes when email eq … → nickname eq … and title pr"
    );
    assert_eq!(
        between("organization eq \"canary\"", "organization eq \"other\""),
        "route main changes when organization eq … with other values"
    );
}

#[test]
fn options_of_the_vendors_themselves_are_named_too() {
    let between = |vendor: &str, old: &str, new: &str| {
        let text = |more: &str| replaced("vendor = \"communal\"", &format!("vendor = \"{vendor}\"\n{more}"));
        ConfigDiff::between(&read(&text(old)).expect(old), &read(&text(new)).expect(new)).to_string()
    };
    assert_eq!(
        between("communifire", "errors = [{ match = \"gone\", kind = \"NotFound\" }]", "auth = \"bearer\""),
        "route main changes auth unset → bearer, errors gone is NotFound → unset"
    );
    assert_eq!(
        between("village", "network_id = \"n1\"", "network_id = \"n1\"\napply_window = \"10m\""),
        "route main changes apply_window unset → 600s"
    );
    assert!(between("village", "network_id = \"n1\"", "network_id = \"n2\"").contains("network_id n1 → n2"));
}

#[test]
fn what_takes_effect_only_at_a_start_is_listed() {
    let text = with("[server]\nlisten = \"127.0.0.1:1\"\n[log]\nlevel = \"warn\"");
    assert_eq!(diff(&text).at_restart, ["server.listen", "log"]);
}

#[test]
fn every_option_that_takes_effect_only_at_a_start_is_named() {
    let store = |line: &str| replaced("[store]", &format!("[store]\n{line}"));
    for (text, option) in [
        (with("[server]\nlisten = \"127.0.0.1:1\""), "server.listen"),
        (with("[server]\ndefault_country = \"CA\""), "server.default_country"),
        (with("[server]\nworkers = 3"), "server.workers"),
        (with("[server]\nmax_connections = 3"), "server.max_connections"),
        (with("[operator]\nlisten = \"127.0.0.1:1\""), "operator.listen"),
        (with("[operator]\nhosts = [\"ops.example.com\"]"), "operator.hosts"),
        (replaced("gateway.db", "other.db"), "store.sqlite"),
        (store("update_retention = \"31d\""), "store.update_retention"),
        (store("attempt_retention = \"31d\""), "store.attempt_retention"),
        (store("idempotency_ttl = \"25h\""), "store.idempotency_ttl"),
        (with("[log]\nformat = \"text\""), "log"),
        (with("[traces]\notlp = \"http://127.0.0.1:4318/v1/traces\""), "traces"),
    ] {
        assert_eq!(diff(&text).at_restart, [option], "{text}");
    }
}

/// Where a secret is kept, another one is put: the reference to it stays as it was.
#[test]
fn a_secret_that_was_replaced_where_it_is_kept_is_another_credential() {
    let before = read_with(GOOD, &[]).expect("the good file");
    let of =
        |secret: &str| ConfigDiff::between(&before, &read_with(GOOD, &[("TOKEN", secret)]).expect("good"));
    assert!(of("canary-7Q").is_empty());
    assert_eq!(of("canary-8R").to_string(), "route main has another credential");
}

#[test]
fn other_certificates_in_the_same_file_are_a_difference() {
    let directory = tempfile::tempdir().expect("a directory");
    let read = || {
        let root = rcgen::generate_simple_self_signed(["ca.example.com".to_owned()]).expect("a certificate");
        std::fs::write(directory.path().join("ca.pem"), root.cert.pem()).expect("written");
        let text = with("ca_file = \"ca.pem\"");
        Config::parse("g.toml", &text, directory.path(), &environment()).expect("right")
    };
    let (before, after) = (read(), read());
    assert!(ConfigDiff::between(&before, &before).is_empty());
    let diff = ConfigDiff::between(&before, &after);
    assert_eq!(diff.to_string(), "route main has other certificates in ca_file");
}
