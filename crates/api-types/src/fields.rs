use adapter::{Definition, missing};
use delivery::Route;
use serde::Serialize;
use utoipa::ToSchema;

/// The fields that a vendor's customer has defined, and which leaves go to them.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = DefinedFields)]
pub struct FieldsBody {
    /// The route.
    route: String,
    /// The vendor.
    vendor: &'static str,
    /// The fields, in the vendor's order.
    fields: Vec<DefinitionBody>,
    /// Fields that the route maps and nobody has defined: what is sent for them is lost.
    missing: Vec<MissingBody>,
}

/// A field that a vendor's customer has defined.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = DefinedField)]
pub struct DefinitionBody {
    /// The vendor's id of it.
    id: String,
    /// What people at the vendor read.
    label: String,
    /// The name under which a route can map it; absent where the vendor does not let it write.
    #[serde(skip_serializing_if = "Option::is_none")]
    field: Option<String>,
    /// The vendor's word for the type of its values.
    #[serde(skip_serializing_if = "Option::is_none")]
    r#type: Option<String>,
    /// The leaf that goes to it.
    #[serde(skip_serializing_if = "Option::is_none")]
    leaf: Option<String>,
    /// How many values are stored in it, where that was asked for.
    #[serde(skip_serializing_if = "Option::is_none")]
    values: Option<usize>,
}

/// A field that is mapped and not defined.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = MissingField)]
pub struct MissingBody {
    /// The leaf.
    leaf: String,
    /// The field that it goes to.
    field: String,
}

impl FieldsBody {
    pub fn new(route: &Route, definitions: Vec<Definition>) -> Self {
        let missing = missing(&route.mapping, &definitions).into_iter();
        let missing =
            missing.map(|(leaf, to)| MissingBody { leaf: leaf.name().to_owned(), field: to.to_owned() });
        Self {
            route: route.name.clone(),
            vendor: route.adapter.dialect().vendor,
            missing: missing.collect(),
            fields: definitions.into_iter().map(|own| DefinitionBody::new(route, own)).collect(),
        }
    }
}

impl DefinitionBody {
    fn new(route: &Route, definition: Definition) -> Self {
        let by_name = definition.to.as_deref().and_then(|to| route.mapping.leaf_of(to));
        let leaf = by_name.or_else(|| route.mapping.leaf_of(&definition.label));
        Self {
            leaf: leaf.map(|leaf| leaf.name().to_owned()),
            id: definition.id,
            label: definition.label,
            field: definition.to,
            r#type: definition.kind,
            values: definition.values,
        }
    }
}
