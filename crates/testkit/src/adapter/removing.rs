use ::adapter::{AppliedState, ErrorKind, Receipt, VendorError, VendorRequest, VendorResponse, status};

use super::{Bench, Check, ContractCase, Proof, requests::taking_away};

/// What takes something away is a success only by an answer that says so: not by one about another person, not by a status that
/// is none, not by a web page, a damaged body or the words of a refusal. That a vendor finds nothing there is a failure that
/// names what the person must be shown without.
///
/// # Errors
/// The answer that was taken for a success, or for something else than it is.
pub fn what_is_taken_away_is_not_taken_on_trust(case: &ContractCase) -> Check {
    for (person, other) in case.people()? {
        let bench = case.bench_of(&person)?;
        for sent in taking_away(&bench, &person)? {
            if case.names.contains(&person.kind().name) {
                about_another_person(&read(&bench, &sent, &(case.answer)(&other)))?;
            }
            for status in (0..1000).filter(|status| !(200..300).contains(status)) {
                by_the_table(&bench, &sent, &VendorResponse { status, ..VendorResponse::default() })?;
            }
            for (body, is_json) in REFUSALS {
                let answer = VendorResponse {
                    status: 200,
                    body: body.as_bytes().to_vec(),
                    ..VendorResponse::default()
                };
                let may_succeed = is_json && case.proof != Proof::Body;
                if !may_succeed && read(&bench, &sent, &answer).is_ok() {
                    return Err(format!("{body} was taken for a removal"));
                }
            }
        }
    }
    Ok(())
}

/// Bodies of a 200 that say nothing, or no; whether they are JSON.
const REFUSALS: [(&str, bool); 10] = [
    (r#"{"errors":{"name":["No."]}}"#, true),
    (r#"{"error":{"code":"E_1","reason":"no"}}"#, true),
    (r#"{"detail":"Not found."}"#, true),
    ("{}", true),
    ("null", true),
    ("[]", true),
    ("<!DOCTYPE html><title>Log in</title>", false),
    ("\n <html><body>Welcome</body></html>", false),
    (r#"{"removed":tr"#, false),
    (r#"{"errors":[],"errors":["No."]}"#, false),
];

fn read(bench: &Bench<'_>, sent: &VendorRequest, answer: &VendorResponse) -> Result<Receipt, VendorError> {
    bench.adapter.parse_response(sent, answer)
}

fn about_another_person(verdict: &Result<Receipt, VendorError>) -> Check {
    match verdict {
        Err(VendorError {
            kind: ErrorKind::WrongSubject,
            applied: AppliedState::WrongSubject,
            unless_absent: None,
            ..
        }) => Ok(()),
        Err(error) => Err(format!("a removal that is answered about another person is {error}")),
        Ok(_) => Err("a removal that is answered about another person is a success".to_owned()),
    }
}

/// A status that is no success means what the one table says, and only that nothing is there may turn out to be none.
fn by_the_table(bench: &Bench<'_>, sent: &VendorRequest, answer: &VendorResponse) -> Check {
    let status = answer.status;
    let (Err(own), Err(table)) = (read(bench, sent, answer), status::read(answer)) else {
        return Err(format!("status {status} is a success of a removal"));
    };
    if (own.kind, own.applied) != (table.kind, table.applied) {
        return Err(format!("status {status} of a removal means {:?} instead of {:?}", own.kind, table.kind));
    }
    if own.unless_absent.is_some() && !matches!(status, 404 | 410) {
        return Err(format!("status {status} of a removal does not say that nothing is there"));
    }
    Ok(())
}
