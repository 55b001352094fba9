//! The URL builder: any text in any place of a request decodes back to itself, in its place, or the request is refused.

use std::sync::LazyLock;

use adapter::{Adapter, AuthScheme, Method, Path, Subject, SubjectKind, Update, VendorRequest, WireField};
use canonical::Leaf;
use delivery::{Preview, Transport};
use secrecy::SecretString;
use transport_http::{Credential, HttpTransport, Network, PlainHttp, Settings};

use crate::answer::set;

static KIND: SubjectKind = SubjectKind::integer("id");
/// Plain HTTP needs no certificates, so that the targets run on a machine without any.
const BASES: [(&str, Network, PlainHttp); 2] = [
    ("http://127.0.0.1:9/v1", Network::Loopback, PlainHttp::Refused),
    ("http://vendor.internal:8080/a%20b/c", Network::Private, PlainHttp::Allowed),
];

static TRANSPORTS: LazyLock<Vec<(&str, HttpTransport)>> = LazyLock::new(|| {
    let credential = Credential::new(SecretString::from("canary-7Q")).expect("a credential");
    let transport = |(base, network, plain_http)| {
        let settings = Settings::new(base, AuthScheme::Bearer, credential.clone());
        (base, HttpTransport::new(Settings { network, plain_http, ..settings }).expect("a transport"))
    };
    BASES.map(transport).into_iter().collect()
});

static ADAPTERS: LazyLock<Vec<Box<dyn Adapter>>> = LazyLock::new(|| {
    let village = adapter_village::Options { network_id: "n1".to_owned() };
    vec![
        Box::new(adapter_communal::Adapter::new(adapter_communal::Options::default())),
        Box::new(adapter_communifire::Adapter::new(adapter_communifire::Options::default())),
        Box::new(adapter_usercom::Adapter::new(adapter_usercom::Options)),
        Box::new(adapter_village::Adapter::new(village)),
    ]
});

/// Puts `data` into a path, a query and a header, and makes it the subject of every dialect.
pub fn target(data: &[u8]) {
    let text = String::from_utf8_lossy(data);
    for (base, transport) in TRANSPORTS.iter() {
        anywhere(base, transport, &text);
        subjects(base, transport, &text);
    }
}

/// The text as a segment, first and last, as a query value and as a header.
fn anywhere(base: &str, transport: &HttpTransport, text: &str) {
    let refusable = matches!(text, "" | "." | "..");
    for (segments, trailing_slash) in
        [([text, "users"], false), (["users", text], false), (["users", text], true)]
    {
        let path = Path { segments: segments.map(str::to_owned).to_vec(), trailing_slash };
        let request = VendorRequest { path, query: vec![("q", text.to_owned())], ..plain() };
        let preview = transport.preview(&request);
        assert_eq!(preview.url.starts_with("refused: "), refusable, "refused without need, or not refused");
        if !refusable {
            let mut expected = segments.to_vec();
            expected.extend(trailing_slash.then_some(""));
            check(base, &preview, &expected, &[("q", text)]);
        }
    }
    let request = VendorRequest { headers: vec![("X-Api-Version", text.to_owned())], ..plain() };
    let preview = transport.preview(&request);
    if !preview.url.starts_with("refused: ") {
        let shown = preview.headers.iter().find(|(name, _)| name == "X-Api-Version");
        assert_eq!(
            shown.map(|(_, value)| value.as_str()),
            Some(text),
            "a header is shown otherwise than sent"
        );
        assert!(!text.contains(['\r', '\n', '\0']), "a header of several lines");
    }
}

fn plain() -> VendorRequest {
    VendorRequest {
        method: Method::Put,
        path: Path::new(["users", "7"]),
        query: Vec::new(),
        headers: Vec::new(),
        body: None,
        subject: Subject::parse(&KIND, "7").expect("an integer"),
    }
}

/// The text as the subject of each dialect: the documented update call for exactly this person, and no other call.
fn subjects(base: &str, transport: &HttpTransport, text: &str) {
    for adapter in ADAPTERS.iter() {
        let dialect = adapter.dialect();
        for kind in dialect.subjects {
            let Ok(subject) = Subject::parse(kind, text) else { continue };
            let fields = fields(dialect.vendor);
            let update = Update { subject: &subject, fields: &fields };
            let requests = adapter.build_requests(&update).expect("an update of the dialect");
            assert_eq!(requests.len(), 1, "one call is enough");
            let person = subject.as_str();
            let (method, path): (_, &[&str]) = match (dialect.vendor, kind.name) {
                ("communal", _) => ("PUT", &["api", "users", person]),
                ("communifire", _) => ("POST", &["api", "users", "fields"]),
                ("usercom", "id") => ("PUT", &["api", "public", "users", person, ""]),
                ("usercom", _) => ("PUT", &["api", "public", "users-by-id", person, ""]),
                _ => ("PATCH", &["networks", "n1", "users", person]),
            };
            let query: &[_] = if dialect.vendor == "communifire" { &[("AddUser", "false")] } else { &[] };
            let preview = transport.preview(&requests[0]);
            assert_eq!(preview.method, method, "another method");
            check(base, &preview, path, query);
            if dialect.vendor == "communifire" {
                names_in_body(&preview, kind.name, person);
            }
        }
    }
}

fn fields(vendor: &str) -> Vec<WireField> {
    match vendor {
        "communifire" => vec![set(Leaf::GivenName, "First name", "Jane")],
        "communal" => vec![
            set(Leaf::GivenName, "first_name", "Jane"),
            set(Leaf::FamilyName, "last_name", "Doe"),
            set(Leaf::Email, "email", "jane.doe@example.org"),
        ],
        _ => vec![set(Leaf::GivenName, "first_name", "Jane")],
    }
}

fn names_in_body(preview: &Preview, kind: &str, person: &str) {
    let outer: String = serde_json::from_slice(&preview.body).expect("the body is a string");
    let body: serde_json::Value = serde_json::from_str(&outer).expect("the string is an object");
    let names = [("user_id", "UserID"), ("username", "Username"), ("email", "Email")];
    for (of_kind, name) in names {
        let named = body.get(name).and_then(|name| name.as_str());
        assert_eq!(named, Some(person).filter(|_| of_kind == kind), "another person, or two");
    }
}

/// Takes the URL apart by hand: after the base, segments and parameters decode to what was meant.
fn check(base: &str, preview: &Preview, segments: &[&str], query: &[(&str, &str)]) {
    let rest = preview.url.strip_prefix(base).expect("below the base URL");
    assert!(rest.bytes().all(|b| b.is_ascii_graphic()) && !rest.contains('#'), "characters of no URL");
    let (path, parameters) = rest.split_once('?').unwrap_or((rest, ""));
    let found: Vec<Vec<u8>> = path.split('/').skip(1).map(decoded).collect();
    assert!(
        path.starts_with('/') && found.iter().eq(segments.iter().map(|text| text.as_bytes())),
        "another path"
    );
    let raw: Vec<&str> = path.split('/').collect();
    assert!(
        !raw.iter().any(|text| matches!(text.to_ascii_lowercase().as_str(), "." | ".." | "%2e" | "%2e%2e"))
    );
    let pairs = parameters.split('&').filter(|pair| !pair.is_empty());
    let pairs: Vec<_> =
        pairs.filter_map(|pair| pair.split_once('=')).map(|(name, value)| (name, decoded(value))).collect();
    let expected: Vec<_> = query.iter().map(|(name, value)| (*name, value.as_bytes().to_vec())).collect();
    assert_eq!(pairs, expected, "another query");
    let shown = |(_, value): &(String, String)| value.contains("canary");
    assert!(!preview.headers.iter().any(shown), "a credential is shown");
}

fn decoded(text: &str) -> Vec<u8> {
    let mut bytes = Vec::new();
    let mut rest = text.bytes();
    while let Some(byte) = rest.next() {
        if byte != b'%' {
            bytes.push(byte);
            continue;
        }
        let digit =
            |byte: Option<u8>| byte.and_then(|byte| char::from(byte).to_digit(16)).expect("two hex digits");
        let (high, low) = (digit(rest.next()), digit(rest.next()));
        bytes.extend(u8::try_from(high * 16 + low));
    }
    bytes
}
