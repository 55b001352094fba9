//! Reading back: one user, and the custom attributes that were created.
//!
//! - `GET /api/public/users/{id}/` and `GET /api/public/users-by-id/{custom_id}/` answer the user object that
//!   <https://apidocs.user.com/users/update-user.html> shows: `name` for first and last name together, `gender` as a word, tags
//!   as objects, and custom attributes as members of the object or as a list `attributes` with `name_std` and `value`.
//! - `GET /api/public/attributes/` answers `{"count", "next", "previous", "results"}`. `next` is a whole URL; nothing but its
//!   cursor is taken from it, so that no answer can lead a request anywhere else.
//!
//! An attribute has two names: the page shows `My string attr` with the `name_std` `my_string_attr`. A route may map either. A list
//! tells which belongs to which; where the attributes are members of the object, an attribute that is mapped by the name that
//! people read is the only member that its name becomes in small letters and underscores.
//!
//! Where the object lacks a custom attribute, the attribute was never created: what was sent for it is not there.

mod compare;

use adapter::{
    Agreement, Definition, Path, ReadItem, ReadPage, ReadQuery, ReadRequest, Seen, VendorError,
    VendorResponse, Whom, WireField, id_text,
};
use canonical::Json;
use percent_encoding::percent_decode_str;

use crate::{Adapter, DIALECT, READ_ONLY, TAGS, answer::read_status, person as named};

pub(crate) use compare::agreement;

impl adapter::Reader for Adapter {
    fn first(&self, query: &ReadQuery<'_>) -> Option<ReadRequest> {
        let path = match query {
            ReadQuery::Person(Whom { subject, .. }) if named::is_by_custom_id(subject) => {
                Path::with_trailing_slash(["api", "public", "users-by-id", subject.as_str()])
            }
            ReadQuery::Person(Whom { subject, .. }) => {
                Path::with_trailing_slash(["api", "public", "users", subject.as_str()])
            }
            // What is stored in custom attributes is a part of the user object.
            ReadQuery::Stored(_) => return None,
            ReadQuery::Definitions { .. } => Path::with_trailing_slash(["api", "public", "attributes"]),
        };
        Some(ReadRequest { path, query: Vec::new(), headers: vec![("Accept", "*/*; version=2".to_owned())] })
    }

    fn read(
        &self,
        query: &ReadQuery<'_>,
        sent: &ReadRequest,
        response: &VendorResponse,
    ) -> Result<ReadPage, VendorError> {
        read_status(response)?;
        let json = response.json().filter(|json| response.status == 200 && json.as_object().is_some());
        let json = json.ok_or_else(|| VendorError::unreadable("not the answer that the vendor documents"))?;
        match query {
            ReadQuery::Person(whom) | ReadQuery::Stored(whom) => person(&json, whom),
            ReadQuery::Definitions { .. } => attributes(&json, sent),
        }
    }

    fn shown_in<'s>(&self, field: &str, seen: &'s Seen) -> Option<(&'s str, &'s Json)> {
        compare::shown_in(field, seen)
    }

    fn agreement(&self, field: &WireField, all: &[WireField], seen: &Seen) -> Agreement {
        agreement(field, all, seen)
    }
}

fn person(json: &Json, whom: &Whom<'_>) -> Result<ReadPage, VendorError> {
    let own_id = named::own_id(json, whom.subject)?;
    let is_other = whom.witness.is_some_and(|witness| witness != own_id);
    if named::is_by_custom_id(whom.subject) && is_other {
        return Err(VendorError::wrong_subject());
    }
    Ok(ReadPage { items: fields(json), next: None })
}

/// The fields of a user object.
pub(crate) fn fields(json: &Json) -> Vec<ReadItem> {
    let members = json.as_object().unwrap_or_default().iter();
    let members = members.filter(|(name, _)| name != ATTRIBUTES).map(|(name, value)| {
        let value = if name == TAGS { names(value) } else { value.clone() };
        ReadItem::Field { name: name.clone(), value }
    });
    // A list goes after the members: where an answer has both, it has the value and the members only the names.
    members.chain(listed(json)).collect()
}

/// Whether a member of this name is an attribute, and no field of User.com's own.
fn is_attribute(name: &str) -> bool {
    !DIALECT.has_field(name) && !READ_ONLY.contains(&name)
}

/// The attributes of the form that the vendor's page shows.
fn listed(json: &Json) -> Vec<ReadItem> {
    let Some(Json::Array(items)) = json.get(ATTRIBUTES) else { return Vec::new() };
    let attribute = |item: &Json| {
        let text = |member| item.get(member).and_then(Json::as_str);
        let name = text("name_std").filter(|name| is_attribute(name))?;
        let value = item.get("value")?.clone();
        let label = text("name").filter(|label| *label != name);
        let label = label.map(|label| ReadItem::Label { name: name.to_owned(), label: label.to_owned() });
        Some([Some(ReadItem::Field { name: name.to_owned(), value }), label])
    };
    items.iter().filter_map(attribute).flatten().flatten().collect()
}

/// The names of tags that are answered as objects.
fn names(tags: &Json) -> Json {
    let Json::Array(items) = tags else { return tags.clone() };
    let name = |item: &Json| item.get("name").unwrap_or(item).clone();
    Json::Array(items.iter().map(name).collect())
}

fn attributes(json: &Json, sent: &ReadRequest) -> Result<ReadPage, VendorError> {
    let Some(Json::Array(results)) = json.get("results") else {
        return Err(VendorError::unreadable("not the list that the vendor documents"));
    };
    let items = results.iter().map(definition).filter_map(Result::transpose).collect::<Result<_, _>>()?;
    let next = match json.get("next") {
        None | Some(Json::Null) => None,
        Some(Json::String(url)) => {
            let cursor = cursor(url).filter(|cursor| sent.parameter(CURSOR) != Some(cursor));
            let unreadable = || VendorError::unreadable("a list that does not say how it goes on");
            Some(sent.clone().with(CURSOR, cursor.ok_or_else(unreadable)?))
        }
        Some(_) => return Err(VendorError::unreadable("a list that does not say how it goes on")),
    };
    Ok(ReadPage { items, next })
}

/// An attribute of users; companies and other things have some, too.
fn definition(item: &Json) -> Result<Option<ReadItem>, VendorError> {
    let text = |name: &str| item.get(name).and_then(Json::as_str).map(str::to_owned);
    let (Some(id), Some(to)) = (item.get("id").and_then(id_text), text("name_std")) else {
        return Err(VendorError::unreadable("a list with an item that the vendor does not document"));
    };
    if text("content_type").is_some_and(|kind| kind != "clientuser") {
        return Ok(None);
    }
    let label = text("name").unwrap_or_else(|| to.clone());
    let (id, to, kind) = (id.to_owned(), Some(to), text("value_type"));
    Ok(Some(ReadItem::Definition(Definition { id, to, label, kind, values: None })))
}

/// The cursor in a URL's query.
fn cursor(url: &str) -> Option<String> {
    let query = url.split_once('?')?.1;
    let query = query.split_once('#').map_or(query, |(query, _)| query);
    let value = query.split('&').find_map(|pair| pair.strip_prefix("cursor="))?;
    let cursor = percent_decode_str(value).decode_utf8().ok()?;
    (!cursor.is_empty() && cursor.len() <= LONGEST_CURSOR).then(|| cursor.into_owned())
}

const ATTRIBUTES: &str = "attributes";
const CURSOR: &str = "cursor";
const LONGEST_CURSOR: usize = 1_024;
