use canonical::Leaf;

use super::*;
use crate::config::ConfigDiff;

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
    assert!(change.other && !change.needs_confirmation());
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
    assert!(change.other && !change.needs_confirmation() && !change.mapping);
    let change = diff(&replaced("\"TOKEN\"", "\"OTHER_TOKEN\"")).changed.remove(0);
    assert!(change.credential && !change.needs_confirmation());
    assert_eq!(diff(&replaced("\"read\"]", "\"read\", \"erase\"]")).keys.changed, ["crm"]);
    let renamed = diff(&replaced("name = \"crm\"", "name = \"web\""));
    assert_eq!(renamed.sentences(), ["the key of web is new", "the key of crm is removed"]);
}

#[test]
fn what_takes_effect_only_at_a_start_is_listed() {
    let text = with("[server]\nlisten = \"127.0.0.1:1\"\n[log]\nlevel = \"warn\"");
    assert_eq!(diff(&text).at_restart, ["server.listen", "log"]);
}
