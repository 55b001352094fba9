use std::{path::PathBuf, time::Duration};

use canonical::Leaf;
use delivery::{Enrol, Rate};

use super::*;
use crate::{CredentialSource, LogFormat, Scope, Vendor};

#[test]
fn what_is_not_said_has_a_safe_default() {
    let config = good();
    assert_eq!(config.server.listen.to_string(), "127.0.0.1:8080");
    assert_eq!(config.operator.listen.to_string(), "127.0.0.1:8081");
    assert_eq!(config.store.sqlite, PathBuf::from("/nowhere/gateway.db"));
    assert_eq!(config.retention.idempotency, Duration::from_secs(86_400));
    assert_eq!((config.log.level, config.log.format), (tracing::Level::INFO, LogFormat::Json));
    assert_eq!(config.keys[0].scopes.iter().copied().collect::<Vec<_>>(), [Scope::Update, Scope::Read]);
    assert!(config.keys[0].create && config.keys[0].rate.is_none());
    assert!(config.overrides.is_empty() && config.warnings.is_empty());
    let route = &config.routes[0];
    assert_eq!(
        (route.vendor, route.subject_kind.name, route.enrol),
        (Vendor::Communal, "id", Enrol::Identity)
    );
    assert_eq!(route.credential_source, CredentialSource::Env("TOKEN".to_owned()));
    assert_eq!(route.limits.rate, Rate::PerSecond(5.0));
    assert_eq!(route.limits.concurrency, 16);
    assert_eq!(
        (route.limits.timeout, route.limits.settle),
        (Duration::from_secs(15), Duration::from_secs(60))
    );
    assert_eq!(route.limits.apply_window, None);
}

#[test]
fn every_vendor_has_its_own_rate() {
    let rate = |vendor: &str, more: &str| {
        let text = replaced("vendor = \"communal\"", &format!("vendor = \"{vendor}\"\n{more}"));
        read(&text).expect("a route").routes[0].limits.rate
    };
    assert_eq!(rate("communifire", ""), Rate::PerSecond(2.0));
    assert_eq!(rate("usercom", ""), Rate::PerSecond(5.0));
    assert_eq!(rate("village", "network_id = \"n1\""), Rate::PerSecond(2.0));
}

#[test]
fn an_address_names_people_at_communifire_and_is_no_field_then() {
    let intranet = |more: &str| {
        let vendor = format!("vendor = \"communifire\"\n{more}");
        read(&replaced("vendor = \"communal\"", &vendor)).expect("a route")
    };
    let by_email = intranet("subject = \"email\"\nenrol = \"email\"");
    let route = &by_email.routes[0];
    assert_eq!((route.subject_kind.name, route.enrol), ("email", Enrol::Email));
    assert!(!route.carried.contains_key(&Leaf::Email));
    assert!(route.build().expect("a transport").mapping.field(&Leaf::Email).is_none());
    assert!(intranet("").routes[0].carried.contains_key(&Leaf::Email));
    assert!(intranet("subject = \"username\"").routes[0].carried.contains_key(&Leaf::Email));
}

#[test]
fn a_route_is_built_from_its_configuration() {
    let text = with(
        "when = 'organization eq \"North\"'\nfields = { nickname = false, \"address.country\" = true }\nrate = \"unlimited\"\nconcurrency = 3\ntimeout = \"500ms\"\nsettle = \"0s\"",
    );
    let config = read(&text).expect("a route");
    let route = config.routes[0].build().expect("a transport");
    assert_eq!((route.name.as_str(), route.origin.as_str()), ("main", "https://api.getcommunal.com"));
    assert!(route.mapping.field(&Leaf::Nickname).is_none());
    assert_eq!(route.mapping.field(&Leaf::Country).expect("mapped").to.as_ref(), "profile_country");
    assert!(!route.serves(&canonical::Profile::default()), "an empty profile is not of North");
    assert_eq!((route.limits.rate, route.limits.concurrency), (Rate::Unlimited, 3));
    assert_eq!(route.window(), Duration::from_millis(500));
    assert_eq!(route.mapping_revision, config.routes[0].mapping_revision);
    assert!(!format!("{config:?} {route:?}").contains("canary"));
}

#[test]
fn the_origin_of_a_village_route_names_its_network() {
    let text = replaced(
        "vendor = \"communal\"",
        "vendor = \"village\"\nnetwork_id = \"n1\"\napply_window = \"10m\"\nenrol = \"email\"",
    );
    let config = read(&text).expect("a route");
    let route = &config.routes[0];
    assert_eq!(route.origin, "https://api.getcommunal.com/networks/n1");
    assert_eq!((route.enrol, route.account.as_deref()), (Enrol::Email, Some("n1")));
    assert_eq!(route.limits.apply_window, Some(Duration::from_secs(600)));
}

#[test]
fn a_group_of_leaves_may_be_a_table_or_be_written_in_quotes() {
    for fields in [
        "fields.address.locality = \"Town\"\nfields.custom.tier = \"Tier\"",
        "fields = { address = { locality = \"Town\" }, custom = { tier = \"Tier\" } }",
        "fields = { \"address.locality\" = \"Town\", \"custom.tier\" = { to = \"Tier\", clear = \"empty_string\" } }",
    ] {
        let text = replaced("vendor = \"communal\"", &format!("vendor = \"communifire\"\n{fields}"));
        let carried = read(&text).expect(fields).routes[0].carried.clone();
        assert_eq!(carried[&Leaf::Locality], "Town");
        assert_eq!(carried[&Leaf::custom("tier").expect("a key")], "Tier");
    }
}

#[test]
fn routes_of_one_origin_and_credential_share_a_rate() {
    let second = "[routes.second]\nvendor = \"communal\"\nbase_url = \"https://api.getcommunal.com/v2\"\n";
    let key = |credential: &str| {
        let config =
            read(&with(&format!("{second}credential = {{ env = \"{credential}\" }}"))).expect("two routes");
        let keys: Vec<String> = config.routes.iter().map(|route| route.limits.rate_key.clone()).collect();
        assert!(!keys.concat().contains("canary"));
        keys
    };
    let shared = key("TOKEN");
    assert_eq!(shared[0], shared[1]);
    let apart = key("OTHER_TOKEN");
    assert_ne!(apart[0], apart[1]);
}

#[test]
fn a_revision_follows_the_mapping_and_nothing_else() {
    let revision = |lines: &str| read(&with(lines)).expect(lines).routes[0].mapping_revision;
    let plain = revision("");
    assert_eq!(
        plain, 0x7DE8_FB62_A949_78D1,
        "pinned: another number would try everything again that was refused"
    );
    for same in ["timeout = \"20s\"", "concurrency = 2", "rate = \"1/s\"", "fields = { nickname = true }"] {
        assert_eq!(revision(same), plain, "{same}");
    }
    let mut seen = vec![plain];
    for other in [
        "fields = { nickname = false }",
        "fields = { nickname = { overlong = \"truncate\" } }",
        "fields = { nickname = { map = { a = \"b\" } } }",
        "fields = { nickname = { map = { a = \"c\" } } }",
        "fields = { nickname = { map = { a = \"true\" } } }",
        "fields = { nickname = { map = { a = true } } }",
        "phone_format = \"as_sent\"",
        "when = 'title pr'",
        "api_version = \"2027-01-01\"",
    ] {
        let revision = revision(other);
        assert!(!seen.contains(&revision), "{other}");
        seen.push(revision);
    }
}

#[test]
fn what_is_accepted_but_dangerous_is_warned_about() {
    let text = replaced("https://api.getcommunal.com", "http://10.0.0.7")
        + "network = \"private\"\nplain_http = true\n[operator]\nlisten = \"0.0.0.0:9000\"\n";
    let config = read(&text).expect("accepted");
    let sentences: Vec<&str> = config.warnings.iter().map(|warning| warning.sentence.as_str()).collect();
    assert!(sentences.iter().any(|text| text.contains("plain_http")), "{sentences:?}");
    assert!(sentences.iter().any(|text| text.contains("other machines")), "{sentences:?}");
    let warning =
        config.warnings.iter().find(|warning| warning.sentence.contains("plain_http")).expect("warned");
    assert_eq!(warning.one_line("g.toml").split(' ').next(), Some("g.toml:14:14:"));
    assert!(warning.render_warning("g.toml", super::super::Style::Plain).starts_with("warning"));
}

#[test]
fn hosts_of_the_operator_pages_are_names() {
    let config =
        read(&format!("{GOOD}[operator]\nhosts = [\"ops.example.com\", \"gw-1\"]\n")).expect("accepted");
    assert_eq!(config.operator.hosts, ["ops.example.com", "gw-1"]);
}

#[test]
fn a_gateway_without_routes_only_keeps_what_it_is_told() {
    let text = &GOOD[..GOOD.find("[routes").expect("routes")];
    assert!(read(text).expect("accepted").warnings[0].sentence.contains("no route"));
}
