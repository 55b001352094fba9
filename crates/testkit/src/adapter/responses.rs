use std::path::Path;

use ::adapter::{Absence, Receipt, RetryAfter, Subject, VendorError, VendorRequest, VendorResponse};
use serde_json::{Map, Value as JsonValue, json};

use super::{Bench, Check, ContractCase, case::somebody, golden};

/// `golden/responses.json` is a list of answers by name, each with the verdict it leads to.
///
/// An entry has `answer` (`status`, `headers`, `body`: JSON, or a text that is sent as it is) and `verdict`; `subject`
/// (`{"custom_id": "crm-42"}`) and `patch` say what was sent before, where it matters, and `because` why it is so.
///
/// # Errors
/// The first difference, or what is wrong with the file.
pub fn verdicts_are_as_in_the_goldens(case: &ContractCase) -> Check {
    let path = Path::new(case.golden).join("responses.json");
    let entries = golden::read(&path)?;
    let entries = entries.as_object().ok_or("responses.json is an object of entries by name")?;
    let bench = case.bench()?;
    let mut actual = Map::new();
    for (name, entry) in entries {
        let judged = judge(&bench, entry).map_err(|error| format!("{}: {name}: {error}", path.display()))?;
        actual.insert(name.clone(), judged);
    }
    golden::agrees(&path, &actual.into())
}

fn judge(bench: &Bench<'_>, entry: &JsonValue) -> Result<JsonValue, String> {
    let mut entry = entry.as_object().ok_or("an entry is an object")?.clone();
    let sent = sent(bench, &entry)?;
    let answer = answer(entry.get("answer").ok_or("there is no answer")?)?;
    entry.insert("verdict".to_owned(), verdict(&bench.adapter.parse_response(&sent, &answer)));
    Ok(entry.into())
}

fn sent(bench: &Bench<'_>, entry: &Map<String, JsonValue>) -> Result<VendorRequest, String> {
    let subject = match entry.get("subject").and_then(JsonValue::as_object).and_then(|one| one.iter().next())
    {
        None => somebody(bench.adapter)?,
        Some((kind, text)) => {
            let kind = bench.adapter.dialect().subject(kind).ok_or("there is no such kind of subject")?;
            let text = text.as_str().ok_or("a subject is a text")?;
            Subject::parse(kind, text).map_err(|invalid| invalid.to_string())?
        }
    };
    let usual = json!({ "family_name": "Doe" });
    let (requests, _) = bench.run(&subject, entry.get("patch").unwrap_or(&usual))?;
    requests.into_iter().next().ok_or_else(|| "the patch sends nothing".to_owned())
}

/// An answer as a golden has it.
pub(super) fn answer(entry: &JsonValue) -> Result<VendorResponse, String> {
    let status =
        entry.get("status").and_then(JsonValue::as_u64).and_then(|status| u16::try_from(status).ok());
    let headers = entry.get("headers").and_then(JsonValue::as_object).into_iter().flatten();
    let headers = headers.map(|(name, value)| (name.clone(), value.as_str().unwrap_or_default().to_owned()));
    let body = match entry.get("body") {
        None => String::new(),
        Some(JsonValue::String(text)) => text.clone(),
        Some(json) => json.to_string(),
    };
    Ok(VendorResponse {
        status: status.ok_or("an answer has a status")?,
        headers: headers.collect(),
        body: body.into_bytes(),
    })
}

fn absent(absence: &Absence) -> JsonValue {
    match &absence.member {
        None => json!({ "field": absence.field }),
        Some(member) => json!({ "field": absence.field, "member": member }),
    }
}

fn verdict(verdict: &Result<Receipt, VendorError>) -> JsonValue {
    let mut shown = Map::new();
    match verdict {
        Ok(receipt) => {
            shown.insert("means".to_owned(), format!("{:?}", receipt.means).into());
            if let Some(witness) = &receipt.witness {
                shown.insert("witness".to_owned(), witness.as_str().into());
            }
            if !receipt.unverified.is_empty() {
                shown.insert("unverified".to_owned(), receipt.unverified.as_slice().into());
            }
        }
        Err(error) => {
            shown.insert("kind".to_owned(), format!("{:?}", error.kind).into());
            shown.insert("applied".to_owned(), format!("{:?}", error.applied).into());
            shown.insert("detail".to_owned(), error.detail.as_str().into());
            if !error.fields.is_empty() {
                shown.insert("fields".to_owned(), error.fields.as_slice().into());
            }
            if let Some(absence) = &error.unless_absent {
                shown.insert("unless_absent".to_owned(), absent(absence));
            }
            match error.retry_after {
                Some(RetryAfter::Delay(delay)) => {
                    shown.insert("retry_after_seconds".to_owned(), delay.as_secs().into());
                }
                Some(RetryAfter::At(_)) => drop(shown.insert("retry_after".to_owned(), "a date".into())),
                None => {}
            }
        }
    }
    shown.into()
}
