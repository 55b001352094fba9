//! Reading back: one user, and the two lists of custom profile fields.
//!
//! - `GET /api/users/{id}`, from the OpenAPI description of the API (`UserResource`): names, e-mail address, telephone and date
//!   of birth, the id as a string, and *no address*. Whether an address has arrived is told by the answer to a PUT alone.
//! - `GET /api/custom_profile_fields` and `GET /api/custom_profile_field_values?filter[user_id]=…`, from
//!   <https://docs.getcommunal.com/platform/users/update-user-profiles> and the guide "Read custom profile fields": what an
//!   organization has defined, and what it stores of one user. Both are read-only, so that no route maps them.
//! - Both lists name `current_page` and `last_page` at the top. By which parameter the page is chosen is not said; it is the
//!   usual `page`, and an answer that is another page than the one asked for ends the reading.

use adapter::{
    Agreement, Definition, Path, ReadItem, ReadPage, ReadQuery, ReadRequest, Seen, StoredValue, VendorError,
    VendorResponse, Whom, WireField, WireValue, id_text, spelled,
};
use canonical::Json;

use crate::{Adapter, DIALECT, read_status};

impl adapter::Reader for Adapter {
    fn first(&self, query: &ReadQuery<'_>) -> Option<ReadRequest> {
        let (path, query) = match query {
            ReadQuery::Person(whom) => (Path::new(["api", "users", whom.subject.as_str()]), Vec::new()),
            ReadQuery::Stored(whom) => {
                let user = whom.subject.as_str().to_owned();
                let include = "customProfileField".to_owned();
                let query = vec![("filter[user_id]", user), ("include", include)];
                (Path::new(["api", "custom_profile_field_values"]), query)
            }
            ReadQuery::Definitions { with_values } => {
                let include = with_values.then(|| ("include", "values".to_owned()));
                (Path::new(["api", "custom_profile_fields"]), include.into_iter().collect())
            }
        };
        let headers = vec![
            ("Accept", "application/json".to_owned()),
            ("X-Api-Version", self.options.api_version.clone()),
        ];
        Some(ReadRequest { path, query, headers })
    }

    fn read(
        &self,
        query: &ReadQuery<'_>,
        sent: &ReadRequest,
        response: &VendorResponse,
    ) -> Result<ReadPage, VendorError> {
        read_status(response)?;
        let json = response.json().filter(|_| response.status == 200);
        let json = json.ok_or_else(|| VendorError::unreadable("not the answer that the vendor documents"))?;
        match query {
            ReadQuery::Person(whom) => person(&json, whom),
            ReadQuery::Stored(whom) => list(&json, sent, |item| stored(item, whom)),
            ReadQuery::Definitions { .. } => list(&json, sent, definition),
        }
    }

    /// The framework behind the API trims texts before it stores them.
    fn agreement(&self, field: &WireField, _: &[WireField], seen: &Seen) -> Agreement {
        let shown = seen.get(&field.to);
        match &field.value {
            WireValue::Set(value) => {
                let trimmed = value.as_str().map_or_else(|| value.clone(), |text| text.trim().into());
                spelled(&field.leaf, &WireValue::Set(trimmed), shown)
            }
            other => spelled(&field.leaf, other, shown),
        }
    }
}

fn person(json: &Json, whom: &Whom<'_>) -> Result<ReadPage, VendorError> {
    let user = json.get("data").unwrap_or(json);
    match user.get("id").and_then(id_text) {
        Some(id) if id == whom.subject.as_str() => {}
        Some(_) => return Err(VendorError::wrong_subject()),
        None => return Err(VendorError::unreadable("a success that does not name the person")),
    }
    // Beside these fields the record has others' matters: subscriptions, family, permissions.
    let field = |rule: &adapter::FieldRule| {
        let value = user.get(rule.to)?.clone();
        Some(ReadItem::Field { name: rule.to.to_owned(), value })
    };
    Ok(ReadPage { items: DIALECT.fields.iter().filter_map(field).collect(), next: None })
}

fn stored(item: &Json, whom: &Whom<'_>) -> Result<Option<ReadItem>, VendorError> {
    let id = |name: &str| item.get(name).and_then(id_text);
    match id("user_id") {
        Some(user) if user == whom.subject.as_str() => {}
        Some(_) => return Err(VendorError::wrong_subject()),
        None => return Err(unreadable_item()),
    }
    let field = id("custom_profile_field_id").ok_or_else(unreadable_item)?.to_owned();
    let parent = item.get("custom_profile_field").or_else(|| item.get("customProfileField"));
    let label = parent.and_then(|parent| parent.get("name")).and_then(Json::as_str).map(str::to_owned);
    let value = match item.get("value") {
        Some(Json::String(text) | Json::Number(text)) => Some(text.clone()),
        Some(Json::Null) | None => None,
        Some(_) => return Err(unreadable_item()),
    };
    Ok((!is_deleted(item)).then_some(ReadItem::Stored(StoredValue { field, label, value })))
}

fn definition(item: &Json) -> Result<Option<ReadItem>, VendorError> {
    let id = item.get("id").and_then(id_text).ok_or_else(unreadable_item)?.to_owned();
    let label = item.get("name").and_then(Json::as_str).ok_or_else(unreadable_item)?.to_owned();
    let values = match item.get("values") {
        Some(Json::Array(values)) => Some(values.iter().filter(|value| !is_deleted(value)).count()),
        _ => None,
    };
    let definition = Definition { id, to: None, label, kind: None, values };
    Ok((!is_deleted(item)).then_some(ReadItem::Definition(definition)))
}

fn is_deleted(item: &Json) -> bool {
    item.get("deleted_at").is_some_and(|at| *at != Json::Null)
}

fn unreadable_item() -> VendorError {
    VendorError::unreadable("a list with an item that the vendor does not document")
}

fn list(
    json: &Json,
    sent: &ReadRequest,
    read: impl Fn(&Json) -> Result<Option<ReadItem>, VendorError>,
) -> Result<ReadPage, VendorError> {
    let number = |name: &str| match json.get(name) {
        Some(Json::Number(text)) => text.parse::<u32>().ok(),
        _ => None,
    };
    let Some(Json::Array(data)) = json.get("data") else {
        return Err(VendorError::unreadable("not the list that the vendor documents"));
    };
    let (Some(page), Some(last)) = (number("current_page"), number("last_page")) else {
        return Err(VendorError::unreadable("a list that does not say where it ends"));
    };
    if sent.parameter(PAGE).unwrap_or("1") != page.to_string() {
        return Err(VendorError::unreadable("another page than the one that was asked for"));
    }
    let items = data.iter().map(read).filter_map(Result::transpose).collect::<Result<_, _>>()?;
    let next = (page < last).then(|| sent.clone().with(PAGE, (page + 1).to_string()));
    Ok(ReadPage { items, next })
}

const PAGE: &str = "page";
