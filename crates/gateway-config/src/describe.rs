use std::fmt;

use canonical::Leaf;

use super::{ConfigDiff, LeafChange, NameDiff, OptionChange, RouteChange};

impl ConfigDiff {
    /// What differs, a sentence each.
    pub fn sentences(&self) -> Vec<String> {
        let added = self.added.iter().map(|name| format!("route {name} is new"));
        let removed =
            self.removed.iter().map(|name| format!("route {name} is removed; its lanes wait for its return"));
        let changed = self.changed.iter().map(ToString::to_string);
        let keys = self.keys.sentences("the key of");
        let webhooks = self.webhooks.sentences("the webhook");
        let alerts = self.alerts.iter().map(ToString::to_string);
        let restart = self.at_restart.iter().map(|option| format!("{option} takes effect at the next start"));
        added.chain(removed).chain(changed).chain(keys).chain(webhooks).chain(alerts).chain(restart).collect()
    }
}

impl NameDiff {
    fn sentences(&self, kind: &str) -> impl Iterator<Item = String> {
        let told = |names: &[String], what: &str| -> Vec<String> {
            names.iter().map(|name| format!("{kind} {name} {what}")).collect()
        };
        let (added, removed) = (told(&self.added, "is new"), told(&self.removed, "is removed"));
        added.into_iter().chain(removed).chain(told(&self.changed, "differs"))
    }
}

impl fmt::Display for ConfigDiff {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        if self.is_empty() {
            return f.write_str("nothing differs");
        }
        f.write_str(&self.sentences().join("\n"))
    }
}

impl fmt::Display for RouteChange {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let mut parts = Vec::new();
        if self.needs_new_name() {
            parts.push("is another route under the same name: give it a new name".to_owned());
        }
        let goes = self.options.iter().find(|option| option.name == "base_url" && self.origin.is_some());
        if let Some(OptionChange { old: Some(old), new: Some(new), .. }) = goes {
            parts.push(format!("goes from {old} to {new}"));
        }
        if !self.dropped_leaves.is_empty() {
            parts.push(format!("no longer sends {}", names(&self.dropped_leaves)));
        }
        if !self.added_leaves.is_empty() {
            parts.push(format!("sends {} as well", names(&self.added_leaves)));
        }
        if self.credential {
            parts.push("has another credential".to_owned());
        }
        if self.certificates {
            parts.push("has other certificates in ca_file".to_owned());
        }
        let mut changes: Vec<String> =
            self.options.iter().filter(|option| Some(*option) != goes).map(ToString::to_string).collect();
        changes.extend(self.leaves.iter().flat_map(LeafChange::sentence_parts));
        if let Some(first) = changes.first_mut() {
            first.insert_str(0, "changes ");
        }
        parts.append(&mut changes);
        if parts.is_empty() {
            parts.push("has another mapping".to_owned());
        }
        let confirm = match (&self.origin, self.dropped_leaves.is_empty()) {
            (Some(_), _) => " (a reload needs --confirm)",
            (None, false) => " (a reload needs --confirm while users are owed what is dropped)",
            (None, true) => "",
        };
        write!(f, "route {} {}{confirm}", self.name, parts.join(", "))
    }
}

impl fmt::Display for OptionChange {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let text = |text: &Option<String>| text.clone().unwrap_or_else(|| "unset".to_owned());
        match (self.old == self.new, &self.new) {
            // The outlines of two filters are one where only values differ.
            (true, Some(outline)) => write!(f, "{} {outline} with other values", self.name),
            _ => write!(f, "{} {} → {}", self.name, text(&self.old), text(&self.new)),
        }
    }
}

impl LeafChange {
    fn sentence_parts(&self) -> impl Iterator<Item = String> {
        let map = self.map.then(|| format!("fields.{}.map", self.leaf));
        self.options.iter().map(|option| format!("fields.{}.{option}", self.leaf)).chain(map)
    }
}

fn names(leaves: &[Leaf]) -> String {
    leaves.iter().map(ToString::to_string).collect::<Vec<_>>().join(", ")
}
