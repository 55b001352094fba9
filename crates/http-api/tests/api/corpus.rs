//! B01–B30 as a table: bodies that are refused, each with its status, its type of problem and the place of the mistake; and
//! B31–B54 as another: texts that are no address.

/// A body, the status and type of its refusal, and where the mistake is.
pub(crate) type Refusal = (&'static str, Vec<u8>, u16, &'static str, Option<&'static str>);

/// Every body of the table.
pub(crate) fn bodies() -> Vec<Refusal> {
    [duplicates_and_names(), read_only(), sizes(), numbers(), values(), shapes(), syntax()].concat()
}

fn of(id: &'static str, body: &str, kind: &'static str, pointer: &'static str) -> Refusal {
    (id, body.as_bytes().to_vec(), 400, kind, Some(pointer))
}

fn bytes(id: &'static str, body: impl Into<Vec<u8>>, status: u16, kind: &'static str) -> Refusal {
    (id, body.into(), status, kind, None)
}

fn members(count: usize) -> String {
    let members: Vec<String> = (0..count).map(|at| format!("\"m{at}\":0")).collect();
    format!("{{{}}}", members.join(","))
}

fn duplicates_and_names() -> Vec<Refusal> {
    vec![
        of("B01", r#"{"title":"1","title":"2"}"#, "duplicate-key", "/title"),
        of("B02", r#"{"title":"1","t\u0069tle":"2"}"#, "duplicate-key", "/title"),
        of("B03", r#"{"address":{"region":"1","region":"2"}}"#, "duplicate-key", "/address/region"),
        of("B04", r#"{"email":"a@x.org","Email":"b@x.org"}"#, "unknown-leaf", "/Email"),
        of("B05", "{\"custom\":{\"\u{e9}\":1,\"e\u{301}\":2}}", "unknown-leaf", "/custom/\u{e9}"),
        of("B06 NUL", r#"{"title\u0000":"x"}"#, "unknown-leaf", "/title\u{fffd}"),
        of("B06 space", r#"{"title ":"x"}"#, "unknown-leaf", "/title "),
        of("B04 nested", r#"{"address":{"region":"1","Region":"2"}}"#, "unknown-leaf", "/address/Region"),
        of("B27 proto", r#"{"custom":{"__proto__":"x"}}"#, "unknown-leaf", "/custom/__proto__"),
        of("B27 proto at the top", r#"{"__proto__":{"x":1}}"#, "unknown-leaf", "/__proto__"),
        of("B27 where", r#"{"custom":{"$where":"x"}}"#, "unknown-leaf", "/custom/$where"),
        of("B27 braces", r#"{"custom":{"{{7*7}}":"x"}}"#, "unknown-leaf", "/custom/{{7*7}}"),
        of("B27 jndi", r#"{"custom":{"${jndi:ldap:x}":"x"}}"#, "unknown-leaf", "/custom/${jndi:ldap:x}"),
        of("B28 dot", r#"{"custom":{"a.b":"x"}}"#, "unknown-leaf", "/custom/a.b"),
        of("B28 slash", r#"{"custom":{"a/b":"x"}}"#, "unknown-leaf", "/custom/a~1b"),
        of("B28 empty", r#"{"custom":{"":"x"}}"#, "unknown-leaf", "/custom/"),
        of("B28 emoji", "{\"custom\":{\"😀\":\"x\"}}", "unknown-leaf", "/custom/😀"),
        bytes("B28 long", format!("{{\"custom\":{{\"{}\":1}}}}", "k".repeat(300)), 400, "unknown-leaf"),
    ]
}

fn read_only() -> Vec<Refusal> {
    vec![
        of("B25 unknown", r#"{"emial":"a@x.org"}"#, "unknown-leaf", "/emial"),
        of("B25 id", r#"{"id":"x"}"#, "read-only-leaf", "/id"),
        of("B25 version", r#"{"version":7}"#, "read-only-leaf", "/version"),
        of("B25 time", r#"{"updated_at":"2026-11-21T00:00:00Z"}"#, "read-only-leaf", "/updated_at"),
        of("B25 routes", r#"{"routes":{"village":{"state":"in_step"}}}"#, "read-only-leaf", "/routes"),
        of("B25 vendor ids", r#"{"vendor_ids":{}}"#, "unknown-leaf", "/vendor_ids"),
        of("B25 rights", r#"{"active":true}"#, "unknown-leaf", "/active"),
    ]
}

fn sizes() -> Vec<Refusal> {
    vec![
        bytes("B07", "[".repeat(10_000), 400, "invalid-json"),
        bytes("B07 above the limit", "[".repeat(300_000), 413, "too-large"),
        bytes("B08", format!("{}1{}", "{\"a\":".repeat(17), "}".repeat(17)), 400, "invalid-json"),
        bytes("B09", vec![b' '; 256 * 1024 + 1], 413, "too-large"),
        bytes("B10", format!("{{\"title\":\"{}\"}}", "x".repeat(255 * 1024)), 400, "invalid-value"),
        bytes("B11", members(20_000), 400, "unknown-leaf"),
        bytes("B11 above the limit", members(100_000), 413, "too-large"),
    ]
}

/// The ends of every number type, and what lies just beyond the largest integer that is taken.
const TOO_LARGE: [&str; 14] = [
    "9007199254740992",
    "-9007199254740992",
    "9223372036854775807",
    "-9223372036854775807",
    "-9223372036854775808",
    "9223372036854775808",
    "-9223372036854775809",
    "18446744073709551615",
    "18446744073709551616",
    "170141183460469231731687303715884105727",
    "-170141183460469231731687303715884105728",
    "340282366920938463463374607431768211455",
    "1.8e308",
    "-1.8e308",
];

fn numbers() -> Vec<Refusal> {
    let number = |text: &&str| {
        bytes("B13 end of a type", format!("{{\"custom\":{{\"n\":{text}}}}}"), 400, "invalid-value")
    };
    TOO_LARGE.iter().map(number).collect()
}

fn values() -> Vec<Refusal> {
    vec![
        of("B12", r#"{"custom":{"n":1e400}}"#, "invalid-value", "/custom/n"),
        of("B12 negative", r#"{"custom":{"n":-1e400}}"#, "invalid-value", "/custom/n"),
        of("B13", r#"{"custom":{"n":123456789012345678901234567890}}"#, "invalid-value", "/custom/n"),
        of(
            "B13 as identity",
            r#"{"identities":{"communal_main":123456789012345678901234567890}}"#,
            "invalid-value",
            "/identities/communal_main",
        ),
        of("B14 -0", r#"{"title":-0}"#, "invalid-value", "/title"),
        of("B14 1E-400", r#"{"title":1E-400}"#, "invalid-value", "/title"),
        of("B14 0.1e1", r#"{"title":0.1e1}"#, "invalid-value", "/title"),
        of("B14 1", r#"{"email":1}"#, "invalid-value", "/email"),
        of("B14 true", r#"{"birthdate":true}"#, "invalid-value", "/birthdate"),
        of("B19", r#"{"title":"a\u0000b"}"#, "invalid-value", "/title"),
        of("B19 custom", r#"{"custom":{"k":"a\u0000b"}}"#, "invalid-value", "/custom/k"),
        of("B19 tag", r#"{"tags":["a\u0000b"]}"#, "invalid-value", "/tags"),
        of(
            "B19 identity",
            r#"{"identities":{"usercom":"a\u0000b"}}"#,
            "invalid-value",
            "/identities/usercom",
        ),
        of("B20 bell", r#"{"title":"a\u0007b"}"#, "invalid-value", "/title"),
        of("B20 DEL", "{\"title\":\"a\u{7f}b\"}", "invalid-value", "/title"),
        of("B20 C1", "{\"title\":\"a\u{85}b\"}", "invalid-value", "/title"),
        of("B20 line feed", r#"{"address":{"locality":"a\nb"}}"#, "invalid-value", "/address/locality"),
    ]
}

fn shapes() -> Vec<Refusal> {
    vec![
        of("B26 array", r#"{"address":[]}"#, "invalid-value", "/address"),
        of("B26 custom", r#"{"custom":["x"]}"#, "invalid-value", "/custom"),
        of("B26 address", r#"{"address":"x"}"#, "invalid-value", "/address"),
        of("B26 identities", r#"{"identities":[]}"#, "invalid-value", "/identities"),
        of(
            "B26 identity",
            r#"{"identities":{"village":["a@x.org"]}}"#,
            "invalid-value",
            "/identities/village",
        ),
        of("B26 deep", r#"{"custom":{"k":{"a":1}}}"#, "invalid-value", "/custom/k"),
        of("B26 list", r#"{"custom":{"k":[["a"]]}}"#, "invalid-value", "/custom/k"),
        of("B26 tag", r#"{"tags":["a",{}]}"#, "invalid-value", "/tags"),
        of("B26 object", r#"{"tags":{"a":1}}"#, "invalid-value", "/tags"),
        of("B26 text", r#"{"title":["x"]}"#, "invalid-value", "/title"),
        of("an unknown route", r#"{"identities":{"nowhere":"1"}}"#, "unknown-route", "/identities/nowhere"),
    ]
}

fn syntax() -> Vec<Refusal> {
    let invalid: [(&str, &[u8]); 24] = [
        ("B17", br#"{"title":"\ud800"}"#),
        ("B17 low", br#"{"title":"\udc00"}"#),
        ("B17 two high", br#"{"title":"\ud800\ud800"}"#),
        ("B17 name", br#"{"\ud800":"x"}"#),
        ("B17 in UTF-8", b"{\"title\":\"\xed\xa0\x80\"}"),
        ("B18 overlong", b"{\"title\":\"\xc0\xaf\"}"),
        ("B18 invalid", b"{\"title\":\"\xff\"}"),
        ("B18 UTF-16", b"\xff\xfe{\0}\0"),
        ("B18 two UTF-8 BOMs", b"\xef\xbb\xbf\xef\xbb\xbf{}"),
        ("B20 raw control", b"{\"title\":\"a\x01b\"}"),
        ("B21 second document", b"{} {}"),
        ("B21 trailing comma", br#"{"title":"x",}"#),
        ("B21 comment", b"{/* x */}"),
        ("B21 comment to the end", b"{} // x"),
        ("B21 trailing comma of a list", br#"{"tags":["x",]}"#),
        ("B21 NaN", br#"{"custom":{"n":NaN}}"#),
        ("B21 Infinity", br#"{"custom":{"n":-Infinity}}"#),
        ("B21 bare name", b"{title:1}"),
        ("B21 single quotes", b"{'title':'x'}"),
        ("B22 empty", b""),
        ("B22 white space", b"  \n"),
        ("leading zero", br#"{"custom":{"n":01}}"#),
        ("half a body", br#"{"title":"x"#),
        ("B15 gzip without saying so", b"\x1f\x8b\x08\0\0\0\0\0\0\x03\xab\xae\x05\0C\xbf\xa6\xa3\x02\0\0\0"),
    ];
    let mut cases: Vec<Refusal> =
        invalid.map(|(id, body)| (id, body.to_vec(), 400, "invalid-json", None)).to_vec();
    for body in ["null", "[]", "\"x\"", "0"] {
        cases.push(of("B22", body, "invalid-value", ""));
    }
    cases
}

/// Texts that are no e-mail address, as a leaf and as an identity.
pub(crate) fn not_addresses() -> Vec<(&'static str, String)> {
    let long_local = format!("{}@x.org", "a".repeat(65));
    let labels = ["b".repeat(60), "c".repeat(60), "d".repeat(60), "e".repeat(70)].join(".");
    let plain = [
        ("B34 with two dots", "a%2f..%2fadmin@x.org"),
        ("B35", "\"../../admin\"@x.org"),
        ("B36", ".."),
        ("B36", "."),
        ("B37", "%2e%2e"),
        ("B38", "a\\b@x.org"),
        ("B39", "a;v=1@x.org"),
        ("B40 encoded", "a@x.org%0d%0aX: y"),
        ("B40 real", "a@x.org\r\nX: y"),
        ("B41", "a@x.org/../../networks/2/users/b@x.org"),
        ("B42 literal", "user@[127.0.0.1]"),
        ("B42 one label", "user@localhost"),
        ("B43 local part", &long_local),
        ("B43 length", &format!("a@{labels}.org")),
        ("B43 no @", "x.org"),
        ("B43 two @", "a@b@x.org"),
        ("B44 space", " a@x.org"),
        ("B44 space at the end", "a@x.org "),
        ("B44 tab", "a@x.org\t"),
        ("B44 NBSP", "a@x.org\u{a0}"),
        ("B44 ZWJ", "a\u{200d}@x.org"),
        ("B45 slash", "a\u{ff0f}b@x.org"),
        ("B45 at", "a\u{ff20}x.org"),
        ("B47", "m\u{131}ke@example.org"),
        ("B48", "\u{17f}am@example.org"),
        ("B48 Kelvin", "\u{212a}im@example.org"),
        ("B49", "stra\u{df}e@example.org"),
        ("B53", "a@xn--example-.org"),
        ("B53 not encoded", "a@b\u{fc}cher.example"),
        ("B54", "a@ex\u{430}mple.org"),
        ("B51", "a\u{202e}@x.org"),
        ("two dots", "a..b@x.org"),
        ("empty", ""),
    ];
    plain.map(|(id, text)| (id, text.to_owned())).to_vec()
}
