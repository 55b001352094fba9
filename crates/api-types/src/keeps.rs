use std::collections::BTreeMap;

use adapter::{Fate, Rule};
use delivery::{Route, status::KeptLeaf};
use serde::Serialize;
use utoipa::ToSchema;

use super::{FateWord, time};

/// What a vendor keeps of a user, or may keep, although it is not the person's any more: by the leaf that was written there last.
#[derive(Debug, Default, Serialize, ToSchema)]
pub struct Keeps(BTreeMap<String, KeptBody>);

/// A value of ours that a vendor keeps or may keep.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = Kept)]
pub struct KeptBody {
    /// The field in which it is kept; of several the one that was confirmed last.
    #[serde(flatten)]
    field: KeptFieldBody,
    /// Further fields in which a value of the same leaf is kept, in the order of their names.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    also: Vec<KeptFieldBody>,
}

/// A field in which a value of ours is kept.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = KeptField)]
pub struct KeptFieldBody {
    /// Whether the vendor certainly keeps it; else it may: nobody has confirmed it, or a lost request may have changed it.
    certain: bool,
    /// The version of the user whose value the vendor confirmed there last.
    #[serde(skip_serializing_if = "Option::is_none")]
    version: Option<u64>,
    /// When the vendor confirmed it.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(format = DateTime)]
    since: Option<String>,
    /// Why nothing takes its place.
    because: FateWord,
    /// The leaf that goes together with it and is the cause.
    #[serde(skip_serializing_if = "Option::is_none")]
    because_of: Option<String>,
    /// The field's name at the vendor.
    under: String,
}

impl Keeps {
    pub fn new(kept: &[KeptLeaf]) -> Self {
        let mut by_leaf: BTreeMap<String, Vec<&KeptLeaf>> = BTreeMap::new();
        for one in kept {
            by_leaf.entry(one.kept.leaf.name().to_owned()).or_default().push(one);
        }
        let body = |(leaf, mut fields): (String, Vec<&KeptLeaf>)| {
            fields.sort_by(|one, other| one.kept.slot.cmp(&other.kept.slot));
            let newest = (0..fields.len()).rev().max_by_key(|at| fields[*at].kept.version)?;
            let field = KeptFieldBody::from(fields.remove(newest));
            Some((leaf, KeptBody { field, also: fields.into_iter().map(KeptFieldBody::from).collect() }))
        };
        Self(by_leaf.into_iter().filter_map(body).collect())
    }

    pub fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    /// Every field in which something is kept, with its leaf.
    pub fn iter(&self) -> impl Iterator<Item = (&str, &KeptFieldBody)> {
        self.0.iter().flat_map(|(leaf, kept)| {
            std::iter::once(&kept.field).chain(&kept.also).map(move |field| (leaf.as_str(), field))
        })
    }
}

impl KeptFieldBody {
    /// In a sentence: `phone_number in phone, version 3 since 2026-11-21T09:30:00Z (not clearable)`.
    pub fn sentence(&self, leaf: &str) -> String {
        let version = self.version.map(|version| format!(", version {version}")).unwrap_or_default();
        let since = self.since.as_ref().map(|since| format!(" since {since}")).unwrap_or_default();
        let perhaps = if self.certain { "" } else { "perhaps " };
        let because = <&str>::from(self.because).replace('_', " ");
        format!("{perhaps}{leaf} in {}{version}{since} ({because})", self.under)
    }
}

impl From<&KeptLeaf> for KeptFieldBody {
    fn from(one: &KeptLeaf) -> Self {
        let KeptLeaf { kept, because, because_of } = one;
        Self {
            certain: kept.is_certain,
            version: kept.version,
            since: kept.since.map(time),
            because: (*because).into(),
            because_of: because_of.as_ref().map(|leaf| leaf.name().to_owned()),
            under: kept.slot.to_string(),
        }
    }
}

/// What an operator can do about what a vendor keeps; none when it keeps nothing.
pub fn hint(route: &Route, kept: &[KeptLeaf]) -> Option<String> {
    let mut causes: BTreeMap<Cause, Vec<&str>> = BTreeMap::new();
    for one in kept {
        let leaves = causes.entry(Cause::of(route, one)).or_default();
        let name = one.kept.leaf.name();
        if !leaves.contains(&name) {
            leaves.push(name);
        }
    }
    let is_single = causes.len() == 1;
    let sentence = |(cause, mut leaves): (Cause, Vec<&str>)| {
        leaves.sort_unstable();
        let these = if is_single { "these".to_owned() } else { leaves.join(", ") };
        cause.sentence(route.adapter.dialect().vendor, &these)
    };
    let sentences: Vec<String> = causes.into_iter().map(sentence).collect();
    (!sentences.is_empty()).then(|| sentences.join("; "))
}

/// Why something is kept, as far as it matters for what helps.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
enum Cause {
    NotClearable,
    Required,
    TooLong,
    NotRepresentable,
    Unmapped,
    Moved,
    NotMatching,
    Held,
    Together,
}

impl Cause {
    fn of(route: &Route, kept: &KeptLeaf) -> Self {
        let rule = || route.mapping.field(&kept.kept.leaf).map(|field| field.rule);
        match kept.because {
            _ if kept.because_of.is_some() => Self::Together,
            Fate::NotClearable if rule() == Some(Rule::Required) => Self::Required,
            Fate::NotClearable => Self::NotClearable,
            Fate::TooLong => Self::TooLong,
            Fate::NotRepresentable => Self::NotRepresentable,
            Fate::NotMatching => Self::NotMatching,
            Fate::Held => Self::Held,
            _ if rule().is_some() => Self::Moved,
            _ => Self::Unmapped,
        }
    }

    fn sentence(self, vendor: &str, these: &str) -> String {
        match self {
            Self::NotClearable => format!(
                "{vendor} has no way to clear {these}; correct them there, or set clear = \"empty_string\" for them"
            ),
            Self::Required => {
                format!("{vendor} does not do without {these}; correct them there, or send other values")
            }
            Self::TooLong => format!(
                "{vendor} takes only shorter values of {these}; send shorter ones, correct them there, or set \
                 overlong = \"truncate\" for them"
            ),
            Self::NotRepresentable => format!(
                "{vendor} cannot hold the current values of {these}; correct them there, or name the vendor's words in map"
            ),
            Self::Unmapped => {
                format!("the route does not map {these}; correct them there, or map them again")
            }
            Self::Moved => {
                format!("the route now maps {these} to another field; correct the old one at {vendor}")
            }
            Self::NotMatching => format!(
                "the route does not serve this user now; correct {these} at {vendor}, or change the route's when"
            ),
            Self::Together => {
                format!("a field that goes together with {these} cannot be sent; put that one right first")
            }
            Self::Held => {
                format!(
                    "{vendor} refuses the current values of {these}; correct them there, or send other ones"
                )
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use std::{sync::Arc, time::Duration};

    use adapter::{Adapter, Mapping, MappingOptions};
    use canonical::Leaf;
    use delivery::{Enrol, Limits, Preview, Rate, SendError, Transport, lane::Kept};
    use serde_json::json;

    use super::*;

    /// To nobody.
    #[derive(Debug)]
    struct Nowhere;

    #[async_trait::async_trait]
    impl Transport for Nowhere {
        async fn send(&self, _: &adapter::VendorRequest) -> Result<adapter::VendorResponse, SendError> {
            unreachable!("nothing is sent")
        }

        async fn read(&self, _: &adapter::ReadRequest) -> Result<adapter::VendorResponse, SendError> {
            unreachable!("nothing is read")
        }

        fn preview(&self, _: &adapter::VendorRequest) -> Preview {
            unreachable!("nothing is planned")
        }

        fn without_credential(&self, words: &str) -> String {
            words.to_owned()
        }
    }

    fn usercom() -> Route {
        let adapter: Arc<dyn Adapter> = Arc::new(adapter_usercom::Adapter::new(adapter_usercom::Options));
        Route {
            name: "crm".to_owned(),
            mapping: Mapping::new(adapter.dialect(), &MappingOptions::default()).expect("a mapping"),
            subject_kind: &adapter.dialect().subjects[0],
            adapter,
            enrol: Enrol::Identity,
            when: None,
            limits: Limits {
                concurrency: 1,
                rate: Rate::Unlimited,
                rate_key: String::new(),
                timeout: Duration::from_secs(1),
                settle: Duration::from_secs(1),
                apply_window: None,
            },
            origin: String::new(),
            mapping_revision: 1,
            transport: Arc::new(Nowhere),
        }
    }

    fn kept(leaf: Leaf, slot: &str, version: Option<u64>, because: Fate) -> KeptLeaf {
        let is_certain = version.is_some();
        KeptLeaf {
            kept: Kept { slot: slot.into(), leaf, version, since: version.map(|_| 0), is_certain },
            because,
            because_of: None,
        }
    }

    #[test]
    fn the_hint_says_what_helps_for_each_reason() {
        let route = usercom();
        let hint = |kept: &[KeptLeaf]| hint(&route, kept).unwrap_or_default();
        assert_eq!(hint(&[]), "");
        let phone = kept(Leaf::PhoneNumber, "phone_number", Some(3), Fate::NotClearable);
        assert_eq!(
            hint(std::slice::from_ref(&phone)),
            "usercom has no way to clear these; correct them there, or set clear = \"empty_string\" for them"
        );
        let title = kept(Leaf::Title, "title", None, Fate::Unmapped);
        assert_eq!(
            hint(&[title, phone]),
            "usercom has no way to clear phone_number; correct them there, or set clear = \"empty_string\" for them; \
             the route does not map title; correct them there, or map them again"
        );
        for (because, leaf, says) in [
            (Fate::TooLong, Leaf::Locality, "overlong = \"truncate\""),
            (Fate::NotRepresentable, Leaf::Gender, "words in map"),
            (Fate::NotMatching, Leaf::Gender, "the route's when"),
            (Fate::Held, Leaf::Gender, "refuses"),
            (Fate::Unmapped, Leaf::Picture, "another field"),
        ] {
            let told = hint(&[kept(leaf, "old", Some(1), because)]);
            assert!(told.contains(says) && told.contains("these"), "{told}");
        }
    }

    #[test]
    fn a_leaf_that_is_kept_in_two_fields_has_the_newest_first() {
        let keeps = Keeps::new(&[
            kept(Leaf::Picture, "gravatar_url", None, Fate::Unmapped),
            kept(Leaf::Picture, "photo", Some(2), Fate::Held),
            kept(Leaf::Email, "email", Some(1), Fate::NotClearable),
        ]);
        let told = json!({
            "email": {"certain": true, "version": 1, "since": "1970-01-01T00:00:00Z", "because": "not_clearable", "under": "email"},
            "picture": {
                "certain": true, "version": 2, "since": "1970-01-01T00:00:00Z", "because": "held", "under": "photo",
                "also": [{"certain": false, "because": "unmapped", "under": "gravatar_url"}],
            },
        });
        assert_eq!(serde_json::to_value(&keeps).expect("JSON"), told);
        let sentences: Vec<String> = keeps.iter().map(|(leaf, field)| field.sentence(leaf)).collect();
        assert_eq!(
            sentences,
            [
                "email in email, version 1 since 1970-01-01T00:00:00Z (not clearable)",
                "picture in photo, version 2 since 1970-01-01T00:00:00Z (held)",
                "perhaps picture in gravatar_url (unmapped)",
            ]
        );
    }
}
