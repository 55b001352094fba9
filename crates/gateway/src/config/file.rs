//! What stands in a configuration file, as it is written.
//!
//! Every option is optional here and texts are still texts: what is missing or cannot be is found when the whole is
//! resolved, so that one run reports all of it.

use std::collections::BTreeMap;

use schemars::JsonSchema;
use serde::Deserialize;

use super::file_field::FieldsSection;
use super::file_reference::ReferenceSection;

/// The whole file.
#[derive(Default, Deserialize, JsonSchema)]
#[serde(default, deny_unknown_fields)]
pub(super) struct FileConfig {
    pub(super) server: ServerSection,
    pub(super) operator: OperatorSection,
    pub(super) store: StoreSection,
    pub(super) log: LogSection,
    pub(super) traces: Option<TracesSection>,
    pub(super) keys: Vec<KeySection>,
    pub(super) alerts: AlertsSection,
    pub(super) webhooks: Vec<WebhookSection>,
    pub(super) routes: BTreeMap<String, RouteSection>,
}

/// `[server]`.
#[derive(Default, Deserialize, JsonSchema)]
#[serde(default, deny_unknown_fields)]
pub(super) struct ServerSection {
    pub(super) listen: Option<String>,
    pub(super) default_country: Option<String>,
    pub(super) workers: Option<i64>,
    pub(super) max_connections: Option<i64>,
}

/// `[operator]`.
#[derive(Default, Deserialize, JsonSchema)]
#[serde(default, deny_unknown_fields)]
pub(super) struct OperatorSection {
    pub(super) listen: Option<String>,
    pub(super) hosts: Option<Vec<String>>,
}

/// `[store]`.
#[derive(Default, Deserialize, JsonSchema)]
#[serde(default, deny_unknown_fields)]
pub(super) struct StoreSection {
    pub(super) sqlite: Option<String>,
    pub(super) update_retention: Option<String>,
    pub(super) attempt_retention: Option<String>,
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
pub(super) struct TracesSection {
    pub(super) otlp: Option<String>,
    pub(super) sample: Option<f64>,
}

/// One of `[[keys]]`.
#[derive(Default, Deserialize, JsonSchema)]
#[serde(default, deny_unknown_fields)]
pub(super) struct KeySection {
    pub(super) name: Option<String>,
    pub(super) hash: Option<String>,
    #[schemars(extend("items" = { "enum": ["update", "read", "operate", "erase"] }))]
    pub(super) scopes: Option<Vec<String>>,
    pub(super) create: Option<bool>,
    pub(super) rate: Option<String>,
}

/// `[alerts]`.
#[derive(Default, Deserialize, JsonSchema)]
#[serde(default, deny_unknown_fields)]
pub(super) struct AlertsSection {
    pub(super) blocked_lanes: Option<i64>,
    pub(super) backlog_age: Option<String>,
}

/// One of `[[webhooks]]`.
#[derive(Default, Deserialize, JsonSchema)]
#[serde(default, deny_unknown_fields)]
pub(super) struct WebhookSection {
    pub(super) name: Option<String>,
    pub(super) url: Option<String>,
    pub(super) secret: Option<ReferenceSection>,
    pub(super) previous_secret: Option<ReferenceSection>,
    pub(super) events: Option<Vec<String>>,
    #[schemars(extend("enum" = ["public", "private", "loopback"]))]
    pub(super) network: Option<String>,
    pub(super) plain_http: Option<bool>,
    pub(super) ca_file: Option<String>,
}

/// `[routes.<name>]`: the common options and those of every vendor.
#[derive(Default, Deserialize, JsonSchema)]
#[serde(default, deny_unknown_fields)]
pub(super) struct RouteSection {
    #[schemars(extend("enum" = ["communal", "communifire", "usercom", "village"]))]
    pub(super) vendor: Option<String>,
    pub(super) base_url: Option<String>,
    pub(super) credential: Option<ReferenceSection>,
    #[schemars(extend("enum" = ["public", "private", "loopback"]))]
    pub(super) network: Option<String>,
    pub(super) plain_http: Option<bool>,
    pub(super) ca_file: Option<String>,
    pub(super) when: Option<String>,
    pub(super) subject: Option<String>,
    #[schemars(extend("enum" = ["identity", "email"]))]
    pub(super) enrol: Option<String>,
    pub(super) fields: FieldsSection,
    pub(super) phone_format: Option<String>,
    pub(super) rate: Option<String>,
    pub(super) concurrency: Option<i64>,
    pub(super) timeout: Option<String>,
    pub(super) settle: Option<String>,
    // Communal's own.
    pub(super) api_version: Option<String>,
    // Communifire's own.
    pub(super) auth: Option<String>,
    pub(super) body_encoding: Option<String>,
    pub(super) errors: Vec<ErrorSection>,
    // Village's own.
    pub(super) network_id: Option<String>,
    pub(super) apply_window: Option<String>,
}

/// One of Communifire's `errors`.
#[derive(Default, Deserialize, JsonSchema)]
#[serde(default, deny_unknown_fields)]
pub(super) struct ErrorSection {
    #[serde(rename = "match")]
    pub(super) pattern: Option<String>,
    pub(super) kind: Option<String>,
}
