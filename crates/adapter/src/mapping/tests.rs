use super::*;
use crate::{AuthScheme, Means, OpenFields, SubjectKind, as_text};

static CLOSED: Dialect = Dialect {
    vendor: "closed",
    page: "",
    auth: &[AuthScheme::Bearer],
    subjects: &[SubjectKind::integer("id")],
    fields: &[
        FieldRule::new(Leaf::Email, "mail", Rule::Required, as_text),
        FieldRule::new(Leaf::Title, "title", Rule::SetOnly, as_text).max(5),
        FieldRule::new(Leaf::Nickname, "nick", Rule::Nullable, as_text),
        FieldRule::new(Leaf::Tags, "tags", Rule::AddOnly, as_text),
    ],
    open_fields: None,
    unsupported: &[],
    success_means: Means::Applied,
    requests_per_second: 1.0,
    warnings: &[],
};

static OPEN: Dialect = Dialect {
    vendor: "open",
    page: "",
    auth: &[AuthScheme::Bearer],
    subjects: &[SubjectKind::integer("id")],
    fields: &[],
    open_fields: Some(OpenFields::new(Rule::SetOnly, as_text, &["Key"])),
    unsupported: &[Leaf::Picture],
    success_means: Means::Applied,
    requests_per_second: 1.0,
    warnings: &[],
};

fn on(options: FieldOptions) -> FieldOption {
    FieldOption::On(options)
}

fn to(name: &str) -> FieldOption {
    on(FieldOptions { to: Some(name.to_owned()), ..FieldOptions::default() })
}

fn mapping(
    dialect: &'static Dialect,
    fields: Vec<(Leaf, FieldOption)>,
) -> Result<Mapping, Vec<MappingFault>> {
    Mapping::new(
        dialect,
        &MappingOptions { fields: fields.into_iter().collect(), ..MappingOptions::default() },
    )
}

fn text(text: &str) -> Value {
    Value::Text(text.to_owned())
}

#[test]
fn each_rule_decides_what_a_clear_becomes() {
    let mapping = mapping(&CLOSED, vec![]).expect("the table itself");
    assert_eq!(mapping.carry(&Leaf::Email, None), Err(Fate::NotClearable));
    assert_eq!(mapping.carry(&Leaf::Title, None), Err(Fate::NotClearable));
    assert_eq!(mapping.carry(&Leaf::Nickname, None), Ok(WireValue::Clear));
    let none = WireValue::Members { wanted: vec![], removed: vec![] };
    assert_eq!(mapping.carry(&Leaf::Tags, None), Ok(none));
}

#[test]
fn a_clear_is_an_empty_string_only_where_the_route_says_so() {
    let options = FieldOptions { clear: ClearAs::EmptyString, ..FieldOptions::default() };
    let mapping = mapping(&CLOSED, vec![(Leaf::Title, on(options))]).expect("valid");
    assert_eq!(mapping.carry(&Leaf::Title, None), Ok(WireValue::Set("".into())));
}

#[test]
fn a_value_that_is_too_long_is_refused_or_cut_at_a_whole_character() {
    let refusing = mapping(&CLOSED, vec![]).expect("valid");
    assert_eq!(refusing.carry(&Leaf::Title, Some(&text("abcdef"))), Err(Fate::TooLong));
    assert!(refusing.carry(&Leaf::Title, Some(&text("äöüäö"))).is_ok());
    let options = FieldOptions { overlong: Overlong::Truncate, ..FieldOptions::default() };
    let cutting = mapping(&CLOSED, vec![(Leaf::Title, on(options))]).expect("valid");
    let cut = cutting.carry(&Leaf::Title, Some(&text("abcde\u{301}f")));
    assert_eq!(cut, Ok(WireValue::Set("abcd".into())));
}

#[test]
fn an_empty_required_field_cannot_be_represented() {
    let mapping = mapping(&CLOSED, vec![(Leaf::Email, FieldOption::Off), (Leaf::GivenName, to("mail"))])
        .expect("valid");
    assert_eq!(mapping.carry(&Leaf::GivenName, Some(&text(""))), Err(Fate::NotRepresentable));
    assert_eq!(mapping.carry(&Leaf::Nickname, Some(&text(""))), Ok(WireValue::Set("".into())));
}

#[test]
fn a_table_of_the_route_replaces_texts_and_nothing_else_passes() {
    let map = BTreeMap::from([("a".to_owned(), text("1"))]);
    let mapping =
        mapping(&CLOSED, vec![(Leaf::Nickname, on(FieldOptions { map, ..FieldOptions::default() }))]);
    let mapping = mapping.expect("valid");
    assert_eq!(mapping.carry(&Leaf::Nickname, Some(&text("a"))), Ok(WireValue::Set("1".into())));
    assert_eq!(mapping.carry(&Leaf::Nickname, Some(&text("b"))), Err(Fate::NotRepresentable));
    let field = mapping.field(&Leaf::Nickname).expect("mapped");
    let back = |shown: &str| field.back(&canonical::Json::String(shown.to_owned()));
    assert_eq!((back("1"), back("2")), (Some("a".into()), None));
}

#[test]
fn leaves_without_a_field_are_unsupported_or_unmapped() {
    let closed = mapping(&CLOSED, vec![(Leaf::Nickname, FieldOption::Off)]).expect("valid");
    assert_eq!(closed.carry(&Leaf::Nickname, None), Err(Fate::Unmapped));
    assert_eq!(closed.carry(&Leaf::Website, None), Err(Fate::Unsupported));
    let open = mapping(&OPEN, vec![(Leaf::Website, to("Site"))]).expect("valid");
    assert!(open.carry(&Leaf::Website, Some(&text("x"))).is_ok());
    assert_eq!(open.carry(&Leaf::Title, None), Err(Fate::Unmapped));
    assert_eq!(open.carry(&Leaf::Picture, None), Err(Fate::Unsupported));
    assert_eq!(open.carry(&Leaf::Name, None), Err(Fate::Unsupported));
}

#[test]
fn a_set_is_a_set_whichever_leaf_it_comes_from() {
    let badges = Leaf::custom("badges").expect("a custom key");
    let mapping = mapping(&CLOSED, vec![(Leaf::Tags, FieldOption::Off), (badges.clone(), to("tags"))]);
    let mapping = mapping.expect("valid");
    let members = |wanted: &[&str]| {
        let wanted = wanted.iter().map(|member| (*member).to_owned()).collect();
        Ok(WireValue::Members { wanted, removed: Vec::new() })
    };
    let list = Value::List(["vip", "beta", "vip"].map(str::to_owned).into());
    assert_eq!(mapping.carry(&badges, Some(&list)), members(&["beta", "vip"]));
    assert_eq!(mapping.carry(&badges, None), members(&[]));
    assert_eq!(mapping.carry(&badges, Some(&text("vip"))), Err(Fate::NotRepresentable));
}

#[test]
fn mistakes_in_a_mapping_are_told_with_what_to_do() {
    let fault = |dialect, fields| mapping(dialect, fields).expect_err("a mistake").remove(0).to_string();
    assert!(fault(&CLOSED, vec![(Leaf::Title, to("nikc"))]).contains("did you mean \"nick\""));
    assert!(fault(&CLOSED, vec![(Leaf::Website, to("title"))]).contains("both go to"));
    assert!(fault(&CLOSED, vec![(Leaf::Email, FieldOption::Off)]).contains("with every request"));
    assert!(
        fault(&OPEN, vec![(Leaf::Title, to("Site")), (Leaf::Website, to("site"))]).contains("both go to")
    );
    assert!(fault(&OPEN, vec![(Leaf::Title, on(FieldOptions::default()))]).contains("name one"));
    assert!(fault(&OPEN, vec![(Leaf::Title, to("key"))]).contains("names the person"));
    assert!(fault(&OPEN, vec![(Leaf::Name, to("x"))]).contains("no vendor"));
}

#[test]
fn a_fingerprint_changes_with_the_bytes_and_with_nothing_else() {
    let number = canonical::Json::parse(br#""+1 416 555 0123""#).expect("JSON");
    let number = Value::parse(&Leaf::PhoneNumber, &number, &canonical::Rules::default()).expect("a number");
    let of = |leaf: &Leaf, option, phone_format, value: Option<&Value>| {
        let fields = BTreeMap::from([(Leaf::Nickname, FieldOption::Off), (leaf.clone(), option)]);
        let mapping =
            Mapping::new(&CLOSED, &MappingOptions { fields, phone_format, ..MappingOptions::default() })
                .expect("valid");
        mapping.carried(leaf, value).expect("carried").fingerprint
    };
    let short = text("abc");
    let title = |options| of(&Leaf::Title, on(options), PhoneFormat::E164, Some(&short));
    let usual = title(FieldOptions::default());
    assert_eq!(usual, title(FieldOptions { clear: ClearAs::EmptyString, ..FieldOptions::default() }));
    assert_eq!(usual, title(FieldOptions { overlong: Overlong::Truncate, ..FieldOptions::default() }));
    assert_eq!(usual, of(&Leaf::Title, to("title"), PhoneFormat::AsSent, Some(&short)));
    let map = BTreeMap::from([("abc".to_owned(), text("1"))]);
    let mapped = title(FieldOptions { map: map.clone(), ..FieldOptions::default() });
    let other = BTreeMap::from([("abc".to_owned(), text("2"))]);
    assert_ne!(usual, mapped);
    assert_ne!(mapped, title(FieldOptions { map: other, ..FieldOptions::default() }));
    let cut = FieldOptions { overlong: Overlong::Truncate, ..FieldOptions::default() };
    assert_ne!(usual, of(&Leaf::Title, on(cut), PhoneFormat::E164, Some(&text("abcdef"))));
    let elsewhere = of(&Leaf::Website, to("nick"), PhoneFormat::E164, Some(&short));
    assert_ne!(usual, elsewhere);
    let phone = |format| of(&Leaf::PhoneNumber, to("nick"), format, Some(&number));
    assert_ne!(phone(PhoneFormat::E164), phone(PhoneFormat::AsSent));
}
