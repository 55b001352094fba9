use std::path::Path;

use ::adapter::{ReadItem, ReadQuery, ReadRequest, Reader, Subject, VendorError, VendorResponse, Whom};
use serde_json::{Map, Value as JsonValue};

use super::super::{Bench, ContractCase, case::somebody, golden, responses::answer};

/// One entry of `golden/reads.json`.
pub(super) struct Talk {
    pub(super) entry: Map<String, JsonValue>,
    kind: String,
    pub(super) subject: Subject,
    witness: Option<String>,
    pub(super) answers: Vec<VendorResponse>,
}

/// What a query came to.
pub(super) struct Told {
    pub(super) requests: Vec<ReadRequest>,
    pub(super) outcome: Result<Vec<ReadItem>, VendorError>,
}

impl Talk {
    /// The entries with their names.
    pub(super) fn all(case: &ContractCase) -> Result<Vec<(String, Self)>, String> {
        let bench = case.bench()?;
        let path = Path::new(case.golden).join("reads.json");
        let entries = golden::read(&path)?;
        let entries = entries.as_object().ok_or("reads.json is an object of entries by name")?;
        let read = |(name, entry): (&String, &JsonValue)| {
            let talk = Self::read(&bench, entry);
            talk.map(|talk| (name.clone(), talk))
                .map_err(|error| format!("{}: {name}: {error}", path.display()))
        };
        entries.iter().map(read).collect()
    }

    fn read(bench: &Bench<'_>, entry: &JsonValue) -> Result<Self, String> {
        let entry = entry.as_object().ok_or("an entry is an object")?.clone();
        let text = |name: &str| entry.get(name).and_then(JsonValue::as_str).map(str::to_owned);
        let subject =
            match entry.get("subject").and_then(JsonValue::as_object).and_then(|one| one.iter().next()) {
                None => somebody(bench.adapter)?,
                Some((kind, text)) => {
                    let kind =
                        bench.adapter.dialect().subject(kind).ok_or("there is no such kind of subject")?;
                    let text = text.as_str().ok_or("a subject is a text")?;
                    Subject::parse(kind, text).map_err(|invalid| invalid.to_string())?
                }
            };
        let answers = entry.get("answers").and_then(JsonValue::as_array).ok_or("there are no answers")?;
        Ok(Self {
            kind: text("query").ok_or("there is no query")?,
            subject,
            witness: text("witness"),
            answers: answers.iter().map(answer).collect::<Result<_, _>>()?,
            entry,
        })
    }

    pub(super) fn is_about_somebody(&self) -> bool {
        matches!(self.kind.as_str(), "person" | "stored")
    }

    /// The query, asked about this person.
    pub(super) fn query<'a>(&'a self, subject: &'a Subject) -> Result<ReadQuery<'a>, String> {
        let whom = Whom { subject, witness: self.witness.as_deref() };
        Ok(match self.kind.as_str() {
            "person" => ReadQuery::Person(whom),
            "stored" => ReadQuery::Stored(whom),
            "definitions" => ReadQuery::Definitions { with_values: false },
            "definitions with values" => ReadQuery::Definitions { with_values: true },
            _ => return Err("a query is person, stored, definitions or definitions with values".to_owned()),
        })
    }

    /// Asks until there is no next page; the answers are those of the entry, in order.
    pub(super) fn held(
        &self,
        reader: &dyn Reader,
        subject: &Subject,
        answers: &[VendorResponse],
    ) -> Result<Told, String> {
        let query = self.query(subject)?;
        let mut next = reader.first(&query);
        let (mut requests, mut items) = (Vec::new(), Vec::new());
        for answer in answers {
            let Some(request) = next.take() else { break };
            requests.push(request.clone());
            match reader.read(&query, &request, answer) {
                Ok(page) => {
                    items.extend(page.items);
                    next = page.next;
                }
                Err(error) => return Ok(Told { requests, outcome: Err(error) }),
            }
        }
        requests.extend(next);
        Ok(Told { requests, outcome: Ok(items) })
    }
}
