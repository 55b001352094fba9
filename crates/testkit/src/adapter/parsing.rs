use ::adapter::{AppliedState, ErrorKind, VendorError, VendorResponse, status};

use super::{Check, ContractCase, case::somebody, requests::everything};

/// The vendor's usual answer to a success is one.
///
/// # Errors
/// What the answer was taken for instead.
pub fn the_usual_answer_is_a_success(case: &ContractCase) -> Check {
    for (person, _) in case.people()? {
        let bench = case.bench_of(&person)?;
        for sent in everything(&bench, &person)? {
            bench
                .adapter
                .parse_response(&sent, &(case.answer)(&person))
                .map_err(|error| format!("the usual answer about a {} is {error}", person.kind().name))?;
        }
    }
    Ok(())
}

/// Where the usual answer names the person, an answer that names another one is noticed.
///
/// # Errors
/// What such an answer was taken for.
pub fn an_answer_about_another_person_is_noticed(case: &ContractCase) -> Check {
    for (person, other) in case.people()? {
        let bench = case.bench_of(&person)?;
        if !case.names.contains(&person.kind().name) {
            continue;
        }
        let sent = everything(&bench, &person)?.into_iter().next().ok_or("nothing is sent")?;
        match bench.adapter.parse_response(&sent, &(case.answer)(&other)) {
            Err(VendorError {
                kind: ErrorKind::WrongSubject, applied: AppliedState::WrongSubject, ..
            }) => {}
            Err(error) => return Err(format!("an answer about another person is {error}")),
            Ok(_) => return Err("an answer about another person is a success".to_owned()),
        }
    }
    Ok(())
}

/// A receipt never means more than the dialect's `success_means`, and the dialect no more than the vendor's usual answer proves.
///
/// # Errors
/// When one does.
pub fn a_receipt_claims_no_more_than_the_dialect(case: &ContractCase) -> Check {
    for (person, _) in case.people()? {
        let bench = case.bench_of(&person)?;
        for sent in everything(&bench, &person)? {
            let usual = bench.adapter.parse_response(&sent, &(case.answer)(&person));
            if usual.is_ok_and(|receipt| receipt.means < bench.adapter.dialect().success_means) {
                return Err("the dialect claims more than the usual answer proves".to_owned());
            }
            for status in 200..300 {
                let answer = VendorResponse { status, ..(case.answer)(&person) };
                let receipt = bench.adapter.parse_response(&sent, &answer);
                if receipt.is_ok_and(|receipt| receipt.means > bench.adapter.dialect().success_means) {
                    return Err(format!("a receipt for status {status} claims more than the dialect"));
                }
            }
        }
    }
    Ok(())
}

/// A status that is no success means what [`status`] says, whatever the body: there is one table.
///
/// # Errors
/// The first status that means something else.
pub fn the_status_table_is_the_only_one(case: &ContractCase) -> Check {
    let bench = case.bench()?;
    let person = somebody(bench.adapter)?;
    let sent = everything(&bench, &person)?.into_iter().next().ok_or("nothing is sent")?;
    for status in (0..1000).filter(|status| !(200..300).contains(status)) {
        for usual in [VendorResponse::default(), (case.answer)(&person)] {
            let answer = VendorResponse { status, ..usual };
            let (Err(own), Err(table)) =
                (bench.adapter.parse_response(&sent, &answer), status::read(&answer))
            else {
                return Err(format!("status {status} is a success"));
            };
            if (own.kind, own.applied) != (table.kind, table.applied) {
                return Err(format!("status {status} means {:?} instead of {:?}", own.kind, table.kind));
            }
        }
    }
    Ok(())
}
