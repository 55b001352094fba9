//! User.com: `PUT /api/public/users/{id}/`, an object of plain fields and custom attributes.
//!
//! From <https://apidocs.user.com/users/update-user.html>:
//!
//! - the path ends with a slash, and `Accept: */*; version=2` chooses the version of the API;
//! - every field is optional; first and last name have at most 40 characters;
//! - custom attributes are further members; they must have been created in User.com before;
//! - `tags` is a list of names, and the update call only *adds* them.
//!
//! What the update call cannot take away has calls of its own, sent after it: `remove_tag/` and `remove_attribute/`, DELETE
//! below `users/{id}/` and POST below `users-by-id/{custom_id}/`. A 404 to one of these says that something is not there: the
//! tag, or the person. Only the person shows which; until then it is a failure. An address is not a way to name a person here:
//! two users may share one.
//!
//! `custom_id` is a field of the page's table, too. It names the person, and so goes only where a route says from which leaf, to
//! somebody who is known by `id`. There it is data: an answer is about the person whose `id` it has, whatever custom id it shows.
//!
//! A success of the update call is the user object. It names the person by `id`, and by `custom_id` if the person has one, has
//! no first and last name, and has gender as a word.

mod answer;
mod formats;
mod person;
mod reader;
mod removal;

use adapter::{
    AuthScheme, Comparison, Dialect, FieldRule, Means, Method, OpenFields, Path, Receipt, Rule, SubjectKind,
    TranslateError, Update, VendorError, VendorRequest, VendorResponse, WireField, WireValue, as_json,
    as_text, phone,
};
use canonical::Leaf;
use serde_json::{Map, Value as JsonValue, json};

use formats::{boolean, custom_id, gender, integer};

/// What User.com can carry.
pub static DIALECT: Dialect = Dialect {
    vendor: "usercom",
    page: "https://apidocs.user.com/users/update-user.html",
    auth: &[AuthScheme::Token],
    subjects: &[
        SubjectKind::integer("id"),
        // An id that a program gives; the answer's own id tells two people apart if the vendor folds it (a guess).
        SubjectKind::text(CUSTOM_ID, Comparison::Exact),
    ],
    fields: &[
        FieldRule::new(Leaf::Email, "email", Rule::SetOnly, as_text),
        FieldRule::new(Leaf::GivenName, "first_name", Rule::SetOnly, as_text).max(40),
        FieldRule::new(Leaf::FamilyName, "last_name", Rule::SetOnly, as_text).max(40),
        FieldRule::new(Leaf::PhoneNumber, "phone_number", Rule::SetOnly, phone).max(64),
        FieldRule::new(Leaf::Locality, "city", Rule::SetOnly, as_text).max(64),
        FieldRule::new(Leaf::Region, "region", Rule::SetOnly, as_text),
        FieldRule::new(Leaf::Country, "country", Rule::SetOnly, as_text),
        FieldRule::new(Leaf::Gender, GENDER, Rule::SetOnly, gender).takes("unknown, male or female"),
        FieldRule::new(Leaf::Zoneinfo, "timezone", Rule::SetOnly, as_text),
        FieldRule::new(Leaf::Picture, "gravatar_url", Rule::SetOnly, as_text),
        FieldRule::new(Leaf::Tags, TAGS, Rule::AddOnly, as_json),
        FieldRule::without_leaf("facebook_url", Rule::SetOnly, as_text),
        FieldRule::without_leaf("linkedin_url", Rule::SetOnly, as_text),
        FieldRule::without_leaf("twitter_url", Rule::SetOnly, as_text),
        FieldRule::without_leaf("google_url", Rule::SetOnly, as_text),
        // The id of a company that exists, not its name.
        FieldRule::without_leaf(COMPANY, Rule::SetOnly, as_text),
        FieldRule::without_leaf("score", Rule::SetOnly, integer).takes(A_NUMBER),
        FieldRule::without_leaf("notifications", Rule::SetOnly, boolean).takes(A_BOOLEAN),
        FieldRule::without_leaf("unsubscribed", Rule::SetOnly, boolean).takes(A_BOOLEAN),
        // The id of one of the tenant's own agents.
        FieldRule::without_leaf("assigned_to", Rule::SetOnly, integer).takes(A_NUMBER),
    ],
    open_fields: Some(OpenFields::new(Rule::Nullable, as_json, READ_ONLY).with_second_id(&SECOND_ID)),
    unsupported: &[Leaf::Organization, Leaf::Manager],
    success_means: Means::Applied,
    requests_per_second: 5.0,
    warnings: &[],
};

const GENDER: &str = "gender";
const TAGS: &str = "tags";
const COMPANY: &str = "company_custom_id";
const CUSTOM_ID: &str = "custom_id";
const A_NUMBER: &str = "a whole number";
const A_BOOLEAN: &str = "true or false";

/// "The unique identifier for the user which is provided by the client", for people who are known by User.com's own id.
static SECOND_ID: FieldRule = FieldRule::without_leaf(CUSTOM_ID, Rule::SetOnly, custom_id)
    .max(254)
    .takes("1 to 254 characters without a blank at either end");

/// Members of the user object that name the person or are User.com's own; it takes them in a PUT without a word.
const READ_ONLY: &[&str] = &[
    "id",
    CUSTOM_ID,
    "user_id",
    "key",
    "user_key",
    "name",
    "status",
    "attributes",
    "companies",
    "lists",
    "created_at",
    "updated_at",
    "first_seen",
    "last_seen",
    "last_contacted",
    "page_views",
    "last_ip",
    "browser",
    "browser_language",
    "os_type",
    "resolution",
    "chat_id",
    "web_push_subscription",
];

/// What a route configures about User.com: nothing.
#[derive(Debug, Clone, Copy, Default)]
pub struct Options;

/// User.com's dialect.
#[derive(Debug)]
pub struct Adapter;

impl Adapter {
    /// The adapter of one route.
    pub fn new(_: Options) -> Self {
        Self
    }
}

impl adapter::Adapter for Adapter {
    fn dialect(&self) -> &'static Dialect {
        &DIALECT
    }

    fn build_requests(&self, update: &Update<'_>) -> Result<Vec<VendorRequest>, TranslateError> {
        let mut put = Map::new();
        let mut removals = Vec::new();
        for field in update.fields {
            match (&field.value, rule(field)) {
                (WireValue::Set(value), _) => drop(put.insert(field.to.clone(), value.clone())),
                (WireValue::Clear, Rule::Nullable) => {
                    removals.push(("remove_attribute", json!({ removal::ATTRIBUTE: field.to })));
                }
                (WireValue::Members { wanted, removed }, Rule::AddOnly) => {
                    if !wanted.is_empty() {
                        put.insert(field.to.clone(), wanted.as_slice().into());
                    }
                    removals.extend(removed.iter().map(|name| ("remove_tag", json!({ removal::TAG: name }))));
                }
                _ => return Err(TranslateError::new(&DIALECT, field)),
            }
        }
        let put = (!put.is_empty()).then(|| request(update, Method::Put, None, put.into()));
        let removals = removals
            .into_iter()
            .map(|(action, body)| request(update, removal_method(update), Some(action), body));
        Ok(put.into_iter().chain(removals).collect())
    }

    fn parse_response(
        &self,
        sent: &VendorRequest,
        response: &VendorResponse,
    ) -> Result<Receipt, VendorError> {
        match sent.method {
            Method::Put => answer::read(sent, response),
            Method::Post | Method::Patch | Method::Delete => removal::read(sent, response),
        }
    }

    fn reader(&self) -> Option<&dyn adapter::Reader> {
        Some(self)
    }
}

fn rule(field: &WireField) -> Rule {
    match DIALECT.rule_of(&field.to) {
        Some(known) => known.rule,
        None if DIALECT.has_field(&field.to) => SECOND_ID.rule,
        None => Rule::Nullable,
    }
}

fn removal_method(update: &Update<'_>) -> Method {
    if person::is_by_custom_id(update.subject) { Method::Post } else { Method::Delete }
}

fn request(update: &Update<'_>, method: Method, action: Option<&str>, body: JsonValue) -> VendorRequest {
    let users = if person::is_by_custom_id(update.subject) { "users-by-id" } else { "users" };
    let mut path = Path::with_trailing_slash(["api", "public", users, update.subject.as_str()]);
    path.segments.extend(action.map(str::to_owned));
    VendorRequest {
        method,
        path,
        query: Vec::new(),
        headers: vec![
            ("Accept", "*/*; version=2".to_owned()),
            ("Content-Type", "application/json".to_owned()),
        ],
        body: Some(body),
        subject: update.subject.clone(),
    }
}
