use std::collections::BTreeMap;

use adapter::Dialect;
use canonical::Leaf;
use serde::Serialize;
use utoipa::ToSchema;

use super::{MeansWord, RuleWord, names};

/// The vendors that a route can be configured for.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = Vendors)]
pub struct VendorsBody {
    /// By name.
    pub vendors: BTreeMap<&'static str, VendorBody>,
}

/// What one vendor can carry.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = Vendor)]
pub struct VendorBody {
    /// The vendor's own page about its update call.
    page: &'static str,
    /// How the vendor can name a user; the first is usual.
    subjects: Vec<&'static str>,
    /// What a success proves.
    success_means: MeansWord,
    /// Requests per second, unless a route is configured otherwise.
    requests_per_second: f64,
    /// The vendor's fields, by name.
    fields: BTreeMap<&'static str, VendorFieldBody>,
    /// How further fields behave that a route may name; absent where it may not.
    #[serde(skip_serializing_if = "Option::is_none")]
    open_fields: Option<RuleWord>,
    /// Leaves that no field of the vendor stands for.
    unsupported: Vec<String>,
}

/// One field of a vendor.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = VendorField)]
pub struct VendorFieldBody {
    /// The leaf that it stands for unless a route maps it otherwise.
    #[serde(skip_serializing_if = "Option::is_none")]
    leaf: Option<String>,
    /// How it is set and cleared.
    rule: RuleWord,
    /// The longest value in characters, where the vendor documents one.
    #[serde(skip_serializing_if = "Option::is_none")]
    max_length: Option<usize>,
    /// What it takes, where that is not any text.
    #[serde(skip_serializing_if = "Option::is_none")]
    takes: Option<&'static str>,
}

impl VendorBody {
    pub fn new(dialect: &Dialect) -> Self {
        let fields = dialect.fields.iter().map(|field| {
            let leaf = field.leaf.as_ref().map(|leaf| leaf.name().to_owned());
            let (rule, max_length, takes) = (field.rule.into(), field.max_chars, field.takes);
            (field.to, VendorFieldBody { leaf, rule, max_length, takes })
        });
        let without = |leaf: &&Leaf| {
            let closed = dialect.open_fields.is_none() && dialect.default_rule(leaf).is_none();
            closed || dialect.unsupported.contains(leaf)
        };
        Self {
            page: dialect.page,
            subjects: dialect.subjects.iter().map(|kind| kind.name).collect(),
            success_means: dialect.success_means.into(),
            requests_per_second: dialect.requests_per_second,
            fields: fields.collect(),
            open_fields: dialect.open_fields.map(|open| open.rule.into()),
            unsupported: names(Leaf::STANDARD.iter().filter(without)),
        }
    }
}
