use super::asset;

/// What stands around the content of every page.
pub(super) struct Frame {
    /// Who is signed in; none on the pages that need nobody.
    pub(super) operator: Option<Operator>,
    /// The part of the navigation that the page belongs to.
    pub(super) here: &'static str,
    /// Where style, script and icon are.
    pub(super) style: &'static str,
    pub(super) script: &'static str,
    pub(super) icon: &'static str,
}

/// Who is signed in.
pub(super) struct Operator {
    /// The name of the key.
    pub(super) name: String,
    /// What every form carries.
    pub(super) token: String,
    /// What became of the last act.
    pub(super) notice: Option<String>,
    /// Whether the key may see a user.
    pub(super) sees_users: bool,
    /// Whether it may plan a change.
    pub(super) plans: bool,
}

impl Frame {
    /// For an operator.
    pub(super) fn of_operator(operator: Operator, here: &'static str) -> Self {
        Self { operator: Some(operator), here, ..Self::of_nobody() }
    }

    /// For whoever is not signed in.
    pub(super) fn of_nobody() -> Self {
        let [style, script, icon] = ["style.css", "live.js", "icon.svg"].map(asset::path);
        Self { operator: None, here: "", style, script, icon }
    }

    /// The pages that the navigation leads to: path, key and text of each.
    pub(super) fn navigation(&self) -> Vec<(&'static str, &'static str, &'static str)> {
        let all = [
            ("/", "routes", "Routes"),
            ("/lanes", "attention", "Attention"),
            ("/users", "users", "Users"),
            ("/plan", "plan", "Plan"),
            ("/configuration", "configuration", "Configuration"),
        ];
        let shows = |key: &str| match key {
            "users" => self.sees_users(),
            "plan" => self.operator.as_ref().is_some_and(|operator| operator.plans),
            _ => true,
        };
        all.into_iter().filter(|(_, key, _)| shows(key)).collect()
    }

    /// Whether the key may see a user.
    pub(super) fn sees_users(&self) -> bool {
        self.operator.as_ref().is_some_and(|operator| operator.sees_users)
    }

    /// What every form of the page carries.
    pub(super) fn token(&self) -> &str {
        self.operator.as_ref().map_or("", |operator| &operator.token)
    }
}
