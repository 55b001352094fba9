//! An answer of a vendor, written as text: the status, header lines, an empty line, the body.
//!
//! A status that is no number is 200, so that few inputs are wasted. What all dialects have in common is checked here.

use adapter::{
    Adapter, AppliedState, ErrorKind, Means, Receipt, RetryAfter, Subject, Update, VendorError,
    VendorRequest, VendorResponse, WireField, WireValue,
};
use canonical::{Json, Leaf};

use crate::reference;

/// The names of the person that all requests here are about; no message may repeat them.
const PRIVATE: [&str; 2] = ["jane", "doe"];

/// Reads an answer; every input is one.
pub(crate) fn read(data: &[u8]) -> VendorResponse {
    let at = data.windows(2).position(|pair| pair == b"\n\n");
    let (head, body) = at.map_or((data, &b""[..]), |at| (&data[..at], &data[at + 2..]));
    let head = String::from_utf8_lossy(head);
    let mut lines = head.split('\n');
    let status = lines.next().and_then(|line| line.parse().ok()).unwrap_or(200) % 1000;
    let header =
        |line: &str| line.split_once(':').map(|(name, value)| (name.to_owned(), value.trim().to_owned()));
    VendorResponse { status, headers: lines.filter_map(header).collect(), body: body.to_vec() }
}

/// The body without a byte order mark.
pub(crate) fn body(response: &VendorResponse) -> &[u8] {
    response.body.strip_prefix(b"\xef\xbb\xbf").unwrap_or(&response.body)
}

/// The body by the reference reader.
pub(crate) fn document(response: &VendorResponse) -> Option<Json> {
    reference::read(body(response), 32)
}

/// A positive integer, as a number or as a text.
pub(crate) fn id(json: &Json) -> Option<&str> {
    let (Json::String(text) | Json::Number(text)) = json else { return None };
    let is_digits = !text.is_empty() && text.chars().all(|c| c.is_ascii_digit());
    (is_digits && text.chars().any(|c| c != '0')).then_some(text)
}

/// The requests of an update of a person known as `subject`.
pub(crate) fn requests(
    adapter: &dyn Adapter,
    (kind, subject): (&str, &str),
    fields: &[WireField],
) -> Vec<VendorRequest> {
    let kind = adapter.dialect().subject(kind).expect("a kind of the dialect");
    let subject = Subject::parse(kind, subject).expect("a subject of the kind");
    adapter.build_requests(&Update { subject: &subject, fields }).expect("an update of the dialect")
}

/// The field that carries `leaf`, set to `text`.
pub(crate) fn set(leaf: Leaf, to: &str, text: &str) -> WireField {
    WireField { leaf, to: to.to_owned(), value: WireValue::Set(text.into()) }
}

/// Reads the answer to each request; `confirm` panics where a success is none.
pub(crate) fn judge(
    adapter: &dyn Adapter,
    sent: &[VendorRequest],
    data: &[u8],
    confirm: fn(&VendorRequest, &VendorResponse, &Receipt),
) {
    let response = read(data);
    for sent in sent {
        match adapter.parse_response(sent, &response) {
            Ok(receipt) => {
                check_success(sent, &response, &receipt, adapter.dialect().success_means);
                confirm(sent, &response, &receipt);
            }
            Err(error) => check_failure(sent, &response, &error),
        }
    }
}

fn check_success(sent: &VendorRequest, response: &VendorResponse, receipt: &Receipt, means: Means) {
    assert!(receipt.means <= means, "an answer proves more than the vendor promises");
    let text = String::from_utf8_lossy(body(response).trim_ascii_start()).to_ascii_lowercase();
    assert!(!text.starts_with("<!doctype") && !text.starts_with("<html"), "a web page is a success");
    let was_sent = |name: &String| sent.body.as_ref().is_some_and(|body| body.get(name).is_some());
    assert!(receipt.unverified.iter().all(was_sent), "an echo of a field that was not sent");
    let is_id = |witness: &String| id(&Json::String(witness.clone())).is_some();
    assert!(receipt.witness.as_ref().is_none_or(is_id), "a witness that is no id");
}

fn check_failure(sent: &VendorRequest, response: &VendorResponse, error: &VendorError) {
    let wrong_subject = error.kind == ErrorKind::WrongSubject;
    assert_eq!(wrong_subject, error.applied == AppliedState::WrongSubject, "two words about the person");
    let success = (200..300).contains(&response.status);
    let says_error = sent.query.iter().any(|(name, _)| *name == "AddUser");
    if success && !says_error {
        assert_ne!(error.applied, AppliedState::No, "a success status proves that nothing was applied");
    }
    if let Some(RetryAfter::Delay(delay)) = error.retry_after {
        assert!(delay.as_secs() <= 86_400, "a delay of more than a day");
    }
    let was_sent = |name: &String| sent.body.as_ref().is_some_and(|body| body.get(name).is_some());
    assert!(error.fields.iter().all(was_sent), "a refusal of a field that was not sent");
    check_words(sent, &error.to_string(), &error.detail);
}

fn check_words(sent: &VendorRequest, shown: &str, detail: &str) {
    assert!(!shown.contains(char::is_control), "a control character in a message: {shown:?}");
    assert!(detail.chars().count() <= 200, "a long message");
    assert!(!detail.contains('@'), "an address in a message: {detail}");
    let lower = detail.to_lowercase();
    let mut words: Vec<&str> = lower.split(|c: char| !c.is_alphanumeric()).collect();
    if detail.chars().count() == 200 {
        // The last word may be what is left of a longer one.
        words.pop();
    }
    let digits = |word: &&str| word.chars().filter(char::is_ascii_digit).count() >= 4;
    // Only what the request itself holds can be known to be private: a removal holds a name of a tag and no person's.
    let request = format!("{:?} {}", sent.body, sent.subject.as_str()).to_lowercase();
    let private = |word: &&str| (PRIVATE.contains(word) && request.contains(word)) || digits(word);
    assert!(!words.iter().any(private), "a private word in a message: {detail}");
}
