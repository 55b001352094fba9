use adapter::{Group, MappingOptions};
use canonical::{Leaf, nearest};

use crate::{file::RouteSection, findings::Findings, option_path::OptionPath};

/// The name that stands for every part of an address.
const ADDRESS: &str = "address";

/// The leaves that go together or not at all: what the route says, or the parts of an address.
pub(super) fn resolve(
    section: &RouteSection,
    path: &OptionPath,
    findings: &mut Findings<'_>,
) -> Option<Vec<Group>> {
    let Some(groups) = &section.together else { return Some(MappingOptions::default().together) };
    let path = path.child("together");
    let mut all = Vec::new();
    for (number, names) in groups.iter().enumerate() {
        let path = path.child(number);
        let leaves: Vec<Leaf> = names
            .iter()
            .enumerate()
            .filter_map(|(at, name)| findings.read(&path.child(at), Some(name), leaves))
            .flatten()
            .collect();
        let is_alone = names.len() == 1 && leaves.len() == 1;
        if is_alone || names.is_empty() {
            findings.mistake(
                &path,
                "a group has two fields or more; remove it, or add the fields that go with it",
            );
        }
        all.push(Group::of(leaves));
    }
    // What was mistaken is told; a group without it would mean something else.
    let given = |group: &Vec<String>| group.iter().all(|name| leaves(name).is_ok());
    groups.iter().all(given).then_some(all)
}

fn leaves(name: &str) -> Result<Vec<Leaf>, String> {
    if name == ADDRESS {
        return Ok(Group::address().iter().cloned().collect());
    }
    name.parse::<Leaf>().map(|leaf| vec![leaf]).map_err(|_| {
        let names = Leaf::STANDARD.iter().map(Leaf::name).chain([ADDRESS]);
        let meant = Leaf::meant_by(name).or_else(|| nearest(name, names));
        match meant {
            Some(meant) => format!("there is no field \"{name}\" of a user; did you mean \"{meant}\"?"),
            None => format!("there is no field \"{name}\" of a user; GET /v1/vendors lists them"),
        }
    })
}

/// The groups as an operator reads them: `address; family_name + given_name`.
pub(crate) fn shown(groups: &[Group]) -> String {
    let one = |group: &Group| match *group == Group::address() {
        true => ADDRESS.to_owned(),
        false => group.iter().map(Leaf::name).collect::<Vec<_>>().join(" + "),
    };
    match groups {
        [] => "none".to_owned(),
        groups => groups.iter().map(one).collect::<Vec<_>>().join("; "),
    }
}
