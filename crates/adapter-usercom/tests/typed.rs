//! A route's table and its `negate` at fields that are no text.

use std::collections::BTreeMap;

use adapter::{
    ClearAs, Fate, FieldOption, FieldOptions, Mapping, MappingFault, MappingOptions, Overlong, PhoneFormat,
    WireValue,
};
use adapter_usercom::DIALECT;
use canonical::{Leaf, Value};

fn text(text: &str) -> Value {
    Value::Text(text.to_owned())
}

fn table(pairs: &[(&str, Value)]) -> FieldOptions {
    let map: BTreeMap<String, Value> =
        pairs.iter().map(|(from, to)| ((*from).to_owned(), to.clone())).collect();
    FieldOptions { map, ..FieldOptions::default() }
}

fn mapping(leaf: &Leaf, to: &str, options: FieldOptions) -> Result<Mapping, Vec<MappingFault>> {
    let option = FieldOption::On(FieldOptions { to: Some(to.to_owned()), ..options });
    Mapping::new(
        &DIALECT,
        &MappingOptions { fields: BTreeMap::from([(leaf.clone(), option)]), ..MappingOptions::default() },
    )
}

fn flag() -> Leaf {
    Leaf::custom("flag").expect("a custom leaf")
}

#[test]
fn a_table_yields_the_type_of_its_field() {
    let cases = [
        (flag(), "unsubscribed", text("yes"), text("true"), WireValue::Set(true.into())),
        (flag(), "unsubscribed", Value::Bool(true), Value::Bool(false), WireValue::Set(false.into())),
        (flag(), "score", text("gold"), text("10"), WireValue::Set(10.into())),
        (flag(), "score", text("gold"), Value::Integer(10), WireValue::Set(10.into())),
        (flag(), "assigned_to", Value::Bool(true), text("7"), WireValue::Set(7.into())),
        (Leaf::Gender, "gender", text("nonbinary"), text("unknown"), WireValue::Set(1.into())),
        (Leaf::Country, "country", text("CA"), text("Canada"), WireValue::Set("Canada".into())),
        // An attribute has the type that its table gives it.
        (flag(), "tier", text("gold"), text("10"), WireValue::Set("10".into())),
        (flag(), "tier", text("gold"), Value::Integer(10), WireValue::Set(10.into())),
        (flag(), "tier", text("gold"), Value::Bool(true), WireValue::Set(true.into())),
    ];
    for (leaf, to, value, written, wire) in cases {
        let from = value.to_text().expect("a scalar");
        let mapping = mapping(&leaf, to, table(&[(&from, written)])).expect("valid");
        assert_eq!(mapping.carry(&leaf, Some(&value)), Ok(wire), "{to}");
    }
}

#[test]
fn what_a_field_cannot_be_is_refused_with_what_to_write() {
    let cases = [
        ("unsubscribed", text("yes"), "takes true or false"),
        ("unsubscribed", Value::Integer(1), "takes true or false"),
        ("score", text("high"), "takes a whole number"),
        // One is unknown at User.com and male elsewhere.
        ("gender", text("1"), "takes unknown, male or female"),
        ("first_name", text(&"x".repeat(41)), "takes 40 characters at most"),
    ];
    for (to, written, says) in cases {
        let off = (to == "first_name").then_some((Leaf::GivenName, FieldOption::Off));
        let leaf = if to == "gender" { Leaf::Gender } else { flag() };
        let option = FieldOption::On(FieldOptions { to: Some(to.to_owned()), ..table(&[("vip", written)]) });
        let fields = [(leaf, option)].into_iter().chain(off).collect();
        let options = MappingOptions { fields, ..MappingOptions::default() };
        let fault = Mapping::new(&DIALECT, &options).expect_err(to).remove(0);
        assert!(fault.to_string().contains(says), "{fault}");
        assert!(!fault.to_string().contains("vip"), "a value may be personal data: {fault}");
    }
}

#[test]
fn a_field_that_is_no_text_is_not_cleared_by_an_empty_one() {
    let options = FieldOptions { clear: ClearAs::EmptyString, ..FieldOptions::default() };
    for to in ["unsubscribed", "notifications", "score", "assigned_to"] {
        let fault = mapping(&flag(), to, options.clone()).expect_err(to).remove(0);
        assert!(fault.to_string().contains("an empty text is none; remove clear"), "{fault}");
    }
    let fault = mapping(&Leaf::Gender, "gender", options.clone()).expect_err("a number").remove(0);
    assert!(fault.to_string().contains("unknown, male or female"), "{fault}");
    assert!(mapping(&Leaf::Country, "country", options).is_ok(), "a text");
}

#[test]
fn the_contrary_of_a_boolean_can_be_said_in_two_ways() {
    let negated = FieldOptions { negate: true, ..FieldOptions::default() };
    let turned = table(&[("true", text("false")), ("false", text("true"))]);
    for options in [negated, turned] {
        let mapping = mapping(&flag(), "unsubscribed", options).expect("valid");
        assert_eq!(mapping.carry(&flag(), Some(&Value::Bool(true))), Ok(WireValue::Set(false.into())));
        assert_eq!(mapping.carry(&flag(), Some(&Value::Bool(false))), Ok(WireValue::Set(true.into())));
        assert_eq!(mapping.carry(&flag(), Some(&text("no"))), Err(Fate::NotRepresentable));
    }
}

#[test]
fn only_a_boolean_has_a_contrary() {
    let negated = FieldOptions { negate: true, ..FieldOptions::default() };
    for (leaf, to) in
        [(flag(), "score"), (flag(), "tags"), (Leaf::Country, "country"), (Leaf::Gender, "gender")]
    {
        let fields = [
            (Leaf::Tags, FieldOption::Off),
            (leaf, FieldOption::On(FieldOptions { to: Some(to.to_owned()), ..negated.clone() })),
        ];
        let options = MappingOptions { fields: fields.into(), ..MappingOptions::default() };
        let fault = Mapping::new(&DIALECT, &options).expect_err(to).remove(0);
        assert!(fault.to_string().contains("turns true and false around"), "{fault}");
    }
    let both = FieldOptions { negate: true, ..table(&[("true", Value::Bool(false))]) };
    let fault = mapping(&flag(), "unsubscribed", both).expect_err("two ways").remove(0);
    assert!(fault.to_string().contains("not both"), "{fault}");
}

#[test]
fn another_way_of_saying_it_is_owed_again() {
    let way = |options: FieldOptions| {
        let mapping = mapping(&flag(), "unsubscribed", options).expect("valid");
        mapping.carried(&flag(), Some(&Value::Bool(true))).expect("carried").fingerprint
    };
    let plain = way(FieldOptions::default());
    let negated = way(FieldOptions { negate: true, ..FieldOptions::default() });
    let table = |to: bool| way(table(&[("true", Value::Bool(to))]));
    let all = [plain, negated, table(true), table(false)];
    for (at, one) in all.iter().enumerate() {
        assert!(all[at + 1..].iter().all(|other| other != one));
    }
    // What went as a text goes as a boolean now.
    let attribute = |written| {
        let mapping = mapping(&flag(), "tier", crate::table(&[("true", written)])).expect("valid");
        mapping.carried(&flag(), Some(&Value::Bool(true))).expect("carried").fingerprint
    };
    assert_ne!(attribute(text("true")), attribute(Value::Bool(true)));
}

#[test]
fn what_is_shown_is_told_in_the_words_of_the_callers() {
    use canonical::Json;
    let of = |options| {
        let mapping = mapping(&flag(), "unsubscribed", options).expect("valid");
        let field = mapping.field(&flag()).expect("mapped").clone();
        move |shown: &Json| field.back(shown)
    };
    let negated = of(FieldOptions { negate: true, ..FieldOptions::default() });
    assert_eq!(negated(&Json::Bool(true)), Some(false.into()));
    assert_eq!(negated(&Json::String("false".to_owned())), Some("true".into()));
    assert_eq!(negated(&Json::Null), None);
    let turned = of(table(&[("yes", Value::Bool(false)), ("no", Value::Bool(true))]));
    assert_eq!(turned(&Json::Bool(true)), Some("no".into()));
    assert_eq!(turned(&Json::Null), None);
}

#[test]
fn an_option_without_effect_is_told() {
    let remarks = |fields: Vec<(Leaf, FieldOption)>, phone_format| {
        let fields = fields.into_iter().collect();
        let options = MappingOptions { fields, phone_format, ..MappingOptions::default() };
        Mapping::new(&DIALECT, &options).expect("valid").remarks()
    };
    let on = |options: FieldOptions| FieldOption::On(options);
    let cut = || FieldOptions { overlong: Overlong::Truncate, ..FieldOptions::default() };
    let empty = FieldOptions { clear: ClearAs::EmptyString, ..FieldOptions::default() };
    let tier = FieldOptions { to: Some("tier".to_owned()), ..empty.clone() };
    for (leaf, options, option) in [
        (Leaf::Region, cut(), "overlong"),
        (flag(), tier, "clear"),
        (Leaf::Tags, empty, "clear"),
        (Leaf::Tags, table(&[("vip", text("VIP"))]), "map"),
    ] {
        let found = remarks(vec![(leaf.clone(), on(options))], PhoneFormat::E164);
        assert_eq!(found.len(), 1, "{leaf}");
        assert_eq!((found[0].leaf.as_ref(), found[0].option), (Some(&leaf), Some(option)));
        assert!(found[0].sentence.contains("has no effect"), "{}", found[0].sentence);
    }
    assert_eq!(remarks(vec![(Leaf::GivenName, on(cut()))], PhoneFormat::AsSent), []);
    let found = remarks(vec![(Leaf::PhoneNumber, FieldOption::Off)], PhoneFormat::AsSent);
    assert_eq!(found[0].option, Some("phone_format"));
}
