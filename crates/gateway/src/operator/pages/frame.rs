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
}

impl Frame {
    /// For an operator.
    pub(super) fn of_operator(name: &str, token: &str, notice: Option<String>, here: &'static str) -> Self {
        let operator = Operator { name: name.to_owned(), token: token.to_owned(), notice };
        Self { operator: Some(operator), here, ..Self::of_nobody() }
    }

    /// For whoever is not signed in.
    pub(super) fn of_nobody() -> Self {
        let [style, script, icon] = ["style.css", "live.js", "icon.svg"].map(asset::path);
        Self { operator: None, here: "", style, script, icon }
    }

    /// What every form of the page carries.
    pub(super) fn token(&self) -> &str {
        self.operator.as_ref().map_or("", |operator| &operator.token)
    }
}
