use ::adapter::{Adapter, MappingOptions, Subject, SubjectForm, SubjectKind, VendorResponse};

use super::Bench;

/// What a check found: nothing, or what is wrong in one sentence or more.
pub type Check = Result<(), String>;

/// An adapter, and what the suite must know to judge it.
#[derive(Debug)]
pub struct ContractCase {
    /// The adapter.
    pub adapter: Box<dyn Adapter>,
    /// What a route maps beyond the dialect's table; for an open dialect at least one custom leaf.
    pub mapping: MappingOptions,
    /// The vendor's usual answer to a successful update of this person.
    pub answer: fn(&Subject) -> VendorResponse,
    /// The kinds of subject for which the usual answer names the person.
    pub names: &'static [&'static str],
    /// What a success needs beside its status.
    pub proof: Proof,
    /// The folder of the golden files.
    pub golden: &'static str,
}

/// What a success needs beside its status.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Proof {
    /// A body that says so.
    Body,
    /// The same, or no body at all.
    BodyIfAny,
    /// Nothing, as long as no page, no text and no damaged JSON answers, and nothing that says no.
    Status,
}

impl ContractCase {
    /// The adapter with the mapping that the suite uses.
    ///
    /// # Errors
    /// When the case's mapping has a mistake.
    pub fn bench(&self) -> Result<Bench<'_>, String> {
        Bench::new(&*self.adapter, &self.mapping)
    }

    /// The adapter with the mapping that the suite uses for this person.
    pub(super) fn bench_of(&self, person: &Subject) -> Result<Bench<'_>, String> {
        Bench::of(&*self.adapter, person.kind(), &self.mapping)
    }

    /// Every kind of subject of the dialect with one person and another one, but for the one that the mapping gives people.
    pub(super) fn people(&self) -> Result<Vec<(Subject, Subject)>, String> {
        let dialect = self.adapter.dialect();
        let given =
            dialect.open_fields.and_then(|open| open.second_id).filter(|_| self.mapping.second_id.is_some());
        let kinds = dialect.subjects.iter().filter(|kind| given.is_none_or(|given| given.to != kind.name));
        kinds.map(|kind| Ok((person(kind, 0)?, person(kind, 1)?))).collect()
    }
}

/// The person that most checks are about, in the dialect's first kind of subject.
pub(super) fn somebody(adapter: &dyn Adapter) -> Result<Subject, String> {
    let kind = adapter.dialect().subjects.first().ok_or("the dialect has no kind of subject")?;
    person(kind, 0)
}

fn person(kind: &'static SubjectKind, which: usize) -> Result<Subject, String> {
    let texts = match kind.form {
        SubjectForm::Integer => ["42", "43"],
        SubjectForm::Text => ["crm-42", "crm-43"],
        SubjectForm::Email => ["jane.doe@example.org", "june.doe@example.org"],
    };
    Subject::parse(kind, texts[which]).map_err(|invalid| invalid.to_string())
}
