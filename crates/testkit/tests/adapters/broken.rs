//! For every check an adapter that is broken in just the way that the check is there to find.

use std::sync::atomic::{AtomicU32, Ordering};

use adapter::{
    Absence, AppliedState, Dialect, ErrorKind, Means, Receipt, TranslateError, Update, VendorError,
    VendorRequest, VendorResponse,
};
use serde_json::{Value as JsonValue, json};
use testkit::adapter::{self as suite, Check, ContractCase};

use crate::fifth_vendor;

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Flaw {
    AnotherPath,
    ForgetsFields,
    CountsRequests,
    CountsAnswers,
    SendsMore,
    SendsLess,
    ChangesValues,
    TakesAnything,
    PutsNamesIntoTheQuery,
    EscapesByHand,
    CarriesTheKey,
    IsNeverSatisfied,
    TakesAnyPerson,
    ClaimsMore,
    HasItsOwnStatusTable,
    TrustsTheAbsence,
    AsksAboutOthers,
    TrustsTheStatus,
    TrustsWhatItCannotRead,
    RepeatsTheVendor,
}

type CheckOf = fn(&ContractCase) -> Check;

const GOLDENS: [(Flaw, &str, CheckOf); 2] = [
    (Flaw::AnotherPath, "requests_are_as_in_the_goldens", suite::requests_are_as_in_the_goldens),
    (Flaw::ForgetsFields, "verdicts_are_as_in_the_goldens", suite::verdicts_are_as_in_the_goldens),
];

const OTHERS: [(Flaw, &str, CheckOf); 18] = [
    (Flaw::CountsRequests, "equal_input_gives_equal_output", suite::equal_input_gives_equal_output),
    (Flaw::CountsAnswers, "equal_input_gives_equal_output", suite::equal_input_gives_equal_output),
    (Flaw::SendsMore, "nothing_is_sent_unasked", suite::nothing_is_sent_unasked),
    (Flaw::SendsLess, "nothing_is_sent_unasked", suite::nothing_is_sent_unasked),
    (Flaw::ChangesValues, "nothing_is_sent_unasked", suite::nothing_is_sent_unasked),
    (
        Flaw::TakesAnything,
        "what_the_table_keeps_out_is_an_error",
        suite::what_the_table_keeps_out_is_an_error,
    ),
    (Flaw::PutsNamesIntoTheQuery, "hostile_values_stay_values", suite::hostile_values_stay_values),
    (Flaw::EscapesByHand, "hostile_values_stay_values", suite::hostile_values_stay_values),
    (Flaw::CarriesTheKey, "no_request_carries_a_secret", suite::no_request_carries_a_secret),
    (Flaw::IsNeverSatisfied, "the_usual_answer_is_a_success", suite::the_usual_answer_is_a_success),
    (
        Flaw::TakesAnyPerson,
        "an_answer_about_another_person_is_noticed",
        suite::an_answer_about_another_person_is_noticed,
    ),
    (
        Flaw::ClaimsMore,
        "a_receipt_claims_no_more_than_the_dialect",
        suite::a_receipt_claims_no_more_than_the_dialect,
    ),
    (Flaw::HasItsOwnStatusTable, "the_status_table_is_the_only_one", suite::the_status_table_is_the_only_one),
    (
        Flaw::TrustsTheAbsence,
        "what_is_taken_away_is_not_taken_on_trust",
        suite::what_is_taken_away_is_not_taken_on_trust,
    ),
    (
        Flaw::AsksAboutOthers,
        "what_is_taken_away_is_not_taken_on_trust",
        suite::what_is_taken_away_is_not_taken_on_trust,
    ),
    (
        Flaw::TrustsTheStatus,
        "no_answer_breaks_or_fools_the_parser",
        suite::no_answer_breaks_or_fools_the_parser,
    ),
    (
        Flaw::TrustsWhatItCannotRead,
        "no_answer_breaks_or_fools_the_parser",
        suite::no_answer_breaks_or_fools_the_parser,
    ),
    (
        Flaw::RepeatsTheVendor,
        "errors_and_debug_output_name_nobody",
        suite::errors_and_debug_output_name_nobody,
    ),
];

#[derive(Debug)]
struct Broken {
    flaw: Flaw,
    inner: fifth_vendor::Adapter,
    calls: AtomicU32,
}

impl Broken {
    fn case(flaw: Flaw) -> ContractCase {
        let adapter = Box::new(Self { flaw, inner: fifth_vendor::Adapter, calls: AtomicU32::new(0) });
        ContractCase { adapter, ..fifth_vendor::case() }
    }

    fn spoil(&self, mut request: VendorRequest) -> VendorRequest {
        let calls = self.calls.fetch_add(1, Ordering::Relaxed);
        let profile =
            request.body.as_mut().and_then(|body| body["profile"].as_object_mut()).expect("a profile");
        match self.flaw {
            Flaw::AnotherPath => request.path.segments[0] = "v3".to_owned(),
            Flaw::CountsRequests => request.query.push(("n", calls.to_string())),
            Flaw::SendsMore => drop(profile.insert("source".to_owned(), "gateway".into())),
            Flaw::SendsLess => drop(profile.remove("role")),
            Flaw::ChangesValues => profile.values_mut().for_each(|value| {
                *value = value.as_str().map_or(JsonValue::Null, |text| text.to_uppercase().into());
            }),
            Flaw::PutsNamesIntoTheQuery => request.query.push(("name", profile["surname"].to_string())),
            Flaw::EscapesByHand => {
                let text = format!("{{\"surname\":\"{}\"}}", profile["surname"].as_str().unwrap_or_default());
                let written = serde_json::from_str::<JsonValue>(&text).unwrap_or(json!({}));
                profile["surname"] = written["surname"].clone();
            }
            Flaw::CarriesTheKey => request.headers.push(("x-larkspur-key", "secret".to_owned())),
            _ => {}
        }
        request
    }
}

impl adapter::Adapter for Broken {
    fn dialect(&self) -> &'static Dialect {
        self.inner.dialect()
    }

    fn build_requests(&self, update: &Update<'_>) -> Result<Vec<VendorRequest>, TranslateError> {
        let requests = match self.inner.build_requests(update) {
            Err(_) if self.flaw == Flaw::TakesAnything => Vec::new(),
            built => built?,
        };
        Ok(requests.into_iter().map(|request| self.spoil(request)).collect())
    }

    fn parse_response(
        &self,
        sent: &VendorRequest,
        response: &VendorResponse,
    ) -> Result<Receipt, VendorError> {
        let success = Ok(Receipt::new(Means::Accepted));
        let right = self.inner.parse_response(sent, response);
        let words = String::from_utf8_lossy(&response.body);
        match (self.flaw, right) {
            (Flaw::ForgetsFields, Err(error)) => Err(VendorError { fields: Vec::new(), ..error }),
            (Flaw::CountsAnswers, Ok(receipt)) => {
                let calls = self.calls.fetch_add(1, Ordering::Relaxed).to_string();
                Ok(Receipt { witness: Some(calls), ..receipt })
            }
            (Flaw::IsNeverSatisfied, Ok(_)) => Err(VendorError::unreadable("no")),
            (Flaw::TakesAnyPerson, Err(VendorError { kind: ErrorKind::WrongSubject, .. })) => success,
            (Flaw::ClaimsMore, Ok(_)) => Ok(Receipt::new(Means::Applied)),
            (Flaw::HasItsOwnStatusTable, Err(error)) if response.status == 410 => {
                Err(VendorError { kind: ErrorKind::Forbidden, applied: AppliedState::No, ..error })
            }
            (Flaw::TrustsTheAbsence, Err(_)) if response.status == 404 => success,
            (Flaw::AsksAboutOthers, Err(error)) => Err(error.unless(Absence::of_value("role"))),
            (Flaw::TrustsTheStatus, Err(_)) if response.status == 200 => success,
            (Flaw::TrustsWhatItCannotRead, Err(_)) if response.status == 200 && words.starts_with("{\"m") => {
                success
            }
            (Flaw::RepeatsTheVendor, Err(error)) => Err(VendorError { detail: words.into_owned(), ..error }),
            (_, right) => right,
        }
    }
}

#[test]
fn every_check_finds_the_adapter_that_is_broken_for_it() {
    for (flaw, name, check) in OTHERS {
        assert!(check(&Broken::case(flaw)).is_err(), "{name} does not find {flaw:?}");
    }
}

#[test]
fn the_goldens_find_the_adapters_that_are_broken_for_them() {
    if std::env::var_os("UPDATE_GOLDEN").is_some() {
        // The goldens are being written: nothing can differ from them, and a broken adapter must not write them.
        return;
    }
    for (flaw, name, check) in GOLDENS {
        assert!(check(&Broken::case(flaw)).is_err(), "{name} does not find {flaw:?}");
    }
    let page = concat!(env!("CARGO_MANIFEST_DIR"), "/tests/adapters/golden/larkspur-patch-member.json");
    for flaw in [Flaw::AnotherPath, Flaw::SendsMore, Flaw::SendsLess, Flaw::ChangesValues] {
        let adapter = Broken::case(flaw).adapter;
        assert!(suite::page_golden(&*adapter, page).is_err(), "{flaw:?} is not seen on the page");
    }
}

#[test]
fn no_check_is_without_a_broken_adapter() {
    let broken = GOLDENS.iter().chain(&OTHERS);
    let names: Vec<&str> = broken.map(|(_, name, _)| *name).collect();
    for check in testkit::adapter_contract!(@each @names) {
        assert!(names.contains(&check), "{check} has never been seen to fail");
    }
}
