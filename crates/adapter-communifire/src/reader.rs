//! Reading back: `GET /api/users/{UserID}/details`, whose `ResponseData` is an object of profile fields.
//!
//! No page of the vendor describes the call; its own mobile application makes it. There the names of fields vary by version:
//! `First name` or `FirstName`, `Last name` or `LastName`. A field is therefore found by its label, and where no member has
//! exactly that name, by the only one that differs from it in spaces and case.
//!
//! Where the call is missing, its path is answered 404, in whatever form: that says nothing of a person. Only an answer of the call
//! itself does.
//!
//! A person who is known by a username or an address is read under the id that the answers to updates name. What fields a tenant has defined
//! is told by no call that could be found.

use adapter::{
    AppliedState, ErrorKind, Path, ReadItem, ReadPage, ReadQuery, ReadRequest, Seen, VendorError,
    VendorResponse, Whom, id_text, status,
};
use canonical::Json;

use crate::{Adapter, EMAIL, USER_ID, USERNAME, envelope, selector};

impl adapter::Reader for Adapter {
    fn first(&self, query: &ReadQuery<'_>) -> Option<ReadRequest> {
        let ReadQuery::Person(whom) = query else { return None };
        let path = Path::new(["api", "users", user_id(whom)?, "details"]);
        let headers = vec![("Accept", "application/json".to_owned())];
        Some(ReadRequest { path, query: Vec::new(), headers })
    }

    fn read(
        &self,
        query: &ReadQuery<'_>,
        _: &ReadRequest,
        response: &VendorResponse,
    ) -> Result<ReadPage, VendorError> {
        status::read(response).map_err(of_the_call)?;
        let answer = envelope(response).filter(|_| response.status == 200);
        let answer =
            answer.ok_or_else(|| VendorError::unreadable("not the answer that the vendor documents"))?;
        match answer.get("IsError") {
            Some(Json::Bool(false)) => {}
            Some(Json::Bool(true)) => {
                return Err(VendorError::new(self.kind_of(&answer), AppliedState::No, "IsError"));
            }
            _ => return Err(VendorError::unreadable("an answer that does not say whether it is an error")),
        }
        match (query, answer.get("ResponseData")) {
            (ReadQuery::Person(whom), Some(user)) => person(user, whom),
            _ => Err(VendorError::unreadable("a success without a person")),
        }
    }

    fn shown_in<'s>(&self, field: &str, seen: &'s Seen) -> Option<(&'s str, &'s Json)> {
        if let Some(member) = seen.member(field) {
            return Some(member);
        }
        let wanted = folded(field);
        let mut alike = seen.iter().filter(|(name, _)| folded(name) == wanted);
        // Two that are alike say nothing: which of them is the field is not known.
        alike.next().filter(|_| alike.next().is_none())
    }
}

/// No page says that an installation has the call.
fn of_the_call(error: VendorError) -> VendorError {
    match error.kind {
        ErrorKind::NotFound | ErrorKind::MaybeNotFound => {
            VendorError { kind: ErrorKind::Misdirected, ..error }
        }
        _ => error,
    }
}

fn user_id<'a>(whom: &Whom<'a>) -> Option<&'a str> {
    if selector(whom.subject.kind().name) == USER_ID { Some(whom.subject.as_str()) } else { whom.witness }
}

/// The fields of a person. The answer may leave out who it is, because the path says it; where it says it, it must be right.
fn person(user: &Json, whom: &Whom<'_>) -> Result<ReadPage, VendorError> {
    let Some(members) = user.as_object().filter(|members| !members.is_empty()) else {
        return Err(VendorError::unreadable("a success without a person"));
    };
    let shown_id = user.get(USER_ID);
    if shown_id.is_some_and(|id| id_text(id) != user_id(whom)) {
        return Err(VendorError::wrong_subject());
    }
    let named_by = selector(whom.subject.kind().name);
    // An address may have become another one at the vendor: it is the same person while the id is the same.
    let must_be_shown = named_by == USERNAME || (named_by == EMAIL && shown_id.is_none());
    let is_other = |name: &str| !whom.subject.is(name);
    if must_be_shown && user.get(named_by).and_then(Json::as_str).is_some_and(is_other) {
        return Err(VendorError::wrong_subject());
    }
    let plain = members.iter().filter(|(_, value)| !matches!(value, Json::Object(_) | Json::Array(_)));
    let field = |(name, value): &(String, Json)| ReadItem::Field { name: name.clone(), value: value.clone() };
    Ok(ReadPage { items: plain.map(field).collect(), next: None })
}

fn folded(name: &str) -> String {
    name.chars().filter(|c| !c.is_whitespace()).flat_map(char::to_lowercase).collect()
}
