use canonical::{Patch, Profile, Rules};

use super::Filter;

fn profile() -> Profile {
    let text = r#"{
        "given_name": "Zoë", "email": "Jane.Doe@X.org", "organization": "North", "nickname": "", "title": null,
        "phone_number": "+1 416 555 1234", "birthdate": "1990-02-28", "tags": ["VIP", "coach"],
        "address": {"locality": "Zürich", "country": "CH"},
        "custom": {"tier": "Gold", "age": 41, "score": 2.5, "member": true, "teams": ["a", "B"]}
    }"#;
    let patch = Patch::parse(text.as_bytes(), &Rules::default()).expect("a patch");
    let mut profile = Profile::default();
    profile.apply(&patch, 1).expect("small enough");
    profile
}

fn matches(filter: &str) -> bool {
    Filter::parse(filter).expect(filter).matches(&profile())
}

#[test]
fn every_operator_compares_as_scim_has_it() {
    for (filter, expected) in [
        (r#"organization eq "North""#, true),
        (r#"organization eq "north""#, true),
        (r#"Organization EQ "NORTH""#, true),
        (r#"organization ne "North""#, false),
        (r#"organization co "ort""#, true),
        (r#"organization sw "no""#, true),
        (r#"organization ew "TH""#, true),
        (r#"organization ew "no""#, false),
        (r#"organization gt "Mid""#, true),
        (r#"organization lt "Mid""#, false),
        (r#"organization ge "north""#, true),
        (r#"organization le "north""#, true),
        (r#"birthdate lt "2000-01-01""#, true),
        (r#"birthdate ge "1990-02-28""#, true),
        (r#"address.locality eq "Zürich""#, true),
        (r#"address.country eq "CH""#, true),
        (r#"email ew "@x.org""#, true),
        (r#"email eq "jane.doe@x.org""#, true),
        (r#"phone_number eq "+1-416-555-1234""#, true),
        (r#"phone_number sw "+1416""#, true),
    ] {
        assert_eq!(matches(filter), expected, "{filter}");
    }
}

#[test]
fn only_ascii_letters_are_folded() {
    assert!(!matches(r#"given_name eq "zoË""#));
    assert!(!matches(r#"address.locality eq "zurich""#));
}

#[test]
fn sets_and_lists_compare_by_member() {
    for (filter, expected) in [
        (r#"tags eq "vip""#, true),
        (r#"tags eq "vi""#, false),
        (r#"tags co "vi""#, true),
        (r#"tags ne "coach""#, false),
        (r#"tags ne "other""#, true),
        (r#"custom.teams eq "b""#, true),
        ("tags pr", true),
    ] {
        assert_eq!(matches(filter), expected, "{filter}");
    }
}

#[test]
fn custom_leaves_compare_by_their_type() {
    for (filter, expected) in [
        (r#"custom.tier eq "gold""#, true),
        ("custom.age eq 41", true),
        ("custom.age gt 40.5", true),
        ("custom.score le 2.5", true),
        ("custom.member eq true", true),
        ("custom.member ne false", true),
        (r#"custom.age eq "41""#, false),
        (r#"custom.age ne "41""#, true),
        ("custom.tier gt 1", false),
    ] {
        assert_eq!(matches(filter), expected, "{filter}");
    }
}

#[test]
fn what_is_absent_equals_nothing_but_null() {
    for leaf in ["title", "department", "custom.none"] {
        for (rest, expected) in [
            (r#"eq "x""#, false),
            (r#"ne "x""#, true),
            (r#"gt """#, false),
            (r#"co """#, false),
            ("pr", false),
            ("eq null", true),
            ("ne null", false),
        ] {
            assert_eq!(matches(&format!("{leaf} {rest}")), expected, "{leaf} {rest}");
        }
    }
    assert!(!matches("nickname pr"), "an empty text is not present (RFC 7644)");
    assert!(matches(r#"nickname eq """#) && matches("nickname ne null"));
}

#[test]
fn parts_join_with_the_precedence_of_scim() {
    assert!(matches(r#"title pr and organization eq "x" or tags eq "vip""#));
    assert!(!matches(r#"title pr and (organization eq "x" or tags eq "vip")"#));
    assert!(matches(r#"not (title pr) and organization pr"#));
}

#[test]
fn a_mistake_is_told_with_its_place() {
    for (filter, offset, fragment) in [
        ("", 0, "empty"),
        ("organization", 12, "ends too early"),
        (r#"organization = "North""#, 13, "no part of a filter"),
        (r#"  organization eq "North" and"#, 26, "does not belong here"),
        (r#"organization eq "North" )"#, 24, "does not belong here"),
        (r#"title pr or orgnization eq "North""#, 12, "did you mean \"organization\""),
        (r#"title eq "city" and city eq "X""#, 20, "did you mean \"address.locality\""),
        ("address pr", 0, "group of leaves"),
        (r#"custom.Tier-1 eq "x""#, 0, "custom key"),
        (r#"urn:ietf:params:scim:schemas:core:2.0:User:title pr"#, 0, "without a schema"),
        (r#"tags[value eq "x"]"#, 0, "brackets"),
        ("title eq 1", 0, "quotes"),
        ("title gt null", 0, "eq and ne alone"),
        ("custom.age co 4", 0, "quotes"),
        (r#"title pr and address.country eq "Canada""#, 13, "never has this value"),
        (r#"birthdate gt "1990""#, 0, "YYYY-MM-DD"),
        (r#"phone_number eq "416 555 1234""#, 0, "international form"),
    ] {
        let error = Filter::parse(filter).expect_err(filter);
        assert!(error.sentence().contains(fragment), "{filter}: {error}");
        assert_eq!(error.offset(), offset, "{filter}: {error}");
    }
}

#[test]
fn a_hostile_filter_is_refused_early() {
    let deep = format!("{}title pr{}", "not (".repeat(200), ")".repeat(200));
    assert!(Filter::parse(&deep).expect_err("deep").sentence().contains("nested"));
    let long = format!("title eq \"{}\"", "x".repeat(5000));
    assert!(Filter::parse(&long).expect_err("long").sentence().contains("4096"));
}

#[test]
fn a_filter_does_not_show_its_values() {
    let filter = Filter::parse(r#"email eq "jane@x.org""#).expect("a filter");
    assert!(!format!("{filter:?}").contains("jane"));
}
