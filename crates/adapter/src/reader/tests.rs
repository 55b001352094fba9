use canonical::{Json, Leaf};
use serde_json::{Value as JsonValue, json};

use super::*;
use crate::{
    Absence, AuthScheme, Dialect, FieldOption, FieldOptions, FieldRule, Mapping, MappingOptions, Means,
    OpenFields, Rule, SubjectKind, WireValue, as_text,
};

static DIALECT: Dialect = Dialect {
    vendor: "open",
    page: "",
    auth: &[AuthScheme::Bearer],
    subjects: &[SubjectKind::integer("id")],
    fields: &[FieldRule::new(Leaf::Email, "mail", Rule::SetOnly, as_text)],
    open_fields: Some(OpenFields::new(Rule::Nullable, as_text, &[])),
    unsupported: &[],
    success_means: Means::Applied,
    requests_per_second: 1.0,
    warnings: &[],
};

fn told(expected: &WireValue, shown: &str) -> Agreement {
    plain(expected, Some(&Json::parse(shown.as_bytes()).expect("JSON")))
}

#[test]
fn a_value_is_the_same_in_every_form_in_which_a_vendor_may_show_it() {
    let set = |value: JsonValue, shown| told(&WireValue::Set(value), shown);
    for (value, shown) in [
        (json!("x"), "\"x\""),
        (json!("12"), "12"),
        (json!("true"), "true"),
        (json!(true), "\"true\""),
        (json!(7), "\"7\""),
        (json!(1.5), "1.50"),
        (json!(""), "null"),
        (json!(["a", "b"]), "[\"a\",\"b\"]"),
        (json!([]), "null"),
        (json!("1990-02-28"), "\"1990-02-28T00:00:00.000000Z\""),
    ] {
        assert_eq!(set(value.clone(), shown), Agreement::Same, "{value} and {shown}");
    }
    for (value, shown) in [
        (json!("x"), "\"y\""),
        (json!("x"), "null"),
        (json!("x"), "\"x \""),
        (json!("1.0"), "\"1\""),
        (json!(true), "1"),
        (json!(""), "\"x\""),
        (json!(["a", "b"]), "[\"b\",\"a\"]"),
        (json!("1990-02-28"), "\"1990-02-28x\""),
        (json!("1990-02-2"), "\"1990-02-28\""),
        (json!("x"), "{}"),
    ] {
        assert_eq!(set(value.clone(), shown), Agreement::Differs, "{value} and {shown}");
    }
    assert_eq!(set(json!("1990-02-28"), "\"/Date(1714558830000)/\""), Agreement::NotShown);
    assert_eq!(plain(&WireValue::Set("x".into()), None), Agreement::NotShown);
}

#[test]
fn what_was_cleared_is_the_same_only_where_nothing_is_shown_in_its_place() {
    for (shown, agreement) in [
        ("null", Agreement::Same),
        ("\"\"", Agreement::Same),
        ("\"x\"", Agreement::Differs),
        ("0", Agreement::Differs),
    ] {
        assert_eq!(told(&WireValue::Clear, shown), agreement, "{shown}");
    }
}

#[test]
fn a_set_has_our_members_and_may_have_others() {
    let wanted = |names: &[&str]| WireValue::Members {
        wanted: names.iter().map(|name| (*name).to_owned()).collect(),
        removed: Vec::new(),
    };
    assert_eq!(told(&wanted(&["a"]), r#"["b","a"]"#), Agreement::Same);
    assert_eq!(told(&wanted(&["a", "c"]), r#"["b","a"]"#), Agreement::Differs);
    assert_eq!(told(&wanted(&["a"]), "null"), Agreement::Differs);
    assert_eq!(told(&wanted(&[]), "null"), Agreement::Same);
    assert_eq!(told(&wanted(&["a"]), "\"a\""), Agreement::NotShown);
}

#[test]
fn what_was_taken_away_is_absent_where_it_is_not_shown_any_more() {
    let absent = |absence: &Absence, shown| told(&absence.expected(Leaf::Tags).value, shown);
    let member = Absence::of_member("tags", "ours");
    for (shown, agreement) in [
        ("[]", Agreement::Same),
        ("null", Agreement::Same),
        (r#"["theirs"]"#, Agreement::Same),
        (r#"["theirs","ours"]"#, Agreement::Differs),
        // It may be the one without a name.
        (r#"["theirs",{"id":1}]"#, Agreement::NotShown),
        ("7", Agreement::NotShown),
    ] {
        assert_eq!(absent(&member, shown), agreement, "{shown}");
    }
    assert_eq!(plain(&member.expected(Leaf::Tags).value, None), Agreement::NotShown);
    let value = Absence::of_value("tier");
    assert_eq!(absent(&value, "null"), Agreement::Same);
    assert_eq!(absent(&value, "\"gold\""), Agreement::Differs);
    assert_eq!(format!("{member:?}, {value:?}"), "not in tags, no tier", "no member in a Debug output");
}

#[test]
fn a_mapped_field_that_nobody_has_defined_is_missing() {
    let to =
        |name: &str| FieldOption::On(FieldOptions { to: Some(name.to_owned()), ..FieldOptions::default() });
    let fields = [(Leaf::Title, to("job_title")), (Leaf::Website, to("site"))].into();
    let mapping = Mapping::new(&DIALECT, &MappingOptions { fields, ..MappingOptions::default() });
    let mapping = mapping.expect("valid");
    let labelled = |to: Option<&str>, label: &str| Definition {
        id: "1".to_owned(),
        to: to.map(str::to_owned),
        label: label.to_owned(),
        kind: None,
        values: None,
    };
    let defined = |to: &str| labelled(Some(to), "What people read");
    let unwritable = labelled(None, "site");
    assert_eq!(missing(&mapping, &[defined("job_title")]), [(&Leaf::Website, "site")]);
    assert_eq!(missing(&mapping, &[defined("job_title"), unwritable]), [(&Leaf::Website, "site")]);
    assert_eq!(missing(&mapping, &[defined("job_title"), defined("site")]), []);
    let by_label = [defined("job_title"), labelled(Some("own_site"), "site")];
    assert_eq!(missing(&mapping, &by_label), []);
    assert_eq!(mapped_by_label(&mapping, &by_label), [(&Leaf::Website, "site", "own_site")]);
    let both = [defined("job_title"), defined("site"), labelled(Some("own_site"), "site")];
    assert_eq!(mapped_by_label(&mapping, &both), [], "a name comes before what people read");
}

#[test]
fn the_vendors_spelling_of_a_value_is_no_difference() {
    let tags = |names: &[&str]| WireValue::Members {
        wanted: names.iter().map(|name| (*name).to_owned()).collect(),
        removed: Vec::new(),
    };
    let set = |value: JsonValue| WireValue::Set(value);
    let found = |leaf: &Leaf, expected: &WireValue, shown: &str| {
        spelled(leaf, expected, Some(&Json::parse(shown.as_bytes()).expect("JSON")))
    };
    for (leaf, expected, shown) in [
        (Leaf::Email, set(json!("Jo@X.org")), "\"jo@x.org\""),
        (Leaf::PhoneNumber, set(json!("+14165551234")), "\"(416) 555-1234\""),
        (Leaf::PhoneNumber, set(json!("+4930123456")), "\"030/123456\""),
        (Leaf::PhoneNumber, set(json!("+4930123456")), "\"0049 30 123456\""),
        (Leaf::Tags, tags(&["VIP", "b"]), "[\"vip\",\"B\",\"other\"]"),
        (Leaf::Tags, set(json!(["VIP"])), "[\"vip\"]"),
        (Leaf::Gender, set(json!("female")), "\"F\""),
        (Leaf::Gender, set(json!("female")), "\"Female\""),
        (Leaf::Locale, set(json!("en-CA")), "\"en_ca\""),
        (Leaf::Country, set(json!("CA")), "\"ca\""),
        (Leaf::Title, set(json!("Coach ")), "\"Coach\""),
    ] {
        assert_eq!(found(&leaf, &expected, shown), Agreement::SpelledOtherwise, "{leaf} {shown}");
    }
    for (leaf, expected, shown) in [
        (Leaf::Email, set(json!("jo@x.org")), "\"jo@y.org\""),
        (Leaf::PhoneNumber, set(json!("+14165551234")), "\"4165551235\""),
        (Leaf::PhoneNumber, set(json!("+14165551234")), "\"1234\""),
        (Leaf::PhoneNumber, set(json!("+14165551234")), "\"4165551234 ext 5\""),
        (Leaf::Tags, tags(&["VIP"]), "[\"vi\"]"),
        (Leaf::Gender, set(json!("female")), "\"M\""),
        (Leaf::GivenName, set(json!("Jo")), "\"JO\""),
        (Leaf::Email, WireValue::Clear, "\"jo@x.org\""),
    ] {
        assert_eq!(found(&leaf, &expected, shown), Agreement::Differs, "{leaf} {shown}");
    }
}
