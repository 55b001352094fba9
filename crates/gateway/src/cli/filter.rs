use percent_encoding::{NON_ALPHANUMERIC, utf8_percent_encode};

/// Which lanes.
#[derive(Debug, Clone, clap::Args)]
pub(super) struct Filter {
    /// Only lanes of this route
    #[arg(long)]
    route: Option<String>,
    /// Only lanes of this user
    #[arg(long)]
    user: Option<String>,
    /// Only lanes in these states: pending, held, blocked, in_doubt, keeps; with --route also no_identity
    #[arg(long, value_delimiter = ',')]
    state: Vec<String>,
    /// Only lanes that are blocked for these reasons, such as forbidden or needs_data
    #[arg(long, value_delimiter = ',')]
    reason: Vec<String>,
    /// Only lanes that have been out of step for at least this long, such as 15m, 2h or 2d
    #[arg(long, value_name = "AGE")]
    older_than: Option<String>,
}

impl Filter {
    /// The filter as a query; where neither a state nor a user is named, `usual` states are meant.
    pub(super) fn query(&self, usual: &str) -> Query {
        let states = self.state.join(",");
        let is_open = states.is_empty() && self.user.is_none() && self.reason.is_empty();
        let states = if is_open { usual.to_owned() } else { states };
        let mut query = Query::default();
        query.add("route", self.route.as_deref());
        query.add("user", self.user.as_deref());
        query.add("state", Some(states.as_str()).filter(|states| !states.is_empty()));
        query.add("reason", Some(self.reason.join(",").as_str()).filter(|reasons| !reasons.is_empty()));
        query.add("older_than", self.older_than.as_deref());
        query
    }
}

/// A query of a URL.
#[derive(Debug, Clone, Default)]
pub(super) struct Query(Vec<String>);

impl Query {
    /// Adds a parameter that has a value.
    pub(super) fn add(&mut self, name: &str, value: Option<&str>) {
        self.0.extend(value.map(|value| format!("{name}={}", encoded(value))));
    }

    /// The path with the query.
    pub(super) fn after(&self, path: &str) -> String {
        if self.0.is_empty() { path.to_owned() } else { format!("{path}?{}", self.0.join("&")) }
    }
}

/// A text as one segment of a path, or one value of a query.
pub(super) fn encoded(text: &str) -> String {
    utf8_percent_encode(text, NON_ALPHANUMERIC).to_string()
}
