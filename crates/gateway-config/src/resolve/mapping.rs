use std::collections::BTreeMap;

use adapter::{
    ClearAs, FieldOption, FieldOptions, Mapping, MappingFault, MappingOptions, Overlong, PhoneFormat,
    SubjectKind,
};
use canonical::Leaf;

use super::together;
use crate::{
    Vendor,
    file::RouteSection,
    file_field::{FieldSection, FieldTable},
    findings::Findings,
    leaf_names::no_such_leaf,
    option_path::OptionPath,
};

/// The mapping of a route, with each mistake at the leaf that it is about.
pub(super) fn resolve(
    vendor: Vendor,
    subject: Option<&'static SubjectKind>,
    section: &RouteSection,
    path: &OptionPath,
    findings: &mut Findings<'_>,
) -> Option<(MappingOptions, Mapping)> {
    let formats = [("e164", PhoneFormat::E164), ("as_sent", PhoneFormat::AsSent)];
    let format_path = path.child("phone_format");
    let phone_format = match section.phone_format.as_deref() {
        None => Some(PhoneFormat::default()),
        text => findings.choose(&format_path, text, &formats),
    };
    let second_id = second_id(vendor, section, path, findings);
    let mut fields = BTreeMap::new();
    let fields_path = path.child("fields");
    for (name, field) in &section.fields.0 {
        // A name that is no leaf was reported when the file was read.
        let Ok(leaf) = name.parse::<Leaf>() else { continue };
        if let Some(option) = option(field, &leaf_path(&fields_path, &leaf, findings), findings) {
            fields.insert(leaf, option);
        }
    }
    let complete = fields.len() == section.fields.0.len();
    let together = together::resolve(section, path, findings);
    let complete = complete && together.is_some();
    let options = MappingOptions {
        fields,
        phone_format: phone_format.unwrap_or_default(),
        together: together.unwrap_or_default(),
        second_id: second_id.clone().flatten(),
    };
    let mapping = match subject {
        Some(subject) => Mapping::for_subject(vendor.dialect(), subject, &options),
        None => Mapping::new(vendor.dialect(), &options),
    };
    match mapping {
        Ok(mapping) => {
            for remark in mapping.remarks() {
                let at =
                    remark.leaf.map_or_else(|| path.clone(), |leaf| leaf_path(&fields_path, &leaf, findings));
                findings.warn(&remark.option.map_or(at.clone(), |option| at.child(option)), remark.sentence);
            }
            (complete && phone_format.is_some() && second_id.is_some()).then_some((options, mapping))
        }
        Err(faults) => {
            for fault in faults {
                let path = match fault {
                    MappingFault::InTwoGroups { .. } => path.child("together"),
                    _ => place(&fault, path, &options, findings),
                };
                findings.mistake(&path, fault.to_string());
            }
            None
        }
    }
}

/// The leaf that gives people their second id; none where the option is mistaken.
fn second_id(
    vendor: Vendor,
    section: &RouteSection,
    path: &OptionPath,
    findings: &mut Findings<'_>,
) -> Option<Option<Leaf>> {
    let at = path.child("custom_id");
    match section.custom_id.as_deref() {
        None => Some(None),
        // That the option is another vendor's is told where all options are.
        Some(_) if !vendor.own_options().contains(&"custom_id") => Some(None),
        text => findings.read(&at, text, |name| name.parse().map_err(|_| no_such_leaf(name))).map(Some),
    }
}

fn option(field: &FieldSection, path: &OptionPath, findings: &mut Findings<'_>) -> Option<FieldOption> {
    match field {
        FieldSection::Switch(false) => Some(FieldOption::Off),
        FieldSection::Switch(true) => Some(FieldOption::On(FieldOptions::default())),
        FieldSection::Name(to) => named(to, path, findings)
            .map(|to| FieldOption::On(FieldOptions { to: Some(to), ..Default::default() })),
        FieldSection::Table(table) => from_table(table, path, findings).map(FieldOption::On),
    }
}

fn from_table(table: &FieldTable, path: &OptionPath, findings: &mut Findings<'_>) -> Option<FieldOptions> {
    let to = match &table.to {
        None => Some(None),
        Some(to) => named(to, &path.child("to"), findings).map(Some),
    };
    let overlong = match table.overlong.as_deref() {
        None => Some(Overlong::default()),
        text => findings.choose(
            &path.child("overlong"),
            text,
            &[("refuse", Overlong::Refuse), ("truncate", Overlong::Truncate)],
        ),
    };
    let clear = match table.clear.as_deref() {
        None => Some(ClearAs::default()),
        text => findings.choose(
            &path.child("clear"),
            text,
            &[("refuse", ClearAs::Refuse), ("empty_string", ClearAs::EmptyString)],
        ),
    };
    let map = table.map.iter().map(|(from, to)| (from.clone(), to.0.clone())).collect();
    Some(FieldOptions { to: to?, overlong: overlong?, clear: clear?, map, negate: table.negate })
}

fn named(to: &str, path: &OptionPath, findings: &mut Findings<'_>) -> Option<String> {
    findings.read(path, Some(to), |to| {
        let usable = !to.trim().is_empty() && to.len() <= 256 && !to.contains(char::is_control);
        usable.then(|| to.to_owned()).ok_or_else(|| {
            "a field's name is 1 to 256 characters without control characters; write false to leave the leaf out".to_owned()
        })
    })
}

/// Where a leaf is configured: in quotes with its dot, or as a member of its group.
fn leaf_path(fields: &OptionPath, leaf: &Leaf, findings: &Findings<'_>) -> OptionPath {
    let direct = fields.child(leaf);
    match leaf.name().split_once('.') {
        Some((group, member)) if !findings.is_given(&direct) => fields.child(group).child(member),
        _ => direct,
    }
}

fn place(
    fault: &MappingFault,
    route: &OptionPath,
    options: &MappingOptions,
    findings: &Findings<'_>,
) -> OptionPath {
    let second_id = route.child("custom_id");
    if matches!(fault, MappingFault::SecondId { .. }) && findings.is_given(&second_id) {
        return second_id;
    }
    let leaf = match fault {
        // The leaf that the dialect itself maps is not in the file.
        MappingFault::TwoLeavesOneField { leaf, other, .. } if !options.fields.contains_key(leaf) => other,
        fault => fault.leaf(),
    };
    let path = leaf_path(&route.child("fields"), leaf, findings);
    if let MappingFault::Option { option, key, .. } = fault {
        let at = path.child(option);
        return key.as_ref().map_or(at.clone(), |key| at.child(key));
    }
    let to = path.child("to");
    if findings.is_given(&to) { to } else { path }
}
