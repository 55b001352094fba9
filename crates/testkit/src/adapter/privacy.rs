use ::adapter::{VendorRequest, VendorResponse, WireField, WireValue};
use canonical::Leaf;
use serde_json::json;

use super::{Check, ContractCase};

/// A word that occurs in every canary and nowhere else.
const CANARY: &str = "quillon";
/// What a vendor's message may contain beside what was sent: somebody else's data, and our key.
const FOREIGN: [&str; 3] = ["someone.else@example.net", "416-555-9876", "sk_live_4eC39HqLyjWDarjtT1zdp7dc"];
const LONGEST_DETAIL: usize = 200;

/// Neither `Debug` nor an error shows what a request carries, even when the vendor's message repeats all of it.
///
/// # Errors
/// Where it was found; never what.
pub fn errors_and_debug_output_name_nobody(case: &ContractCase) -> Check {
    for (person, _) in case.people()? {
        let bench = case.bench_of(&person)?;
        let fields = bench.fields_with(canary);
        let requests = bench.build(&person, &fields)?;
        names_nobody("the Debug output of a request", &format!("{requests:?} {fields:?}"), "")?;
        for sent in &requests {
            for answer in talkative_answers(&fields, sent) {
                let place = format!("the verdict on an answer with status {}", answer.status);
                match bench.adapter.parse_response(sent, &answer) {
                    Ok(receipt) => names_nobody(&place, &format!("{receipt:?}"), "")?,
                    Err(error) => {
                        names_nobody(&place, &format!("{error} {error:?}"), &error.detail)?;
                    }
                }
            }
        }
        for at in 0..fields.len() {
            let mut fields = fields.clone();
            fields[at].value = WireValue::Members { wanted: vec![canary(&Leaf::Tags)], removed: Vec::new() };
            if let Err(error) = bench.build(&person, &fields) {
                names_nobody("a translate error", &error, "")?;
            }
        }
    }
    Ok(())
}

fn canary(leaf: &Leaf) -> String {
    let word: String = leaf.name().chars().filter(char::is_ascii_alphanumeric).collect();
    format!("{CANARY}{word}")
}

/// Refusals and successes that repeat everything that the request carries, in the places where vendors put their words.
fn talkative_answers(fields: &[WireField], sent: &VendorRequest) -> Vec<VendorResponse> {
    let (subject, body) = (sent.subject.as_str(), String::from_utf8_lossy(&sent.body_bytes()).into_owned());
    let canaries = fields.iter().map(|field| canary(&field.leaf)).filter(|canary| body.contains(canary));
    let canaries: Vec<String> = canaries.collect();
    let words = format!("{}, {} and {subject} are taken", canaries.join(", "), FOREIGN.join(", "));
    let errors: serde_json::Map<_, _> = fields
        .iter()
        .map(|field| (field.to.clone(), json!([words])))
        .chain([(words.clone(), json!([]))])
        .collect();
    let bodies = [
        json!({ "message": words, "errors": errors }),
        json!({ "detail": words, "errors": errors }),
        json!({ "error": words, "title": words, "reason": words }),
        json!({ "IsError": true, "ResponseMessage": words, "ResponseData": null }),
        json!({ "Message": words }),
        json!(errors),
        json!([words]),
        json!(words),
    ];
    let mut answers = Vec::new();
    for status in [200, 201, 400, 401, 403, 404, 409, 422, 429, 500, 503] {
        for body in &bodies {
            let body = body.to_string().into_bytes();
            answers.push(VendorResponse { status, headers: Vec::new(), body });
        }
        answers.push(VendorResponse { status, headers: Vec::new(), body: words.clone().into_bytes() });
    }
    answers
}

fn names_nobody(place: &str, text: &str, detail: &str) -> Check {
    let lower = text.to_lowercase();
    let foreign = FOREIGN.iter().any(|foreign| text.contains(foreign));
    if lower.contains(CANARY) || foreign || lower.contains("jane.doe") {
        return Err(format!("{place} shows personal data or a key"));
    }
    if detail.chars().count() > LONGEST_DETAIL {
        return Err(format!("{place} has a detail of more than {LONGEST_DETAIL} characters"));
    }
    Ok(())
}
