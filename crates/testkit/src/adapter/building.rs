use ::adapter::{AuthScheme, Rule, Subject, VendorRequest, WireField, WireValue};
use serde_json::Value as JsonValue;

use super::{
    Bench, Check, ContractCase,
    case::somebody,
    requests::{everything, taking_away},
    wire,
};

/// The same update gives the same requests, the same answer the same verdict.
///
/// # Errors
/// What came out differently the second time.
pub fn equal_input_gives_equal_output(case: &ContractCase) -> Check {
    for (person, _) in case.people()? {
        let bench = case.bench_of(&person)?;
        for requests in [everything, taking_away] {
            if requests(&bench, &person)? != requests(&bench, &person)? {
                return Err(format!("two builds for a {} differ", person.kind().name));
            }
        }
        let answer = (case.answer)(&person);
        for request in everything(&bench, &person)? {
            let verdict = || bench.adapter.parse_response(&request, &answer);
            if verdict() != verdict() {
                return Err(format!("two readings of one answer about a {} differ", person.kind().name));
            }
        }
    }
    Ok(())
}

/// A body has the fields that were handed over, each with its value, and beside them only what names the person or the
/// field. One mapped leaf at a time.
///
/// # Errors
/// What is too much, missing or changed.
pub fn nothing_is_sent_unasked(case: &ContractCase) -> Check {
    for (person, _) in case.people()? {
        let bench = case.bench_of(&person)?;
        let all = bench.fields_with(|leaf| format!("value of {leaf}"));
        for field in &all {
            let fields = with_required(&bench, field, &all);
            carries_exactly(&fields, &person, &bench.build(&person, &fields)?)?;
        }
        for (leaf, field) in bench.mapping.fields().filter(|(_, field)| field.rule == Rule::Nullable) {
            let cleared = WireField { leaf: leaf.clone(), to: field.to.to_string(), value: WireValue::Clear };
            let fields = with_required(&bench, &cleared, &all);
            carries_exactly(&fields, &person, &bench.build(&person, &fields)?)?;
        }
    }
    Ok(())
}

/// What a dialect's table rules out, its adapter refuses: a clear of what cannot be cleared, members of what is no set, an
/// update without a required field, a field that a closed dialect does not have.
///
/// # Errors
/// What was taken all the same.
pub fn what_the_table_keeps_out_is_an_error(case: &ContractCase) -> Check {
    let bench = case.bench()?;
    let person = somebody(bench.adapter)?;
    let all = bench.fields_with(|_| "value".to_owned());
    let must_fail = |fields: &[WireField], what: String| match bench.build(&person, fields) {
        Ok(_) => Err(format!("{what} was taken")),
        Err(_) => Ok(()),
    };
    for (leaf, field) in bench.mapping.fields() {
        let with = |value| {
            let changed = WireField { leaf: leaf.clone(), to: field.to.to_string(), value };
            with_required(&bench, &changed, &all)
        };
        if field.rule != Rule::Nullable {
            must_fail(&with(WireValue::Clear), format!("a clear of {}", field.to))?;
        }
        if field.rule != Rule::AddOnly {
            let members = WireValue::Members { wanted: Vec::new(), removed: Vec::new() };
            must_fail(&with(members), format!("a set for {}", field.to))?;
        }
        if field.rule == Rule::Required {
            let others: Vec<_> = all.iter().filter(|other| other.leaf != *leaf).cloned().collect();
            must_fail(&others, format!("an update without {}", field.to))?;
        }
    }
    if bench.adapter.dialect().open_fields.is_none() {
        let mut fields = all;
        let leaf = fields.first().ok_or("the dialect has no field")?.leaf.clone();
        let value = WireValue::Set("value".into());
        fields.push(WireField { leaf, to: "a field of no vendor".to_owned(), value });
        must_fail(&fields, "a field that the vendor does not have".to_owned())?;
    }
    Ok(())
}

/// The credential is the transport's: no request has a header or parameter for one.
///
/// # Errors
/// The header or parameter.
pub fn no_request_carries_a_secret(case: &ContractCase) -> Check {
    let bench = case.bench()?;
    let schemes = bench.adapter.dialect().auth.iter().filter_map(|scheme| match scheme {
        AuthScheme::Header(name) => Some(name.to_ascii_lowercase()),
        AuthScheme::Bearer | AuthScheme::Token => None,
    });
    let schemes: Vec<String> = schemes.collect();
    let is_secret = |name: &str| {
        let name = name.to_ascii_lowercase();
        let parts = ["authorization", "cookie", "token", "secret", "password", "api-key", "api_key"];
        schemes.contains(&name) || parts.iter().any(|part| name.contains(part))
    };
    for (person, _) in case.people()? {
        let bench = case.bench_of(&person)?;
        for request in everything(&bench, &person)?.iter().chain(&taking_away(&bench, &person)?) {
            let names = request.headers.iter().chain(&request.query).map(|(name, _)| *name);
            if let Some(name) = names.into_iter().find(|name| is_secret(name)) {
                return Err(format!("a request has a \"{name}\" of its own"));
            }
        }
    }
    Ok(())
}

/// The field with the required ones beside it, in the order of the leaves.
fn with_required(bench: &Bench<'_>, field: &WireField, all: &[WireField]) -> Vec<WireField> {
    let is_required = |other: &&WireField| {
        other.leaf != field.leaf && bench.mapping.required().any(|leaf| *leaf == other.leaf)
    };
    let mut fields: Vec<WireField> = all.iter().filter(is_required).cloned().collect();
    fields.push(field.clone());
    fields.sort_by(|left, right| left.leaf.cmp(&right.leaf));
    fields
}

/// Whether the requests carry these fields with these values and nothing else.
pub(super) fn carries_exactly(fields: &[WireField], person: &Subject, requests: &[VendorRequest]) -> Check {
    let members: Vec<(String, JsonValue)> = requests.iter().flat_map(wire::members).collect();
    let is_there = |name: &str, value: &JsonValue| {
        members.iter().filter(|(other, found)| other == name && found == value).count() == 1
    };
    let is_named = |name: &str| members.iter().any(|(_, value)| value.as_str() == Some(name));
    for field in fields {
        let arrived = match &field.value {
            WireValue::Set(value) => is_there(&field.to, value),
            WireValue::Clear => is_there(&field.to, &JsonValue::Null) || is_named(&field.to),
            WireValue::Members { wanted, removed } => {
                (wanted.is_empty() || is_there(&field.to, &wanted.as_slice().into()))
                    && removed.iter().all(|member| is_named(member))
            }
        };
        if !arrived {
            return Err(format!("{} did not arrive once and as it was handed over", field.to));
        }
    }
    let mut known = vec![person.as_str()];
    for field in fields {
        known.push(&field.to);
        if let WireValue::Members { removed, .. } = &field.value {
            known.extend(removed.iter().map(String::as_str));
        }
    }
    let asked_for = |name: &str, value: &JsonValue| {
        fields.iter().any(|field| field.to == name)
            || value.as_str().is_some_and(|text| known.contains(&text))
    };
    match members.iter().find(|(name, value)| !asked_for(name, value)) {
        Some((name, _)) => Err(format!("\"{name}\" was sent, which nobody asked for")),
        None => Ok(()),
    }
}
