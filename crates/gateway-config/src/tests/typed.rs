//! Tables, `negate`, `clear` and `custom_id` at fields that are no text.

use super::*;

/// A route of a vendor with further lines; the first of them is line 13.
fn route(vendor: &str, lines: &str) -> String {
    replaced("\"communal\"", &format!("\"{vendor}\"")) + lines + "\n"
}

fn usercom(lines: &str) -> String {
    route("usercom", lines)
}

fn warnings(text: &str) -> Vec<String> {
    let config = read(text).unwrap_or_else(|errors| panic!("{errors}"));
    config.warnings.iter().map(|warning| warning.one_line("g.toml")).collect()
}

#[test]
fn a_table_has_what_its_field_can_hold() {
    let flag =
        |map: &str| usercom(&format!("fields.custom.flag = {{ to = \"unsubscribed\", map = {{ {map} }} }}"));
    for map in ["yes = true", "yes = \"true\"", "true = false, false = true"] {
        assert!(read(&flag(map)).is_ok(), "{map}");
    }
    assert_refused(
        &flag("yes = \"ja\""),
        13,
        59,
        "\"unsubscribed\" takes true or false; write that as the value",
    );
    assert_refused(&flag("yes = 1"), 13, 59, "takes true or false");
    assert_refused(&usercom("fields.gender.map = { x = \"1\" }"), 13, 27, "takes unknown, male or female");
    let score = "fields.custom.points = { to = \"score\", map = { gold = \"high\" } }";
    assert_refused(&usercom(score), 13, 55, "takes a whole number");
    assert!(
        read(&usercom("fields.custom.points = { to = \"score\", map = { gold = 10, silver = \"5\" } }"))
            .is_ok()
    );
    assert!(read(&usercom("fields.custom.rate = { to = \"rate\", map = { gold = 1.5 } }")).is_ok());
}

#[test]
fn an_empty_text_clears_no_field_that_is_no_text() {
    for to in ["unsubscribed", "score"] {
        let text = usercom(&format!("fields.custom.x = {{ to = \"{to}\", clear = \"empty_string\" }}"));
        assert!(mistakes(&text)[0].sentence.contains("an empty text is none; remove clear"), "{to}");
    }
    assert_refused(&usercom("fields.gender.clear = \"empty_string\""), 13, 23, "remove clear");
    let village = route("village", "network_id = \"n\"\nfields.phone_number.clear = \"empty_string\"");
    assert_refused(&village, 14, 29, "an empty text is none");
}

#[test]
fn the_contrary_of_a_boolean_is_an_option() {
    let negated = "fields.custom.mail = { to = \"unsubscribed\", negate = true }";
    assert!(read(&usercom(negated)).is_ok());
    assert!(
        read(&route("communifire", "fields.custom.mail = { to = \"Share my profile\", negate = true }"))
            .is_ok()
    );
    assert_refused(&usercom("fields.gender.negate = true"), 13, 24, "turns true and false around");
    let both = "fields.custom.mail = { to = \"unsubscribed\", negate = true, map = { a = true } }";
    assert_refused(&usercom(both), 13, 54, "not both");
    let changed = |lines: &str| {
        let of = |lines: &str| read(&usercom(lines)).expect("right");
        ConfigDiff::between(&of("fields.custom.mail = \"unsubscribed\""), &of(lines)).to_string()
    };
    assert_eq!(changed(negated), "route main changes fields.custom.mail.negate false → true");
}

#[test]
fn a_custom_id_is_given_where_people_are_known_by_another() {
    let config = read(&usercom("custom_id = \"custom.crm_id\"")).expect("right");
    let route = &config.routes[0];
    assert!(route.carried.values().any(|to| to == "custom_id"));
    assert!(route.shown().contains(&("custom_id", "custom.crm_id".to_owned())));
    assert!(read(&usercom("custom_id = \"preferred_username\"")).is_ok());
    assert_refused(
        &usercom("subject = \"custom_id\"\ncustom_id = \"custom.crm_id\""),
        14,
        13,
        "knows people",
    );
    assert_refused(&usercom("custom_id = \"email\""), 13, 13, "from a leaf that is one");
    assert_refused(&usercom("custom_id = \"crm_id\""), 13, 13, "is not a leaf");
    assert_refused(
        &usercom("fields.custom.crm_id = \"custom_id\""),
        13,
        24,
        "write custom_id = \"custom.crm_id\"",
    );
    let twice = "custom_id = \"custom.crm_id\"\nfields.custom.crm_id = \"tier\"";
    assert_refused(&usercom(twice), 13, 13, "goes to one place alone");
    assert_refused(&with("custom_id = \"custom.crm_id\""), 13, 1, "an option of usercom, not of communal");
    let of = |lines: &str| read(&usercom(lines)).expect("right");
    let diff = ConfigDiff::between(&of(""), &of("custom_id = \"custom.crm_id\"")).to_string();
    assert_eq!(diff, "route main sends custom.crm_id as well, changes custom_id unset → custom.crm_id");
}

#[test]
fn a_route_that_renames_those_whom_another_one_knows_is_warned_about() {
    let second = |subject: &str, host: &str, secret: &str| {
        let route = format!(
            "[routes.other]\nvendor = \"usercom\"\nbase_url = \"https://{host}\"\n\
             credential = {{ env = \"{secret}\" }}\nsubject = \"{subject}\""
        );
        warnings(&usercom(&format!("custom_id = \"custom.crm_id\"\n{route}")))
    };
    let found = second("custom_id", "api.getcommunal.com", "TOKEN");
    assert!(found[0].starts_with("g.toml:13:13: the route other knows people there"), "{found:?}");
    assert_eq!(second("id", "api.getcommunal.com", "TOKEN"), [""; 0]);
    assert_eq!(second("custom_id", "other.user.com", "OTHER_TOKEN"), [""; 0]);
}

#[test]
fn an_option_without_effect_is_warned_about() {
    for (text, place, says) in [
        (route("village", "network_id = \"n\"\nphone_format = \"as_sent\""), "14:16", "one form alone"),
        (usercom("fields.phone_number = false\nphone_format = \"as_sent\""), "14:16", "no telephone number"),
        (usercom("fields.address.region.overlong = \"truncate\""), "13:34", "no longest value"),
        (
            usercom("fields.custom.tier = { to = \"tier\", clear = \"empty_string\" }"),
            "13:45",
            "in its own way",
        ),
        (with("fields.email.clear = \"empty_string\""), "13:22", "cannot be empty"),
        (usercom("fields.tags.map = { a = \"b\" }"), "13:19", "is a set"),
    ] {
        let found = warnings(&text);
        assert!(
            found.iter().any(|line| line.starts_with(&format!("g.toml:{place}: ")) && line.contains(says)),
            "{found:?}"
        );
    }
    let quiet =
        ["phone_format = \"as_sent\"", "fields.gender = true", "fields.given_name.overlong = \"truncate\""];
    for lines in quiet {
        assert_eq!(warnings(&usercom(lines)), [""; 0], "{lines}");
    }
}

#[test]
fn a_time_zone_goes_to_communifire_by_a_table() {
    let found = warnings(&route("communifire", "fields.zoneinfo = \"Time zone\""));
    assert!(found[0].starts_with("g.toml:13:19: communifire wants the ids of its own"), "{found:?}");
    assert!(found[0].contains("write map = {"), "{found:?}");
    let mapped = "fields.zoneinfo = { to = \"Time zone\", map = { \"Europe/Berlin\" = \"4\" } }";
    assert_eq!(warnings(&route("communifire", mapped)), [""; 0]);
    assert_eq!(warnings(&usercom("fields.zoneinfo = true")), [""; 0]);
}
