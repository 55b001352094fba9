use std::path::Path;

use ::adapter::{Adapter, FieldOption, FieldOptions, MappingOptions, PhoneFormat, Subject};
use canonical::{Leaf, Rules};
use serde_json::Value as JsonValue;

use super::{Bench, Check, golden, wire};

/// Compares what an adapter sends with the example on its vendor's page, copied by hand into `file`.
///
/// The file has `subject` (`{"id": "89"}`), the canonical `patch`, what the route and the server are configured with
/// (`mapping`: leaf to field, `default_country`), and the page's own `request`: `line`, `headers` (others may be sent too)
/// and `body`. Telephone numbers are sent as the caller wrote them. It is never rewritten by `UPDATE_GOLDEN`.
///
/// # Errors
/// What differs from the page.
pub fn page_golden(adapter: &dyn Adapter, file: impl AsRef<Path>) -> Check {
    let page = golden::read(file.as_ref())?;
    let text = |value: &JsonValue, what: &str| {
        value.as_str().map(str::to_owned).ok_or_else(|| format!("{what} is a text"))
    };
    let mut mapping = MappingOptions { phone_format: PhoneFormat::AsSent, ..MappingOptions::default() };
    for (leaf, to) in page["mapping"].as_object().into_iter().flatten() {
        let leaf: Leaf = leaf.parse().map_err(|_| format!("there is no leaf {leaf}"))?;
        let options = FieldOptions { to: Some(text(to, "a field")?), ..FieldOptions::default() };
        mapping.fields.insert(leaf, FieldOption::On(options));
    }
    let (kind, id) =
        page["subject"].as_object().and_then(|subject| subject.iter().next()).ok_or("there is no subject")?;
    let kind = adapter.dialect().subject(kind).ok_or("there is no such kind of subject")?;
    let mut bench = Bench::of(adapter, kind, &mapping)?;
    let default_country = page["default_country"].as_str().map(str::parse).transpose();
    bench.rules = Rules { default_country: default_country.map_err(|_| "there is no such country")? };
    let subject = Subject::parse(kind, &text(id, "a subject")?).map_err(|invalid| invalid.to_string())?;

    let (requests, fates) = bench.run(&subject, &page["patch"])?;
    let [request] = requests.as_slice() else {
        return Err(format!("{} requests instead of one; fates: {fates:?}", requests.len()));
    };
    let expected = &page["request"];
    if expected["line"] != wire::line(request) {
        return Err(format!("{} instead of {}", wire::line(request), expected["line"]));
    }
    let sent = wire::headers(request);
    for (name, value) in expected["headers"].as_object().ok_or("there are no headers")? {
        if sent.get(name) != Some(value) {
            return Err(format!("the header {name} is not {value}"));
        }
    }
    let body = request.body.clone().unwrap_or_default();
    // A body that is a JSON string is compared by what the string says: the page's own spacing is not part of it.
    let body = match (&expected["body_in_string"], &body) {
        (JsonValue::Null, _) => (body == expected["body"]).then_some(()),
        (inner, JsonValue::String(text)) => {
            serde_json::from_str::<JsonValue>(text).is_ok_and(|own| own == *inner).then_some(())
        }
        _ => None,
    };
    body.ok_or_else(|| "the body is not the one on the page".to_owned())
}
