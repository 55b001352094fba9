//! Routes for tests: a small vendor of their own, so that stores and engines are proven without any real dialect.

use std::{sync::Arc, time::Duration};

use adapter::{
    Absence, Adapter, AuthScheme, Definition, Dialect, FieldRule, Mapping, MappingOptions, Means, Method,
    Path, ReadItem, ReadPage, ReadQuery, ReadRequest, Reader, Receipt, Rule, SubjectKind, TranslateError,
    Update, VendorError, VendorRequest, VendorResponse, WireValue, as_text, status,
};
use async_trait::async_trait;
use canonical::{Json, Leaf};
use delivery::{Enrol, Limits, Preview, Rate, Route, SendError, SendErrorKind, Transport};
use serde_json::{Map, Value as JsonValue};

const ID: SubjectKind = SubjectKind::integer("id");
const EMAIL: SubjectKind = SubjectKind::email("email");

static PLAIN_FIELDS: [FieldRule; 4] = [
    FieldRule::new(Leaf::Department, "department", Rule::Nullable, as_text),
    FieldRule::new(Leaf::Nickname, "nickname", Rule::Nullable, as_text),
    FieldRule::new(Leaf::Title, "title", Rule::Nullable, as_text),
    FieldRule::new(Leaf::Tags, "tags", Rule::AddOnly, as_text),
];

/// A vendor that takes every field alone.
pub static PLAIN: Dialect = dialect("plain", &PLAIN_FIELDS);

static STUBBORN_FIELDS: [FieldRule; 1] = [FieldRule::new(Leaf::Title, "title", Rule::SetOnly, as_text)];

/// A vendor that cannot clear anything.
pub static STUBBORN: Dialect = dialect("plain", &STUBBORN_FIELDS);

static STAFF_FIELDS: [FieldRule; 2] = [
    FieldRule::new(Leaf::Manager, "manager", Rule::Nullable, as_text).naming_a_person_by("id"),
    FieldRule::new(Leaf::Title, "title", Rule::Nullable, as_text),
];

/// A vendor that wants to be told a manager by that person's id.
pub static STAFF: Dialect = dialect("plain", &STAFF_FIELDS);

static NEEDY_FIELDS: [FieldRule; 2] = [
    FieldRule::new(Leaf::FamilyName, "family_name", Rule::Required, as_text),
    FieldRule::new(Leaf::Nickname, "nickname", Rule::Nullable, as_text),
];

/// A vendor that needs the family name with every request.
pub static NEEDY: Dialect = dialect("needy", &NEEDY_FIELDS);

const fn dialect(vendor: &'static str, fields: &'static [FieldRule]) -> Dialect {
    Dialect {
        vendor,
        page: "",
        auth: &[AuthScheme::Bearer],
        subjects: &[ID, EMAIL],
        fields,
        open_fields: None,
        unsupported: &[],
        success_means: Means::Applied,
        requests_per_second: 100.0,
        warnings: &[],
    }
}

/// A route to [`PLAIN`] for users with an explicit id.
pub fn plain(name: &str) -> Route {
    route(name, &PLAIN, &PLAIN.subjects[0], Enrol::Identity)
}

/// A route to [`STUBBORN`] in the place of one to [`PLAIN`].
pub fn stubborn(name: &str) -> Route {
    route(name, &STUBBORN, &PLAIN.subjects[0], Enrol::Identity)
}

/// A route to [`STAFF`] in the place of one to [`PLAIN`].
pub fn staff(name: &str) -> Route {
    let route = route(name, &STAFF, &PLAIN.subjects[0], Enrol::Identity);
    let mapping = Mapping::for_subject(&STAFF, route.subject_kind, &MappingOptions::default());
    Route { mapping: mapping.expect("the table itself has no mistake"), ..route }
}

/// A route to [`PLAIN`] at another origin.
pub fn moved(name: &str, origin: &str) -> Route {
    Route { origin: origin.to_owned(), ..plain(name) }
}

/// A route to [`PLAIN`] for every user with an e-mail address.
pub fn by_email(name: &str) -> Route {
    route(name, &PLAIN, &PLAIN.subjects[1], Enrol::Email)
}

/// A route to [`NEEDY`] for users with an explicit id.
pub fn needy(name: &str) -> Route {
    route(name, &NEEDY, &NEEDY.subjects[0], Enrol::Identity)
}

fn route(name: &str, dialect: &'static Dialect, subject_kind: &'static SubjectKind, enrol: Enrol) -> Route {
    Route {
        name: name.to_owned(),
        adapter: Arc::new(TestAdapter(dialect)),
        mapping: Mapping::new(dialect, &MappingOptions::default()).expect("the table itself has no mistake"),
        subject_kind,
        enrol,
        when: None,
        limits: Limits {
            concurrency: 16,
            rate: Rate::Unlimited,
            rate_key: name.to_owned(),
            timeout: Duration::from_secs(15),
            settle: Duration::from_secs(60),
            apply_window: None,
        },
        origin: format!("https://{name}.test"),
        mapping_revision: 1,
        transport: Arc::new(NoTransport),
    }
}

/// The member of an answer in which the vendor names the person by another id of its own.
pub const WITNESS: &str = "witness";

/// One `PATCH` with all fields; a member that must go takes a `DELETE` of its own. An answer may name a [`WITNESS`].
#[derive(Debug)]
struct TestAdapter(&'static Dialect);

impl Adapter for TestAdapter {
    fn dialect(&self) -> &'static Dialect {
        self.0
    }

    fn build_requests(&self, update: &Update<'_>) -> Result<Vec<VendorRequest>, TranslateError> {
        let mut body = Map::new();
        let mut requests = Vec::new();
        let request = |method, path, body| VendorRequest {
            method,
            path,
            query: Vec::new(),
            headers: Vec::new(),
            body,
            subject: update.subject.clone(),
        };
        let person = update.subject.as_str();
        for field in update.fields {
            let value = match &field.value {
                WireValue::Set(value) => value.clone(),
                WireValue::Clear => JsonValue::Null,
                WireValue::Members { wanted, removed } => {
                    let gone = removed.iter().map(|member| Path::new(["people", person, "tags", member]));
                    requests.extend(gone.map(|path| request(Method::Delete, path, None)));
                    wanted.clone().into()
                }
            };
            body.insert(field.to.clone(), value);
        }
        requests.insert(0, request(Method::Patch, Path::new(["people", person]), Some(body.into())));
        Ok(requests)
    }

    fn parse_response(
        &self,
        sent: &VendorRequest,
        response: &VendorResponse,
    ) -> Result<Receipt, VendorError> {
        let removed = sent.path.segments.last().filter(|_| sent.method == Method::Delete);
        status::read(response).map_err(|error| match removed {
            Some(member) if response.status == 404 => error.unless(Absence::of_member("tags", member)),
            _ => error.of_a_person(true),
        })?;
        let answer = response.json();
        let witness = answer.as_ref().and_then(|answer| answer.get(WITNESS)?.as_str()).map(str::to_owned);
        Ok(Receipt { witness, ..Receipt::new(self.0.success_means) })
    }

    fn reader(&self) -> Option<&dyn Reader> {
        Some(self)
    }
}

/// `GET people/{id}` answers an object of fields, `GET fields` a list of names with `"more": true` before its last page.
impl Reader for TestAdapter {
    fn first(&self, query: &ReadQuery<'_>) -> Option<ReadRequest> {
        let path = match query {
            ReadQuery::Person(whom) => Path::new(["people", whom.subject.as_str()]),
            ReadQuery::Definitions { .. } => Path::new(["fields"]),
            ReadQuery::Stored(_) => return None,
        };
        Some(ReadRequest { path, query: Vec::new(), headers: Vec::new() })
    }

    fn read(
        &self,
        query: &ReadQuery<'_>,
        sent: &ReadRequest,
        response: &VendorResponse,
    ) -> Result<ReadPage, VendorError> {
        status::read(response).map_err(|error| error.of_a_person(true))?;
        let unreadable = || VendorError::unreadable("not an answer");
        let json = response.json().ok_or_else(unreadable)?;
        if let ReadQuery::Person(_) = query {
            let members = json.as_object().ok_or_else(unreadable)?.iter().cloned();
            let items = members.map(|(name, value)| ReadItem::Field { name, value }).collect();
            return Ok(ReadPage { items, next: None });
        }
        let Some(Json::Array(names)) = json.get("fields") else { return Err(unreadable()) };
        let definition = |name: &Json| {
            let label = name.as_str().unwrap_or_default().to_owned();
            let (id, to) = (label.clone(), Some(label.clone()));
            ReadItem::Definition(Definition { id, to, label, kind: None, values: None })
        };
        let next = (json.get("more") == Some(&Json::Bool(true))).then(|| sent.clone());
        Ok(ReadPage { items: names.iter().map(definition).collect(), next })
    }
}

/// Refuses to send: for tests that never get that far.
#[derive(Debug)]
pub struct NoTransport;

#[async_trait]
impl Transport for NoTransport {
    async fn send(&self, _: &VendorRequest) -> Result<VendorResponse, SendError> {
        Err(SendError { kind: SendErrorKind::Refused, detail: "this route sends nothing".to_owned() })
    }

    fn preview(&self, request: &VendorRequest) -> Preview {
        Preview {
            method: request.method.as_str(),
            url: request.path.segments.join("/"),
            headers: Vec::new(),
            body: request.body_bytes(),
        }
    }
}
