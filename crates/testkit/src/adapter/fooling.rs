use std::time::{Duration, SystemTime};

use ::adapter::{VendorRequest, VendorResponse, says_no};
use serde_json::{Map, Value as JsonValue, json};

use super::{Bench, Check, ContractCase, Proof, case::somebody, random::Random, requests::everything};

/// No bytes make the parser panic, and none but the vendor's own success make it succeed: damaged and foreign answers,
/// answers of another shape, a web page with status 200, a truncated body, random bytes.
///
/// # Errors
/// The answer that was taken for a success, or that changed its meaning by what does not count.
pub fn no_answer_breaks_or_fools_the_parser(case: &ContractCase) -> Check {
    let bench = case.bench()?;
    let person = somebody(bench.adapter)?;
    let sent = everything(&bench, &person)?.into_iter().next().ok_or("nothing is sent")?;
    let usual = (case.answer)(&person);
    for (name, body) in foreign_bodies(&usual) {
        for status in [200, 201, 202, 204, 299] {
            let answer = VendorResponse { status, body: body.clone(), ..VendorResponse::default() };
            not_fooled(case, &bench, &sent, &answer).map_err(|finding| format!("{name}: {finding}"))?;
        }
    }
    let mut random = Random::new(0x0000_5eed);
    for _ in 0..3_000 {
        let answer = random.answer();
        not_fooled(case, &bench, &sent, &answer).map_err(|finding| format!("random bytes: {finding}"))?;
    }
    a_success_that_says_no_is_none(&bench, &sent, &usual)?;
    what_does_not_count_changes_nothing(&bench, &sent, &usual)?;
    retry_after_is_bounded(&bench, &sent)
}

fn not_fooled(
    case: &ContractCase,
    bench: &Bench<'_>,
    sent: &VendorRequest,
    answer: &VendorResponse,
) -> Check {
    let success = bench.adapter.parse_response(sent, answer).is_ok();
    if success && !may_succeed(case.proof, answer) {
        return Err(format!("an answer with status {} was taken for a success", answer.status));
    }
    Ok(())
}

/// Whether a body that is not the vendor's own can be a success.
fn may_succeed(proof: Proof, answer: &VendorResponse) -> bool {
    let is_empty = answer.text().trim_ascii().is_empty();
    let object = answer.json().filter(|json| json.as_object().is_some());
    (200..300).contains(&answer.status)
        && match proof {
            Proof::Body => false,
            Proof::BodyIfAny => is_empty,
            Proof::Status => is_empty || object.is_some_and(|object| !says_no(&object)),
        }
}

/// Bodies that are not the vendor's success, and every beginning of the one that is.
fn foreign_bodies(usual: &VendorResponse) -> Vec<(String, Vec<u8>)> {
    let texts = [
        ("empty", ""),
        ("V01", r#"{"IsError":0}"#),
        ("V02", r#"{"iserror":false}"#),
        ("V03", r#"{"IsError":false,"IsError":true}"#),
        ("V03", r#"{"id":42,"id":43}"#),
        ("V04", r#""{\"IsError\":false}""#),
        ("V05", r#"{"IsError":false,"ResponseMessage":"","ResponseData":"4711"}"#),
        ("V06", r#"{"id":42.0}"#),
        ("V06", r#"{"id":42e0}"#),
        ("V06", r#"{"id":9007199254740993}"#),
        ("V07", r#"{"error":{"code":"E_1","reason":"no"}}"#),
        ("V08", "<!DOCTYPE html><title>Log in</title>"),
        ("V08", "\n <html><body>Welcome</body></html>"),
        ("null", "null"),
        ("true", "true"),
        ("an array", r#"[{"id":42}]"#),
        ("an empty object", "{}"),
        ("two documents", "{} {}"),
        ("a number", "42"),
    ];
    let mut bodies: Vec<_> =
        texts.into_iter().map(|(name, body)| (name.to_owned(), body.as_bytes().to_vec())).collect();
    let whole = usual.body.trim_ascii_end().len();
    bodies.extend(
        (1..whole).map(|length| (format!("cut after {length} bytes"), usual.body[..length].to_vec())),
    );
    let wide: Vec<u8> = usual.body.iter().flat_map(|byte| [*byte, 0]).collect();
    bodies.push(("UTF-16".to_owned(), [&[0xff, 0xfe][..], &wide].concat()));
    bodies.push(("not UTF-8".to_owned(), vec![b'{', 0xff, b'}']));
    bodies.push(("nested".to_owned(), "[".repeat(60_000).into_bytes()));
    bodies
}

/// The vendor's own success with a member that takes it back, and that member alone.
fn a_success_that_says_no_is_none(bench: &Bench<'_>, sent: &VendorRequest, usual: &VendorResponse) -> Check {
    let own = serde_json::from_slice::<Map<String, JsonValue>>(usual.text()).unwrap_or_default();
    let denials = [
        ("error", json!("Please sign in")),
        ("error", json!({ "code": 7 })),
        ("errors", json!(["No."])),
        ("errors", json!({ "email": ["Taken."] })),
    ];
    // A vendor's record may have members of these names, so that they count only where there is no record.
    let alone = [("success", json!(false)), ("ok", json!(false)), ("status", json!("failed"))];
    let with_own = denials.clone().into_iter().map(|denial| (own.clone(), denial));
    let by_itself = denials.into_iter().chain(alone).map(|denial| (Map::new(), denial));
    for (mut body, (name, value)) in with_own.chain(by_itself) {
        body.insert(name.to_owned(), value);
        let body = JsonValue::from(body).to_string();
        let answer = VendorResponse { body: body.clone().into_bytes(), ..usual.clone() };
        if bench.adapter.parse_response(sent, &answer).is_ok() {
            return Err(format!("{body} was taken for a success"));
        }
    }
    Ok(())
}

/// V09 to V17: a header that has nothing to do with the outcome does not change it, nor does a byte order mark.
fn what_does_not_count_changes_nothing(
    bench: &Bench<'_>,
    sent: &VendorRequest,
    usual: &VendorResponse,
) -> Check {
    let verdict = bench.adapter.parse_response(sent, usual);
    let headers = [
        ("V09", "Content-Type", "text/html; charset=utf-8"),
        ("V10", "Content-Type", "application/json; charset=ISO-8859-1"),
        ("V11", "Set-Cookie", "session=1"),
        ("V12", "Location", "https://elsewhere.example.org/"),
        ("V13", "X-Note", "\u{1b}[31mred"),
        ("V16", "Date", "Sun, 06 Nov 1994 08:49:37 GMT"),
        ("V17", "Trailer", "X-Status"),
        ("no content", "Retry-After", "3600"),
    ];
    for (name, header, value) in headers {
        let mut answer = usual.clone();
        answer.headers.retain(|(other, _)| !other.eq_ignore_ascii_case(header));
        answer.headers.push((header.to_owned(), value.to_owned()));
        if bench.adapter.parse_response(sent, &answer) != verdict {
            return Err(format!("{name}: the header {header} changes the verdict"));
        }
    }
    if usual.body.is_empty() {
        return Ok(());
    }
    let marked = VendorResponse { body: [b"\xef\xbb\xbf", &usual.body[..]].concat(), ..usual.clone() };
    if bench.adapter.parse_response(sent, &marked) == verdict {
        return Ok(());
    }
    Err("a byte order mark changes the verdict".to_owned())
}

/// V15: whatever a vendor writes into `Retry-After`, nobody waits longer than a day for it.
fn retry_after_is_bounded(bench: &Bench<'_>, sent: &VendorRequest) -> Check {
    let texts = [
        "Fri, 31 Dec 9999 23:59:59 GMT",
        "Sunday, 06-Nov-94 08:49:37 GMT",
        "Sun Nov  6 08:49:37 1994",
        "1000000000",
        "-5",
        "soon",
    ];
    for text in texts {
        for status in [429, 503] {
            let headers = vec![("Retry-After".to_owned(), text.to_owned())];
            let answer = VendorResponse { status, headers, body: Vec::new() };
            let Err(error) = bench.adapter.parse_response(sent, &answer) else {
                return Err(format!("status {status} is a success"));
            };
            let delay = error.retry_after.and_then(|after| after.delay(SystemTime::UNIX_EPOCH));
            if delay.is_some_and(|delay| delay > Duration::from_secs(86_400)) {
                return Err(format!("Retry-After: {text} makes a wait of more than a day"));
            }
        }
    }
    Ok(())
}
