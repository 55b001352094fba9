use ::adapter::{Subject, SubjectForm, VendorRequest};

use super::{Check, ContractCase, building::carries_exactly};

/// Texts that have changed the meaning of somebody's request before. The API refuses some of them; an adapter must be able
/// to take them all.
const HOSTILE: [&str; 28] = [
    "../../admin",
    "..",
    "%2e%2e%2f",
    "a/b@x.org",
    "a?x=1@x.org",
    "a#f@x.org",
    "a%2f..%2fadmin@x.org",
    "a\\b",
    "a;v=1",
    "a+b@x.org",
    "x\r\nX-Injected: yes",
    "a%0d%0aX: y",
    "a\0b",
    "\"",
    "\",\"AddUser\":\"true",
    "{\"id\": 1}",
    "[\"a\"]",
    "null",
    "true",
    "12",
    "\u{1b}]0;pwn\u{7}",
    "\u{202e}gpj",
    "\u{ff0f}\u{ff20}",
    "e\u{301}\u{301}\u{301}",
    "\u{10ffff}\u{e000}",
    "${jndi:ldap://x}{{7*7}}",
    "%s %n {} {0}",
    "' OR 1=1 --",
];

/// A hostile text stays one path segment or one JSON string: it arrives as it is, and method, query, headers, number of
/// requests and the shape of the path are those of any other text.
///
/// # Errors
/// What the text changed.
pub fn hostile_values_stay_values(case: &ContractCase) -> Check {
    for (person, _) in case.people()? {
        let bench = case.bench_of(&person)?;
        let usual = bench.build(&person, &bench.fields_with(|_| "plain".to_owned()))?;
        for text in HOSTILE {
            let fields = bench.fields_with(|_| text.to_owned());
            let requests = bench.build(&person, &fields)?;
            same_shape(&usual, &requests, text)?;
            carries_exactly(&fields, &person, &requests).map_err(|finding| format!("{text:?}: {finding}"))?;
            let kind = person.kind();
            if kind.form == SubjectForm::Integer {
                continue;
            }
            let Ok(hostile) = Subject::parse(kind, text) else { continue };
            let fields = bench.fields_with(|_| "plain".to_owned());
            let requests = bench.build(&hostile, &fields)?;
            same_shape(&usual, &requests, text)?;
            carries_exactly(&fields, &hostile, &requests)
                .map_err(|finding| format!("{text:?}: {finding}"))?;
        }
    }
    Ok(())
}

fn same_shape(usual: &[VendorRequest], requests: &[VendorRequest], text: &str) -> Check {
    let same = usual.len() == requests.len()
        && usual.iter().zip(requests).all(|(usual, request)| shape(usual) == shape(request));
    if !same {
        return Err(format!("{text:?} changes the shape of a request"));
    }
    for request in requests {
        if request.path.segments.iter().any(|segment| matches!(segment.as_str(), "" | "." | "..")) {
            return Err(format!("{text:?} makes a path with a segment that is no name"));
        }
        if !names_the_person(request) {
            return Err(format!("{text:?} makes a request that does not name the person"));
        }
    }
    Ok(())
}

/// All of a request but the body, with a placeholder for the person.
fn shape(request: &VendorRequest) -> String {
    let subject = request.subject.as_str();
    let segments = request.path.segments.iter();
    let segments = segments.map(|segment| if segment == subject { "<person>" } else { segment.as_str() });
    let segments: Vec<&str> = segments.collect();
    let slash = request.path.trailing_slash;
    format!("{} {segments:?} {slash} {:?} {:?}", request.method.as_str(), request.query, request.headers)
}

fn names_the_person(request: &VendorRequest) -> bool {
    let subject = request.subject.as_str();
    request.path.segments.iter().any(|segment| segment == subject)
        || super::wire::members(request).iter().any(|(_, value)| value.as_str() == Some(subject))
}
