use canonical::{Leaf, nearest};

use crate::leaf_names::no_such_leaf;

use super::{
    file::{
        AlertsSection, ErrorSection, FileConfig, KeySection, LogSection, OperatorSection, RouteSection,
        ServerSection, StoreSection, WebhookSection,
    },
    file_field::{FieldTable, GROUPS},
    file_reference::ReferenceTable,
    introspect::names,
    option_path::OptionPath,
};

/// Which names may stand within an option.
pub(super) enum Inside {
    /// These.
    Options(&'static [&'static str]),
    /// The names of leaves; those of a group without its name.
    Leaves(Option<&'static str>),
    /// Any name or number: routes, members of lists, texts of a `map`.
    Any,
    /// None: the option is a single value.
    Nothing,
}

/// Which names may stand within the option at `path`.
pub(super) fn inside(path: &OptionPath) -> Inside {
    match path.names().as_slice() {
        [] => Inside::Options(names::<FileConfig>()),
        ["server"] => Inside::Options(names::<ServerSection>()),
        ["operator"] => Inside::Options(names::<OperatorSection>()),
        ["store"] => Inside::Options(names::<StoreSection>()),
        ["log"] => Inside::Options(names::<LogSection>()),
        ["alerts"] => Inside::Options(names::<AlertsSection>()),
        ["keys"] | ["keys", _, "scopes"] | ["routes"] | ["routes", _, "errors"] => Inside::Any,
        ["webhooks"] | ["webhooks", _, "events"] => Inside::Any,
        ["webhooks", _] => Inside::Options(names::<WebhookSection>()),
        ["webhooks", _, "secret" | "previous_secret"] => Inside::Options(names::<ReferenceTable>()),
        ["operator", "hosts"] => Inside::Any,
        ["keys", _] => Inside::Options(names::<KeySection>()),
        ["routes", _] => Inside::Options(names::<RouteSection>()),
        ["routes", _, "credential"] => Inside::Options(names::<ReferenceTable>()),
        ["routes", _, "errors", _] => Inside::Options(names::<ErrorSection>()),
        ["routes", _, "fields", within @ ..] => inside_fields(within),
        _ => Inside::Nothing,
    }
}

fn inside_fields(path: &[&str]) -> Inside {
    let group = |name: &&str| GROUPS.into_iter().find(|group| group == name);
    let within_leaf = match path {
        [] => return Inside::Leaves(None),
        [first, rest @ ..] => match (group(first), rest) {
            (Some(name), []) => return Inside::Leaves(Some(name)),
            (Some(_), [_, rest @ ..]) => rest,
            (None, rest) => rest,
        },
    };
    match within_leaf {
        [] => Inside::Options(names::<FieldTable>()),
        ["map"] => Inside::Any,
        _ => Inside::Nothing,
    }
}

impl Inside {
    /// Whether `name` may stand here.
    pub(super) fn allows(&self, name: &str) -> bool {
        match self {
            Inside::Options(options) => options.contains(&name),
            Inside::Leaves(None) => GROUPS.contains(&name) || name.parse::<Leaf>().is_ok(),
            Inside::Leaves(Some(group)) => format!("{group}.{name}").parse::<Leaf>().is_ok(),
            Inside::Any => true,
            Inside::Nothing => false,
        }
    }

    /// What to do about a name that may not stand here.
    pub(super) fn refuse(&self, name: &str) -> String {
        match self {
            Inside::Options(options) => match nearest(name, options.iter().copied()) {
                Some(near) => format!("there is no option \"{name}\" here; did you mean \"{near}\"?"),
                None => format!("there is no option \"{name}\" here; there are {}", options.join(", ")),
            },
            Inside::Leaves(group) => {
                let full = group.map_or_else(|| name.to_owned(), |group| format!("{group}.{name}"));
                no_such_leaf(&full)
            }
            Inside::Any | Inside::Nothing => format!("there is no option \"{name}\" here; remove it"),
        }
    }
}
