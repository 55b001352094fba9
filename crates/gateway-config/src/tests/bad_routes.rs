use super::*;

const BASE: &str = "https://api.getcommunal.com";

fn base(url: &str) -> String {
    replaced(BASE, url)
}

#[test]
fn b73_one_credential_goes_to_one_origin() {
    let second = "[routes.second]\nvendor = \"usercom\"\nbase_url = \"https://x.user.com\"\n";
    assert_refused(
        &with(&format!("{second}credential = {{ env = \"TOKEN\" }}")),
        16,
        14,
        "a secret of its own",
    );
    // The same secret by another name is the same secret.
    let text = with(&format!("{second}credential = {{ env = \"COPY\" }}"));
    let errors = read_with(&text, &[("COPY", "canary-7Q")]).expect_err("one secret");
    assert!(errors.to_string().contains("main and second send one credential"), "{errors}");
    assert!(read(&with(&format!("{second}credential = {{ env = \"OTHER_TOKEN\" }}"))).is_ok());
}

#[test]
fn b74_http_is_refused_where_it_is_not_meant() {
    assert_refused(&base("http://api.getcommunal.com"), 11, 12, "must start with https://");
    assert_refused(&base("ftp://api.getcommunal.com"), 11, 12, "must start with https://");
    assert_refused(&with("plain_http = true"), 13, 14, "only with network = \"private\"");
    let private = base("http://10.0.0.7") + "network = \"private\"\n";
    assert_refused(&private, 11, 12, "plain_http = true");
    assert!(read(&(base("http://127.0.0.1:9") + "network = \"loopback\"\n")).is_ok());
}

#[test]
fn b75_b76_a_url_holds_no_user_query_or_fragment() {
    assert_refused(&base("https://canary:canary@api.example.com"), 11, 12, "user name or password");
    assert_refused(&base("https://api.example.com/?key=canary"), 11, 12, "query");
    assert_refused(&base("https://api.example.com/#canary"), 11, 12, "fragment");
    for url in ["", "api.example.com", "https://", "https://a b", "https:///x"] {
        assert!(mistakes(&base(url))[0].sentence.contains("base_url"), "{url}");
    }
    assert_refused(&replaced(&format!("base_url = \"{BASE}\"\n"), ""), 9, 9, "needs base_url");
}

#[test]
fn a_base_url_that_ends_in_the_vendors_own_path_is_refused() {
    let written = |vendor: &str, url: &str, more: &str| {
        replaced("communal\"", &format!("{vendor}\"")).replace(BASE, url) + more
    };
    let village = "network_id = \"n1\"\n";
    for (vendor, url, more, right) in [
        ("communal", "https://x.example/api", "", "https://x.example"),
        ("communal", "https://x.example/api/users/", "", "https://x.example"),
        ("communifire", "https://x.example/gw/API", "", "https://x.example/gw"),
        ("usercom", "https://x.user.com/api/public/", "", "https://x.user.com"),
        ("village", "https://x.example/v2/networks/n1", village, "https://x.example/v2"),
    ] {
        let sentence = format!("begins with; write \"{right}\"");
        assert_refused(&written(vendor, url, more), 11, 12, &sentence);
    }
    for (vendor, url, more) in [
        ("communal", "https://api.example/profiles", ""),
        ("usercom", "https://x.user.com/public", ""),
        ("village", "https://x.example/api", village),
    ] {
        assert!(read(&written(vendor, url, more)).is_ok(), "{vendor} {url}");
    }
}

#[test]
fn b77_addresses_outside_of_the_network_are_refused() {
    for (host, network, fragment) in [
        ("127.0.0.1", "public", "loopback"),
        ("localhost", "public", "loopback"),
        ("[::1]", "public", "loopback"),
        ("2130706433", "public", "loopback"),
        ("10.0.0.1", "public", "network = \\\"private\\\"".trim_matches('\\')),
        ("169.254.169.254", "public", "metadata"),
        ("169.254.169.254", "private", "metadata"),
        ("169.254.169.254", "loopback", "metadata"),
        ("[::ffff:169.254.169.254]", "private", "never reached"),
        ("[fd00:ec2::254]", "private", "metadata"),
        ("0.0.0.0", "loopback", "never reached"),
        ("8.8.8.8", "loopback", "a public address"),
    ] {
        let text = base(&format!("https://{host}")) + &format!("network = \"{network}\"\n");
        let found = mistakes(&text);
        let fragment = fragment.replace("\\\"", "\"");
        assert!(found[0].sentence.contains(&fragment), "{host} {network}: {found:?}");
        assert_eq!(found[0].place, Place::At { line: 11, column: 12 });
    }
    assert_refused(&with("network = \"intranet\""), 13, 11, "\"public\" or \"private\" or \"loopback\"");
}

#[test]
fn b78_hosts_are_written_in_their_plain_form() {
    assert_refused(&base("https://api.example.com."), 11, 12, "must not end with a dot");
    assert_refused(&base("https://bücher.example"), 11, 12, "xn-- form");
    assert!(read(&base("https://xn--bcher-kva.example")).is_ok());
}

#[test]
fn b82_times_outside_of_their_bounds_are_refused() {
    for time in ["0s", "-1s", "1h", "61s", "99999999999999999999s", "15", "", "soon"] {
        assert_refused(&with(&format!("timeout = \"{time}\"")), 13, 11, "100ms to 60s");
    }
    assert_refused(&with("settle = \"2d\""), 13, 10, "0s to 24h");
}

#[test]
fn b83_numbers_outside_of_their_bounds_are_refused() {
    for number in ["0", "-1", "1025", "9223372036854775807"] {
        assert_refused(&with(&format!("concurrency = {number}")), 13, 15, "from 1 to 1024");
    }
    assert_refused(&with("concurrency = 9223372036854775808"), 13, 15, "whole number");
    for rate in ["0/s", "NaN/s", "-1/s", "x", "inf/s", "5"] {
        assert_refused(&with(&format!("rate = \"{rate}\"")), 13, 8, "write a rate");
    }
}

#[test]
fn b84_a_mapping_names_fields_that_exist_once() {
    assert_refused(&with("fields = { phone_number = \"telefone\" }"), 13, 27, "did you mean \"telephone\"?");
    assert_refused(&with("fields = { phone_number = { to = \"telefone\" } }"), 13, 34, "has no field");
    assert_refused(&with("fields = { nickname = \"telephone\" }"), 13, 23, "both go to \"telephone\"");
    assert_refused(&with("fields = { title = true }"), 13, 20, "has no field of its own for title");
    assert_refused(&with("fields = { name = \"telephone\" }"), 13, 19, "sent to no vendor");
    let twice = "fields = { nickname = \"preferred_name\", nickname = \"telephone\" }";
    assert_refused(&with(twice), 13, 41, "duplicate key");
    let twice = "fields = { \"address.locality\" = \"profile_city\", address.locality = \"profile_city\" }";
    assert!(mistakes(&with(twice))[0].sentence.contains("mapped twice"));
    assert_refused(&with("fields = { nickname = \"\" }"), 13, 23, "write false");
    assert_refused(&with("fields = { nickname = 7 }"), 13, 23, "the name of the vendor's field, false");
    assert_refused(&with("fields.nickname.overlong = \"cut\""), 13, 28, "write \"refuse\" or \"truncate\"");
    assert_refused(
        &with("fields.nickname.clear = \"empty\""),
        13,
        25,
        "write \"refuse\" or \"empty_string\"",
    );
    assert_refused(
        &with("fields.nickname.map = { a = [1] }"),
        13,
        29,
        "a text in quotes, true, false or a number",
    );
    assert_refused(&with("phone_format = \"E164\""), 13, 16, "did you mean \"e164\"?");
}

#[test]
fn b85_what_communal_needs_is_mapped() {
    for leaf in ["given_name", "family_name", "email"] {
        let text = with(&format!("fields = {{ {leaf} = false }}"));
        assert!(mistakes(&text)[0].sentence.contains("cannot be left out"), "{leaf}");
    }
    assert_refused(&with("fields.email = false"), 13, 16, "communal needs email with every request");
    let all = with("fields = { given_name = false, family_name = false, email = false }");
    assert_eq!(mistakes(&all).len(), 3);
}

#[test]
fn b86_labels_that_differ_only_in_case_are_taken_for_a_mistake() {
    let text = replaced("\"communal\"", "\"communifire\"");
    assert_refused(&(text + "fields = { title = \"phone\" }\n"), 13, 20, "both go to");
}

#[test]
fn vendors_and_their_own_options_are_checked() {
    assert_refused(&replaced("\"communal\"", "\"comunal\""), 10, 10, "did you mean \"communal\"?");
    assert_refused(&replaced("vendor = \"communal\"\n", ""), 9, 9, "communal, communifire, usercom, village");
    assert_refused(&with("network_id = \"n1\""), 13, 1, "an option of village, not of communal");
    assert_refused(&with("errors = []"), 13, 1, "an option of communifire, not of communal");
    assert_refused(&with("api_version = \"2026 \""), 13, 15, "letters, digits");
    assert_refused(&with("subject = \"email\""), 13, 11, "write \"id\"");
    assert_refused(&with("enrol = \"email\""), 13, 9, "subject is an e-mail address");
    assert_refused(&with("enrol = \"all\""), 13, 9, "write \"identity\" or \"email\"");
    let intranet = replaced("\"communal\"", "\"communifire\"");
    let by_email = format!("{intranet}subject = \"email\"\n");
    assert_refused(&format!("{intranet}enrol = \"email\"\n"), 13, 9, "subject is an e-mail address");
    assert_refused(&format!("{by_email}fields.email = true\n"), 14, 16, "it names the person");
    assert_refused(&format!("{by_email}fields.title = \"email\"\n"), 14, 16, "it names the person");
    let village = replaced("\"communal\"", "\"village\"");
    assert_refused(&village, 9, 9, "needs network_id");
    for id in ["", "..", "a/b", "a b", "ñ"] {
        assert_refused(&format!("{village}network_id = \"{id}\"\n"), 13, 14, "a network id");
    }
    assert_refused(&format!("{village}network_id = \"n\"\napply_window = \"0s\"\n"), 14, 16, "1s to 24h");
    assert_refused(
        &format!("{village}network_id = \"n\"\napi_version = \"1\"\n"),
        14,
        1,
        "option of communal",
    );
}

#[test]
fn communifires_own_options_are_checked() {
    let route = replaced("\"communal\"", "\"communifire\"");
    let own = |line: &str| format!("{route}{line}\n");
    assert_refused(&own("auth = \"basic\""), 13, 8, "write \"header\" or \"bearer\"");
    assert_refused(&own("body_encoding = \"json\""), 13, 17, "\"json_string\" or \"json_object\"");
    assert_refused(&own("errors = [{ match = \"(\", kind = \"NotFound\" }]"), 13, 21, "regular expression");
    assert_refused(&own("errors = [{ match = \"x\", kind = \"Gone\" }]"), 13, 33, "Invalid, Unauthenticated");
    assert_refused(&own("errors = [{ match = \"x\" }]"), 13, 11, "both match and kind");
    assert_refused(&own("errors = [{ mach = \"x\" }]"), 13, 13, "did you mean \"match\"?");
    assert!(read(&own("auth = \"bearer\"\nbody_encoding = \"json_object\"")).is_ok());
}

#[test]
fn names_of_routes_are_plain() {
    for name in ["Main", "1main", "ma-in", "\"m n\"", "_x", &"x".repeat(33)] {
        assert_refused(&replaced("routes.main", &format!("routes.{name}")), 9, 9, "a route's name");
    }
    assert!(read(&replaced("routes.main", &format!("routes.{}", "x".repeat(32)))).is_ok());
}

#[test]
fn a_filter_is_checked_to_the_character() {
    assert_refused(&with("when = 'orgnization eq \"x\"'"), 13, 9, "did you mean \"organization\"?");
    assert_refused(&with("when = 'title pr and orgnization eq \"x\"'"), 13, 22, "did you mean");
    assert_refused(&with("when = \"title = 1\""), 13, 15, "no part of a filter");
    assert_refused(&with("when = 'title pr and'"), 13, 18, "does not belong here");
    assert_refused(&with("when = ''"), 13, 9, "leave it out");
    // Behind an escape the character is not known, so the whole value is named.
    assert_refused(&with("when = \"\\u0074itle = 1\""), 13, 8, "no part of a filter");
}

#[test]
fn a_ca_file_holds_certificates() {
    let directory = tempfile::tempdir().expect("a directory");
    std::fs::write(directory.path().join("ca.pem"), "not a certificate").expect("written");
    for (file, fragment) in [("missing.pem", "cannot be read"), (".", "a regular file"), ("ca.pem", "PEM")] {
        let text = with(&format!("ca_file = \"{file}\""));
        let errors = Config::parse("g.toml", &text, directory.path(), &environment()).expect_err(file);
        assert!(errors.to_string().starts_with("g.toml:13:11: "), "{errors}");
        assert!(errors.to_string().contains(fragment), "{errors}");
    }
}
