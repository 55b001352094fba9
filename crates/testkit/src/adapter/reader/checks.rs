use ::adapter::{AuthScheme, ErrorKind, SubjectForm, VendorResponse};

use super::super::{Bench, Check, ContractCase, random::Random};
use super::talk::{Talk, Told};

/// What a vendor shows of one person is not taken for another one's.
///
/// # Errors
/// The example that was.
pub fn an_answer_about_another_person_is_not_read(case: &ContractCase) -> Check {
    let bench = case.bench()?;
    let reader = bench.adapter.reader().ok_or("the adapter has no reader")?;
    let mut seen = 0;
    for (name, talk) in Talk::all(case)?.into_iter().filter(|(_, talk)| talk.is_about_somebody()) {
        let own = talk.held(reader, &talk.subject, &talk.answers)?;
        if own.outcome.map_or(true, |items| items.is_empty()) || talk.entry.contains_key("unnamed") {
            continue;
        }
        let form = talk.subject.kind().form;
        let other = if form == SubjectForm::Integer { "987654321" } else { "somebody.else@example.org" };
        let other =
            ::adapter::Subject::parse(talk.subject.kind(), other).map_err(|invalid| invalid.to_string())?;
        match talk.held(reader, &other, &talk.answers)?.outcome {
            Err(error) if error.kind == ErrorKind::WrongSubject => seen += 1,
            _ => return Err(format!("{name}: it was read as another person's")),
        }
    }
    if seen == 0 { Err("no example is about a person".to_owned()) } else { Ok(()) }
}

/// No bytes make the reader panic, and nothing but the whole of the vendor's own answer is read: not a part of it, not random
/// bytes, not another status.
///
/// # Errors
/// What was read all the same.
pub fn no_answer_breaks_or_fools_the_reader(case: &ContractCase) -> Check {
    let bench = case.bench()?;
    let reader = bench.adapter.reader().ok_or("the adapter has no reader")?;
    let mut random = Random::new(0x0000_5eed);
    for (name, talk) in Talk::all(case)? {
        let Some((last, before)) = talk.answers.split_last() else { continue };
        let with = |answer: VendorResponse| -> Result<Told, String> {
            talk.held(reader, &talk.subject, &[before, &[answer]].concat())
        };
        let own = with(last.clone())?;
        // A first answer that ends the reading leaves nothing to be fooled by.
        if own.outcome.is_err() {
            continue;
        }
        for length in 0..last.body.trim_ascii_end().len() {
            let body = last.body[..length].to_vec();
            if with(VendorResponse { body, ..last.clone() })?.outcome.is_ok() {
                return Err(format!("{name}: the first {length} bytes of the answer were read"));
            }
        }
        for status in [0, 201, 202, 204, 301, 304, 400, 401, 403, 404, 429, 500, 503, 999] {
            if with(VendorResponse { status, ..last.clone() })?.outcome.is_ok() {
                return Err(format!("{name}: an answer with status {status} was read"));
            }
        }
        for _ in 0..2_000 {
            if with(random.answer())?.outcome.is_ok() {
                return Err(format!("{name}: random bytes were read"));
            }
        }
    }
    Ok(())
}

/// A reader asks with a path that names nothing but what it was asked, and presents no credential.
///
/// # Errors
/// The request.
pub fn readers_only_ask_and_carry_no_secret(case: &ContractCase) -> Check {
    let bench: Bench<'_> = case.bench()?;
    let reader = bench.adapter.reader().ok_or("the adapter has no reader")?;
    let schemes = bench.adapter.dialect().auth.iter().map(|scheme| match scheme {
        AuthScheme::Header(name) => *name,
        AuthScheme::Bearer | AuthScheme::Token => "Authorization",
    });
    let schemes: Vec<&str> = schemes.collect();
    for (name, talk) in Talk::all(case)? {
        for request in talk.held(reader, &talk.subject, &talk.answers)?.requests {
            let names = request.headers.iter().chain(&request.query).map(|(name, _)| *name);
            let is_secret = |name: &&str| schemes.iter().any(|scheme| scheme.eq_ignore_ascii_case(name));
            if names.into_iter().any(|name| is_secret(&name) || name.eq_ignore_ascii_case("token")) {
                return Err(format!("{name}: the request has a credential of its own"));
            }
            if request.path.segments.iter().any(|segment| matches!(segment.as_str(), "" | "." | "..")) {
                return Err(format!("{name}: the path has a segment that is no name"));
            }
        }
    }
    Ok(())
}
