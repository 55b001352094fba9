use canonical::Leaf;

/// A mistake in a route's mapping.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum MappingFault {
    /// The vendor has no such field.
    #[error("{vendor} has no field \"{to}\"{}", suggestion(.nearest))]
    UnknownField {
        /// The leaf that is mapped.
        leaf: Leaf,
        /// The vendor.
        vendor: &'static str,
        /// The name that does not exist.
        to: String,
        /// The nearest name that does.
        nearest: Option<&'static str>,
    },
    /// Two leaves go to one field.
    #[error("{leaf} and {other} both go to \"{to}\"; map one of them elsewhere or set it to false")]
    TwoLeavesOneField {
        /// The second leaf.
        leaf: Leaf,
        /// The first leaf.
        other: Leaf,
        /// The field.
        to: String,
    },
    /// The vendor needs the leaf with every request.
    #[error("{vendor} needs {leaf} with every request; it cannot be left out")]
    RequiredOff {
        /// The leaf.
        leaf: Leaf,
        /// The vendor.
        vendor: &'static str,
    },
    /// The leaf is mapped without a name and the dialect has none for it.
    #[error("{vendor} has no field of its own for {leaf}; name one with {leaf} = \"…\"")]
    NoDefault {
        /// The leaf.
        leaf: Leaf,
        /// The vendor.
        vendor: &'static str,
    },
    /// The name is not a field that a route may write.
    #[error(
        "{leaf} cannot go to \"{to}\": at {vendor} it names the person or is read-only; choose another field"
    )]
    Reserved {
        /// The leaf that is mapped.
        leaf: Leaf,
        /// The vendor.
        vendor: &'static str,
        /// The reserved name.
        to: String,
    },
    /// The leaf belongs to two groups.
    #[error("{leaf} is in two groups of together; put it into one of them, or join the two")]
    InTwoGroups {
        /// The leaf.
        leaf: Leaf,
    },
    /// The leaf is never sent.
    #[error(
        "{leaf} is put together from other leaves and is sent to no vendor; set it to false or leave it out"
    )]
    NeverSent {
        /// The leaf.
        leaf: Leaf,
    },
    /// The leaf cannot give the person a second id, or goes elsewhere already.
    #[error("{sentence}")]
    SecondId {
        /// The leaf.
        leaf: Leaf,
        /// What is wrong and what to write.
        sentence: String,
    },
    /// An option of the leaf does not fit its field.
    #[error("{sentence}")]
    Option {
        /// The leaf.
        leaf: Leaf,
        /// The option's name.
        option: &'static str,
        /// The text of `map` whose value it is; none for the option as such.
        key: Option<String>,
        /// What is wrong and what to write.
        sentence: String,
    },
}

fn suggestion(nearest: &Option<&'static str>) -> String {
    nearest.map_or_else(String::new, |name| format!("; did you mean \"{name}\"?"))
}

impl MappingFault {
    /// The leaf whose option is wrong.
    pub fn leaf(&self) -> &Leaf {
        match self {
            MappingFault::UnknownField { leaf, .. }
            | MappingFault::TwoLeavesOneField { leaf, .. }
            | MappingFault::RequiredOff { leaf, .. }
            | MappingFault::NoDefault { leaf, .. }
            | MappingFault::Reserved { leaf, .. }
            | MappingFault::InTwoGroups { leaf }
            | MappingFault::SecondId { leaf, .. }
            | MappingFault::Option { leaf, .. }
            | MappingFault::NeverSent { leaf } => leaf,
        }
    }
}
