//! Communal's two read-only lists: the custom profile fields, and the values that users have in them.

use serde_json::{Value, json};

use crate::call::Call;
use crate::reply::Reply;
use crate::users::Record;
use crate::world::World;

/// Where a record keeps its values: an object from the field's id to a text. No answer about a user shows it.
pub(super) const VALUES: &str = "_custom_profile_field_values";

/// The id of the first field, as in the vendor's examples.
const FIRST_ID: usize = 12;
const TIME: &str = "2026-02-02T18:24:00.000000Z";

/// A list that is asked for.
pub(super) enum List {
    Fields { with_values: bool },
    Values { user: Option<String>, field: Option<String>, with_field: bool },
}

impl List {
    /// The only user that it is about.
    pub(super) fn user(&self) -> Option<String> {
        match self {
            List::Fields { .. } => None,
            List::Values { user, .. } => user.clone(),
        }
    }
}

/// The list that the path names.
pub(super) fn asked(call: &Call) -> Option<List> {
    let includes =
        |name: &str| call.parameter("include").is_some_and(|all| all.split(',').any(|own| own == name));
    match call.path() {
        "/api/custom_profile_fields" => Some(List::Fields { with_values: includes("values") }),
        "/api/custom_profile_field_values" => Some(List::Values {
            user: call.parameter("filter[user_id]"),
            field: call.parameter("filter[custom_profile_field_id]"),
            with_field: includes("customProfileField"),
        }),
        _ => None,
    }
}

/// One page of a list. By which parameter the page is chosen is not documented; both usual ones are read.
pub(super) fn page(world: &World, call: &Call, list: &List) -> Reply {
    let all: Vec<Value> = match list {
        List::Fields { with_values } => {
            let with = |mut field: Value| {
                if *with_values {
                    field["values"] = values(world)
                        .into_iter()
                        .filter(|value| value["custom_profile_field_id"] == field["id"])
                        .collect();
                }
                field
            };
            fields(world).into_iter().map(with).collect()
        }
        List::Values { user, field, with_field } => {
            let is = |value: &Value, name: &str, id: &Option<String>| {
                id.as_ref().is_none_or(|id| value[name].as_u64() == id.parse().ok())
            };
            let wanted = values(world).into_iter();
            let wanted = wanted
                .filter(|value| is(value, "user_id", user) && is(value, "custom_profile_field_id", field));
            let with = |mut value: Value| {
                if *with_field {
                    let id = value["custom_profile_field_id"].clone();
                    value["custom_profile_field"] =
                        fields(world).into_iter().find(|field| field["id"] == id).unwrap_or_default();
                }
                value
            };
            wanted.map(with).collect()
        }
    };
    let per_page = world.knobs.communal.per_page.max(1);
    let asked = call.parameter("page[number]").or_else(|| call.parameter("page"));
    let page = asked.and_then(|page| page.parse::<usize>().ok()).unwrap_or(1).max(1);
    let data: Vec<_> = all.iter().skip((page - 1).saturating_mul(per_page)).take(per_page).collect();
    let from = (!data.is_empty()).then(|| (page - 1) * per_page + 1);
    Reply::json(
        200,
        &json!({
            "data": data, "current_page": page, "from": from, "last_page": all.len().div_ceil(per_page).max(1),
            "per_page": per_page, "to": from.map(|from| from + data.len() - 1), "total": all.len(),
        }),
    )
}

fn fields(world: &World) -> Vec<Value> {
    let names = world.knobs.communal.custom_fields.iter();
    let field = |(at, name): (usize, &String)| {
        json!({
            "id": FIRST_ID + at, "tenant_id": 1, "name": name, "display_on_membership_card": false, "user_editable": true,
            "locked": false, "parent_profile_field_id": null, "created_at": TIME, "updated_at": TIME, "deleted_at": null,
        })
    };
    names.enumerate().map(field).collect()
}

/// The values of all users, in the order of the users.
fn values(world: &World) -> Vec<Value> {
    let of_user = |(subject, record): (&String, &Record)| {
        let user: u64 = subject.parse().unwrap_or_default();
        let own = record.get(VALUES).and_then(Value::as_object).cloned().unwrap_or_default();
        own.into_iter().map(move |(field, value)| (user, field.parse::<u64>().unwrap_or_default(), value))
    };
    let value = |(at, (user, field, value)): (usize, (u64, u64, Value))| {
        json!({
            "id": 540 + at, "tenant_id": 1, "value": value, "user_id": user, "custom_profile_field_id": field,
            "created_at": TIME, "updated_at": TIME, "deleted_at": null,
        })
    };
    world.users.all().iter().flat_map(of_user).enumerate().map(value).collect()
}
