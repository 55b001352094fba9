use std::path::Path;

use ::adapter::{Subject, VendorRequest, WireField, WireValue};
use canonical::Leaf;
use serde_json::{Map, Value as JsonValue, json};

use super::{
    Bench, CUSTOM_SAMPLES, Check, ContractCase,
    case::somebody,
    golden,
    plan::{Outcome, State},
    samples::{patch_of, sample},
    wire,
};

/// `golden/requests.json` says what goes on the wire for every leaf that is absent, `null`, `""` or has a value, and for
/// every kind of subject what an update of everything looks like, and one that takes everything away.
///
/// # Errors
/// The first difference.
pub fn requests_are_as_in_the_goldens(case: &ContractCase) -> Check {
    let bench = case.bench()?;
    let subject = somebody(bench.adapter)?;
    let mut leaves = Map::new();
    for leaf in leaves_of(&bench)? {
        let mut states = Map::new();
        for (name, state) in State::ALL {
            let outcome = bench.outcome(&subject, &leaf, state)?;
            states.insert(name.to_owned(), shown(&outcome));
        }
        leaves.insert(leaf.name().to_owned(), states.into());
    }
    let mut subjects = Map::new();
    for (person, _) in case.people()? {
        let bench = case.bench_of(&person)?;
        let updates = json!({
            "everything": list(&everything(&bench, &person)?),
            "taking away": list(&taking_away(&bench, &person)?),
        });
        subjects.insert(person.kind().name.to_owned(), updates);
    }
    let everything = everything(&bench, &subject)?;
    let headers = everything.first().map(wire::headers);
    if everything.iter().any(|request| Some(wire::headers(request)) != headers) {
        return Err("the requests of one update have different headers".to_owned());
    }
    let actual = json!({ "headers": headers, "leaves": leaves, "subjects": subjects });
    golden::agrees(&Path::new(case.golden).join("requests.json"), &actual)
}

/// Every standard leaf and one custom leaf of each type.
pub(super) fn leaves_of(bench: &Bench<'_>) -> Result<Vec<Leaf>, String> {
    let custom = CUSTOM_SAMPLES.iter().map(|name| name.parse::<Leaf>().map_err(|error| error.to_string()));
    let mut leaves: Vec<Leaf> = custom.collect::<Result<_, _>>()?;
    leaves.extend(Leaf::STANDARD.iter().cloned());
    leaves.extend(bench.mapping.fields().map(|(leaf, _)| leaf.clone()));
    leaves.sort();
    leaves.dedup();
    Ok(leaves)
}

/// The requests that set every leaf that can be set to its sample.
pub(super) fn everything(bench: &Bench<'_>, subject: &Subject) -> Result<Vec<VendorRequest>, String> {
    let mut fields = Vec::new();
    for (leaf, _) in bench.mapping.fields() {
        let (planned, _) = bench.plan(&patch_of(leaf, sample(leaf)))?;
        fields.extend(planned.into_iter().filter(|field| field.leaf == *leaf));
    }
    bench.build(subject, &fields)
}

/// The requests that clear every leaf that can be cleared and remove a member of every set.
pub(super) fn taking_away(bench: &Bench<'_>, subject: &Subject) -> Result<Vec<VendorRequest>, String> {
    let mut fields = Vec::new();
    for (leaf, field) in bench.mapping.fields() {
        let to = field.to.clone();
        match bench.mapping.carry(leaf, None) {
            Ok(WireValue::Members { .. }) => {
                let value = WireValue::Members { wanted: Vec::new(), removed: vec!["verified".to_owned()] };
                fields.push(WireField { leaf: leaf.clone(), to: to.to_string(), value });
            }
            Ok(value) => fields.push(WireField { leaf: leaf.clone(), to: to.to_string(), value }),
            Err(_) => {}
        }
    }
    let required: Vec<_> = bench.mapping.required().cloned().collect();
    for leaf in required {
        let (planned, _) = bench.plan(&patch_of(&leaf, sample(&leaf)))?;
        fields.extend(planned.into_iter().filter(|field| field.leaf == leaf));
    }
    if fields.is_empty() { Ok(Vec::new()) } else { bench.build(subject, &fields) }
}

fn shown(outcome: &Outcome) -> JsonValue {
    match outcome {
        Outcome::Refused => "refused by the API".into(),
        Outcome::NotSent(fate) => fate.name().into(),
        Outcome::Sent(requests) => list(requests),
    }
}

fn list(requests: &[VendorRequest]) -> JsonValue {
    requests.iter().map(wire::shown).collect()
}
