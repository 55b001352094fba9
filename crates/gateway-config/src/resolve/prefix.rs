use adapter::{Adapter, SubjectKind};

use crate::own_path::own_path;

/// The end of a base URL's path that the vendor's own calls begin with: it would stand twice in every URL.
pub(super) fn doubled(adapter: &dyn Adapter, kind: &'static SubjectKind, base_path: &str) -> Option<String> {
    let own = own_path(adapter, kind)?;
    let given: Vec<&str> = base_path.split('/').filter(|segment| !segment.is_empty()).collect();
    let is_end = |count: &usize| {
        let end = given.len().checked_sub(*count).map(|start| &given[start..]).unwrap_or_default();
        end.len() == *count && end.iter().zip(&own).all(|(given, own)| given.eq_ignore_ascii_case(own))
    };
    let count = (1..=own.len()).rev().find(is_end)?;
    Some(format!("/{}", given[given.len() - count..].join("/")))
}
