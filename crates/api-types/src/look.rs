use std::collections::{BTreeMap, BTreeSet};

use adapter::{Field, Reader, StoredValue};
use canonical::Json;
use delivery::{Route, engine::Look, status::Standing};
use serde::Serialize;
use serde_json::Value;
use utoipa::ToSchema;

use super::{FindingWord, StandingWord};

/// What a vendor shows of a user, beside what the gateway believes.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = VendorLook)]
pub struct LookBody {
    /// The user.
    user: String,
    /// The route.
    route: String,
    /// The vendor.
    vendor: &'static str,
    /// How the user stands at the route.
    state: StandingWord,
    /// The leaves that the route carries or the vendor shows.
    leaves: BTreeMap<String, LookLeafBody>,
    /// Values in fields that the vendor's customer has defined, where these are no part of the user's record.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    stored: Vec<StoredBody>,
    /// The names of fields that the vendor shows and no leaf goes to.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    unmapped: Vec<String>,
}

/// What a vendor shows of one leaf.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = VendorLeaf)]
pub struct LookLeafBody {
    /// What is found of it; absent where the gateway was never told a value.
    #[serde(skip_serializing_if = "Option::is_none")]
    finding: Option<FindingWord>,
    /// The field that it goes to.
    field: String,
    /// The field of the vendor's answer that shows it; absent where none does.
    #[serde(skip_serializing_if = "Option::is_none")]
    shown_in: Option<String>,
    /// What the vendor shows there; absent where it shows nothing.
    #[serde(skip_serializing_if = "Option::is_none")]
    shown: Option<Value>,
}

/// A value in a field that the vendor's customer has defined.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = StoredValue)]
pub struct StoredBody {
    /// The vendor's id of the field.
    field: String,
    /// The field's label.
    #[serde(skip_serializing_if = "Option::is_none")]
    label: Option<String>,
    /// The value; null when it is empty.
    value: Option<String>,
}

impl LookBody {
    pub fn new(user: &str, route: &Route, standing: &Standing, look: Look) -> Self {
        let reader = route.adapter.reader();
        let leaf = |(leaf, field): (&canonical::Leaf, &Field)| {
            let body =
                LookLeafBody::new(reader?, field, look.findings.get(leaf).copied().map(Into::into), &look);
            let is_known = body.finding.is_some() || body.shown.is_some();
            is_known.then(|| (leaf.name().to_owned(), body))
        };
        let leaves: BTreeMap<String, LookLeafBody> = route.mapping.fields().filter_map(leaf).collect();
        let mapped: BTreeSet<&str> = leaves.values().filter_map(|leaf| leaf.shown_in.as_deref()).collect();
        let unmapped = look.seen.iter().map(|(name, _)| name).filter(|name| !mapped.contains(name));
        let unmapped = unmapped.map(str::to_owned).collect();
        Self {
            user: user.to_owned(),
            route: route.name.clone(),
            vendor: route.adapter.dialect().vendor,
            state: standing.state.into(),
            unmapped,
            leaves,
            stored: look.stored.into_iter().map(StoredBody::from).collect(),
        }
    }
}

impl LookLeafBody {
    fn new(reader: &dyn Reader, field: &Field, finding: Option<FindingWord>, look: &Look) -> Self {
        let shown = reader.shown_in(&field.to, &look.seen);
        let back = |value: &Json| field.back(value).unwrap_or_else(|| plain(value));
        Self {
            finding,
            field: field.to.to_string(),
            shown_in: shown.map(|(name, _)| name.to_owned()),
            shown: shown.map(|(_, value)| back(value)),
        }
    }
}

fn plain(json: &Json) -> Value {
    let mut text = String::new();
    json.write_canonical(&mut text);
    serde_json::from_str(&text).unwrap_or_default()
}

impl From<StoredValue> for StoredBody {
    fn from(stored: StoredValue) -> Self {
        Self { field: stored.field, label: stored.label, value: stored.value }
    }
}
