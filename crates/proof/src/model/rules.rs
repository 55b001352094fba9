//! The vendor's dialect, and the mappings that reloads switch between.

use std::{collections::BTreeMap, sync::Arc, time::Duration};

use adapter::{
    Adapter, AuthScheme, ClearAs, Comparison, Dialect, FieldOption, FieldOptions, FieldRule, Group, Mapping,
    MappingOptions, Means, Method, Overlong, Path, Rule, SubjectKind, TranslateError, Update, VendorRequest,
    VendorResponse, WireValue, as_text,
};
use async_trait::async_trait;
use canonical::{Leaf, Profile, Value};
use delivery::{Enrol, Limits, Matcher, Preview, Rate, Route, RouteId, RouteSet, SendError, Transport};
use serde_json::{Map, Value as Json, json};

use crate::world::Dice;

pub(super) const ROUTE: RouteId = RouteId(1);
pub(super) const NAME: &str = "model";
pub(super) const TIMEOUT: i64 = 15_000;
pub(super) const WINDOW: i64 = 75_000;
pub(super) const QUEUE: i64 = 40_000;

/// Goes with every request.
pub(super) const REQUIRED: Leaf = Leaf::GivenName;
/// Decides whether the route serves the person.
pub(super) const SERVES: Leaf = Leaf::Department;
/// The leaves with a value.
pub(super) const VALUES: [Leaf; 4] = [REQUIRED, Leaf::Title, SERVES, Leaf::Nickname];

/// These go together or not at all.
pub(super) const TOGETHER: [Leaf; 2] = [Leaf::Title, Leaf::Nickname];

/// The longest value of a field that is not required.
const MAX: usize = 12;

static DIALECT: Dialect = Dialect {
    vendor: "model",
    page: "",
    auth: &[AuthScheme::Bearer],
    subjects: &[SubjectKind::text("id", Comparison::Exact)],
    fields: &[
        FieldRule::new(REQUIRED, "r", Rule::Required, as_text),
        FieldRule::new(Leaf::Title, "a", Rule::SetOnly, as_text).max(MAX),
        FieldRule::new(SERVES, "b", Rule::SetOnly, as_text).max(MAX),
        FieldRule::new(Leaf::Nickname, "c", Rule::SetOnly, as_text).max(MAX),
        FieldRule::without_leaf("x", Rule::SetOnly, as_text).max(MAX),
        FieldRule::new(Leaf::Tags, SET, Rule::AddOnly, as_text),
    ],
    open_fields: None,
    unsupported: &[],
    success_means: Means::Applied,
    requests_per_second: 100.0,
    warnings: &[],
};

/// The set's field.
pub(super) const SET: &str = "t";

/// How one leaf is mapped: its field, whether its values are put into another form, cut, and cleared by an empty text; none: not
/// at all.
type Way = Option<(&'static str, bool, bool, bool)>;

/// A mapping: the way of each leaf.
pub(super) type Variant = [(Leaf, Way); 5];

pub(super) const FIRST: Variant = [
    (REQUIRED, Some(("r", false, false, false))),
    (Leaf::Title, Some(("a", false, false, true))),
    (SERVES, Some(("b", false, false, false))),
    (Leaf::Nickname, Some(("c", false, false, false))),
    (Leaf::Tags, Some((SET, false, false, false))),
];

fn ways(leaf: &Leaf) -> &'static [Way] {
    match leaf {
        Leaf::Title => &[
            Some(("a", false, false, true)),
            Some(("a", true, false, true)),
            Some(("a", false, true, false)),
            Some(("x", false, false, false)),
            None,
        ],
        Leaf::Department => &[
            Some(("b", false, false, false)),
            Some(("b", true, false, false)),
            Some(("x", false, false, false)),
            Some(("b", false, false, true)),
            None,
        ],
        Leaf::Nickname => &[
            Some(("c", false, false, false)),
            Some(("c", false, true, false)),
            Some(("c", true, false, false)),
        ],
        Leaf::Tags => &[Some((SET, false, false, false)), None],
        _ => &[Some(("r", false, false, false)), Some(("r", true, false, false))],
    }
}

/// Another mapping: some leaves go another way.
pub(super) fn another(before: &Variant, dice: &mut Dice) -> Variant {
    loop {
        let next = before.clone().map(|(leaf, way)| {
            let way = if dice.percent(40) { *dice.pick(ways(&leaf)) } else { way };
            (leaf, way)
        });
        let taken = next.iter().filter(|(_, way)| way.is_some_and(|way| way.0 == "x")).count();
        if taken < 2 {
            return next;
        }
    }
}

/// The routes: one, to this place.
pub(super) fn routes(variant: &Variant, place: u32, queues: bool) -> Arc<RouteSet> {
    let mut fields: BTreeMap<Leaf, FieldOption> = BTreeMap::new();
    for (leaf, way) in variant {
        let option = way.map_or(FieldOption::Off, |(to, in_form, cuts, clears)| {
            FieldOption::On(FieldOptions {
                to: Some(to.to_owned()),
                overlong: if cuts { Overlong::Truncate } else { Overlong::Refuse },
                clear: if clears { ClearAs::EmptyString } else { ClearAs::Refuse },
                map: if in_form { form() } else { BTreeMap::new() },
                ..FieldOptions::default()
            })
        });
        fields.insert(leaf.clone(), option);
    }
    let together = vec![Group::of(TOGETHER)];
    let options = MappingOptions { fields, together, ..MappingOptions::default() };
    let route = Route {
        name: NAME.to_owned(),
        adapter: Arc::new(ModelAdapter),
        mapping: Mapping::new(&DIALECT, &options).expect("no variant has a mistake"),
        subject_kind: &DIALECT.subjects[0],
        enrol: Enrol::Identity,
        when: Some(Arc::new(NotEleventh)),
        limits: Limits {
            concurrency: 1,
            rate: Rate::Unlimited,
            rate_key: NAME.to_owned(),
            timeout: Duration::from_secs(15),
            settle: Duration::from_secs(60),
            apply_window: queues.then(|| Duration::from_millis(QUEUE.unsigned_abs())),
        },
        origin: format!("https://{place}.test"),
        mapping_revision: 1,
        transport: Arc::new(Nowhere),
    };
    Arc::new(RouteSet::new([(ROUTE, Arc::new(route))]))
}

/// The text of a number: long when every seventh.
pub(super) fn text(number: u64) -> String {
    if number % 7 == 3 { format!("{number}{}", "x".repeat(MAX)) } else { number.to_string() }
}

/// The number that a text of either form stands for.
pub(super) fn number(value: &Json) -> Option<u64> {
    let digits: String = value.as_str()?.chars().filter(char::is_ascii_digit).collect();
    digits.parse().ok()
}

/// Whether the vendor refuses a value: one in five of the plain form.
pub(super) fn is_refused(value: &Json) -> bool {
    let is_plain = value.as_str().is_some_and(|text| text.starts_with(|first: char| first.is_ascii_digit()));
    is_plain && number(value).is_some_and(|number| number.is_multiple_of(5))
}

/// Another form of every text of this world.
fn form() -> BTreeMap<String, Value> {
    (1..MOST).map(|number| (text(number), Value::Text(format!("m{number}")))).collect()
}

/// More than the number of any text.
const MOST: u64 = 300;

/// Does not serve one in eleven.
#[derive(Debug)]
struct NotEleventh;

impl Matcher for NotEleventh {
    fn matches(&self, profile: &Profile) -> bool {
        let text = profile.value(&SERVES).and_then(Value::to_text).unwrap_or_default();
        number(&text.into()).is_none_or(|number| number % 11 != 4)
    }
}

/// One `PUT` with all fields; a member that must go takes a `DELETE` of its own.
#[derive(Debug)]
struct ModelAdapter;

impl Adapter for ModelAdapter {
    fn dialect(&self) -> &'static Dialect {
        &DIALECT
    }

    fn build_requests(&self, update: &Update<'_>) -> Result<Vec<VendorRequest>, TranslateError> {
        let request = |method, body| VendorRequest {
            method,
            path: Path::new([update.subject.as_str()]),
            query: Vec::new(),
            headers: Vec::new(),
            body: Some(body),
            subject: update.subject.clone(),
        };
        let (mut put, mut removals) = (Map::new(), Vec::new());
        for field in update.fields {
            match &field.value {
                WireValue::Set(value) => drop(put.insert(field.to.clone(), value.clone())),
                WireValue::Members { wanted, removed } => {
                    if !wanted.is_empty() {
                        put.insert(field.to.clone(), wanted.as_slice().into());
                    }
                    removals.extend(removed.iter().map(|name| request(Method::Delete, json!(name))));
                }
                WireValue::Clear => return Err(TranslateError::new(&DIALECT, field)),
            }
        }
        let put = (!put.is_empty()).then(|| request(Method::Put, put.into()));
        Ok(put.into_iter().chain(removals).collect())
    }
}

/// Nothing is sent by it: the model carries requests itself.
#[derive(Debug)]
struct Nowhere;

#[async_trait]
impl Transport for Nowhere {
    async fn send(&self, _: &VendorRequest) -> Result<VendorResponse, SendError> {
        unreachable!("the model carries requests itself")
    }

    fn preview(&self, request: &VendorRequest) -> Preview {
        let (method, body) = (request.method.as_str(), request.body_bytes());
        Preview { method, url: request.path.segments.join("/"), headers: Vec::new(), body }
    }
}
