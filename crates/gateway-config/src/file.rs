//! What stands in a configuration file, as it is written.
//!
//! Every option is optional here and texts are still texts: what is missing or cannot be is found when the whole is
//! resolved, so that one run reports all of it.

use std::collections::BTreeMap;

use delivery::event::EventKind;
use schemars::JsonSchema;
use serde::Deserialize;

use super::{
    Scope, Vendor,
    file_field::FieldsSection,
    file_reference::ReferenceSection,
    resolve::{
        duration::Bounds,
        limits::MOST_CONCURRENCY,
        server::{MOST_CONNECTIONS, MOST_WORKERS},
        webhooks::MOST_BLOCKED,
    },
    schema::{self, pattern},
};

/// The whole file.
#[derive(Default, Deserialize, JsonSchema)]
#[serde(default, deny_unknown_fields)]
#[schemars(extend("required" = ["store", "keys"]))]
pub(super) struct FileConfig {
    pub(super) server: ServerSection,
    pub(super) operator: OperatorSection,
    pub(super) store: StoreSection,
    pub(super) log: LogSection,
    pub(super) traces: Option<TracesSection>,
    pub(super) keys: Vec<KeySection>,
    pub(super) alerts: AlertsSection,
    pub(super) webhooks: Vec<WebhookSection>,
    #[schemars(extend("propertyNames" = { "pattern": pattern::ROUTE }))]
    pub(super) routes: BTreeMap<String, RouteSection>,
}

/// `[server]`.
#[derive(Default, Deserialize, JsonSchema)]
#[serde(default, deny_unknown_fields)]
pub(super) struct ServerSection {
    #[schemars(extend("pattern" = pattern::LISTEN))]
    pub(super) listen: Option<String>,
    #[schemars(extend("pattern" = "^[A-Za-z]{2}$"))]
    pub(super) default_country: Option<String>,
    #[schemars(range(min = 1, max = MOST_WORKERS))]
    pub(super) workers: Option<i64>,
    #[schemars(range(min = 1, max = MOST_CONNECTIONS))]
    pub(super) max_connections: Option<i64>,
}

/// `[operator]`.
#[derive(Default, Deserialize, JsonSchema)]
#[serde(default, deny_unknown_fields)]
pub(super) struct OperatorSection {
    #[schemars(extend("pattern" = pattern::LISTEN))]
    pub(super) listen: Option<String>,
    #[schemars(extend("items" = { "type": "string", "pattern": pattern::HOST }))]
    pub(super) hosts: Option<Vec<String>>,
}

/// `[store]`.
#[derive(Default, Deserialize, JsonSchema)]
#[serde(default, deny_unknown_fields)]
#[schemars(extend("required" = ["sqlite"]))]
pub(super) struct StoreSection {
    #[schemars(extend("pattern" = pattern::DATABASE))]
    pub(super) sqlite: Option<String>,
    #[schemars(extend("pattern" = pattern::duration(&Bounds::RETENTION)))]
    pub(super) update_retention: Option<String>,
    #[schemars(extend("pattern" = pattern::duration(&Bounds::RETENTION)))]
    pub(super) attempt_retention: Option<String>,
    #[schemars(extend("pattern" = pattern::duration(&Bounds::IDEMPOTENCY)))]
    pub(super) idempotency_ttl: Option<String>,
}

/// `[log]`.
#[derive(Default, Deserialize, JsonSchema)]
#[serde(default, deny_unknown_fields)]
pub(super) struct LogSection {
    #[schemars(extend("enum" = ["error", "warn", "info", "debug", "trace"]))]
    pub(super) level: Option<String>,
    #[schemars(extend("enum" = ["json", "text"]))]
    pub(super) format: Option<String>,
}

/// `[traces]`.
#[derive(Default, Deserialize, JsonSchema)]
#[serde(default, deny_unknown_fields)]
#[schemars(extend("required" = ["otlp"]))]
pub(super) struct TracesSection {
    #[schemars(extend("pattern" = pattern::COLLECTOR))]
    pub(super) otlp: Option<String>,
    #[schemars(range(min = 0.0, max = 1.0))]
    pub(super) sample: Option<f64>,
}

/// One of `[[keys]]`.
#[derive(Default, Deserialize, JsonSchema)]
#[serde(default, deny_unknown_fields)]
#[schemars(extend("required" = ["name", "hash", "scopes"]))]
pub(super) struct KeySection {
    #[schemars(extend("pattern" = pattern::KEY))]
    pub(super) name: Option<String>,
    #[schemars(extend("pattern" = pattern::HASH))]
    pub(super) hash: Option<String>,
    #[schemars(extend("minItems" = 1, "items" = { "enum": Scope::ALL.map(Scope::name) }))]
    pub(super) scopes: Option<Vec<String>>,
    pub(super) create: Option<bool>,
    #[schemars(extend("pattern" = pattern::RATE))]
    pub(super) rate: Option<String>,
}

/// `[alerts]`.
#[derive(Default, Deserialize, JsonSchema)]
#[serde(default, deny_unknown_fields)]
pub(super) struct AlertsSection {
    #[schemars(range(min = 1, max = MOST_BLOCKED))]
    pub(super) blocked_lanes: Option<i64>,
    #[schemars(extend("pattern" = pattern::duration(&Bounds::BACKLOG)))]
    pub(super) backlog_age: Option<String>,
    #[schemars(range(min = 1, max = MOST_BLOCKED))]
    pub(super) kept_users: Option<i64>,
}

/// One of `[[webhooks]]`.
#[derive(Default, Deserialize, JsonSchema)]
#[serde(default, deny_unknown_fields)]
#[schemars(extend("required" = ["name", "url", "secret"], "allOf" = schema::network_conditions("url")))]
pub(super) struct WebhookSection {
    #[schemars(extend("pattern" = pattern::NAME))]
    pub(super) name: Option<String>,
    #[schemars(extend("pattern" = pattern::URL))]
    pub(super) url: Option<String>,
    pub(super) secret: Option<ReferenceSection>,
    pub(super) previous_secret: Option<ReferenceSection>,
    #[schemars(extend("minItems" = 1, "items" = { "enum": event_names() }))]
    pub(super) events: Option<Vec<String>>,
    #[schemars(extend("enum" = ["public", "private", "loopback"]))]
    pub(super) network: Option<String>,
    pub(super) plain_http: Option<bool>,
    pub(super) ca_file: Option<String>,
}

/// `[routes.<name>]`: the common options and those of every vendor.
#[derive(Default, Deserialize, JsonSchema)]
#[serde(default, deny_unknown_fields)]
#[schemars(extend("required" = ["vendor", "base_url", "credential"], "allOf" = schema::route_conditions()))]
pub(super) struct RouteSection {
    #[schemars(extend("enum" = Vendor::names()))]
    pub(super) vendor: Option<String>,
    #[schemars(extend("pattern" = pattern::BASE_URL))]
    pub(super) base_url: Option<String>,
    pub(super) credential: Option<ReferenceSection>,
    #[schemars(extend("enum" = ["public", "private", "loopback"]))]
    pub(super) network: Option<String>,
    pub(super) plain_http: Option<bool>,
    pub(super) ca_file: Option<String>,
    #[schemars(length(min = 1, max = 4096))]
    pub(super) when: Option<String>,
    pub(super) subject: Option<String>,
    #[schemars(extend("enum" = ["identity", "email"]))]
    pub(super) enrol: Option<String>,
    pub(super) fields: FieldsSection,
    #[schemars(extend("enum" = ["e164", "as_sent"]))]
    pub(super) phone_format: Option<String>,
    #[schemars(extend("items" = { "type": "array", "minItems": 1, "items": { "type": "string" } }))]
    pub(super) together: Option<Vec<Vec<String>>>,
    #[schemars(extend("pattern" = pattern::RATE))]
    pub(super) rate: Option<String>,
    #[schemars(range(min = 1, max = MOST_CONCURRENCY))]
    pub(super) concurrency: Option<i64>,
    #[schemars(extend("pattern" = pattern::duration(&Bounds::TIMEOUT)))]
    pub(super) timeout: Option<String>,
    #[schemars(extend("pattern" = pattern::duration(&Bounds::SETTLE)))]
    pub(super) settle: Option<String>,
    // Communal's own.
    #[schemars(extend("pattern" = pattern::VERSION))]
    pub(super) api_version: Option<String>,
    // Communifire's own.
    pub(super) auth: Option<String>,
    #[schemars(extend("enum" = ["json_string", "json_object"]))]
    pub(super) body_encoding: Option<String>,
    pub(super) errors: Vec<ErrorSection>,
    // User.com's own.
    #[schemars(extend("pattern" = pattern::SECOND_ID))]
    pub(super) custom_id: Option<String>,
    // Village's own.
    #[schemars(extend("pattern" = pattern::SEGMENT))]
    pub(super) network_id: Option<String>,
    #[schemars(extend("pattern" = pattern::duration(&Bounds::APPLY_WINDOW)))]
    pub(super) apply_window: Option<String>,
}

/// One of Communifire's `errors`.
#[derive(Default, Deserialize, JsonSchema)]
#[serde(default, deny_unknown_fields)]
#[schemars(extend("required" = ["match", "kind"]))]
pub(super) struct ErrorSection {
    #[serde(rename = "match")]
    pub(super) pattern: Option<String>,
    #[schemars(extend("enum" = adapter_communifire::ErrorRule::kinds()))]
    pub(super) kind: Option<String>,
}

fn event_names() -> Vec<&'static str> {
    EventKind::all().iter().map(|kind| kind.name()).collect()
}
