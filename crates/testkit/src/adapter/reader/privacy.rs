use ::adapter::VendorResponse;
use serde_json::json;

use super::super::{Check, ContractCase};
use super::talk::Talk;

/// What a vendor could say of a person.
const WORDS: &str = "quillon, jane.quillon@example.net and 416-555-9876 are taken";

/// Neither an error nor `Debug` repeats what a vendor says of a person, or who was asked for.
///
/// # Errors
/// Where it was repeated; never what.
pub fn reading_names_nobody(case: &ContractCase) -> Check {
    let bench = case.bench()?;
    let reader = bench.adapter.reader().ok_or("the adapter has no reader")?;
    for (name, talk) in Talk::all(case)? {
        let query = talk.query(&talk.subject)?;
        let asked = format!("{query:?} {:?}", reader.first(&query));
        if talk.is_about_somebody() && asked.contains(talk.subject.as_str()) {
            return Err(format!("{name}: the Debug output of a request names the person"));
        }
        for answer in talkative() {
            let told = talk.held(reader, &talk.subject, &[answer])?;
            let text = match told.outcome {
                Ok(items) => format!("{items:?}"),
                Err(error) => format!("{error} {error:?}"),
            };
            if ["quillon", "555"].iter().any(|word| text.contains(word)) {
                return Err(format!("{name}: an error repeats what the vendor says"));
            }
        }
    }
    Ok(())
}

fn talkative() -> Vec<VendorResponse> {
    let bodies = [
        json!({ "message": WORDS, "errors": { "email": [WORDS] } }),
        json!({ "detail": WORDS }),
        json!({ "Message": WORDS }),
        json!({ "IsError": true, "ResponseMessage": WORDS, "ResponseData": WORDS }),
        json!({ "IsError": false, "ResponseMessage": "", "ResponseData": { "Email": WORDS } }),
        json!({ "id": WORDS, "email": WORDS, "data": [WORDS], "results": [WORDS] }),
        json!({ "data": [{ "id": 1, "value": WORDS, "user_id": WORDS }], "current_page": 1, "last_page": 1 }),
        json!({ "results": [{ "id": WORDS, "name_std": WORDS }], "next": WORDS }),
        json!(WORDS),
    ];
    let statuses = [200, 400, 401, 403, 404, 422, 429, 500];
    let answer = |status, body: &serde_json::Value| VendorResponse {
        status,
        headers: Vec::new(),
        body: body.to_string().into_bytes(),
    };
    statuses.into_iter().flat_map(|status| bodies.iter().map(move |body| answer(status, body))).collect()
}
