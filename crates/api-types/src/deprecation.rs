use adapter::Deprecation;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use super::time;

/// A vendor's warning that it will withdraw the version of its API that a route uses.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[schema(as = Deprecation)]
pub struct DeprecationBody {
    /// Since when it is deprecated, where the vendor says so.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(format = DateTime)]
    pub deprecated_since: Option<String>,
    /// From when on it may not answer any more, where the vendor says so.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(format = DateTime)]
    pub sunset: Option<String>,
    /// The vendor's words, redacted.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub says: Option<String>,
}

impl From<&Deprecation> for DeprecationBody {
    fn from(found: &Deprecation) -> Self {
        let moment = |seconds: Option<i64>| seconds.map(|seconds| time(seconds.saturating_mul(1_000)));
        Self { deprecated_since: moment(found.since), sunset: moment(found.sunset), says: found.says.clone() }
    }
}

impl DeprecationBody {
    /// In a sentence.
    pub fn sentence(&self) -> String {
        let day = |text: &String| text.get(..10).unwrap_or(text).to_owned();
        let mut sentence = "the vendor will withdraw the version of its API that the route uses".to_owned();
        match &self.sunset {
            Some(sunset) => sentence.push_str(&format!(", on {}", day(sunset))),
            None => sentence.push_str(", and does not say when"),
        }
        if let Some(since) = &self.deprecated_since {
            sentence.push_str(&format!("; deprecated since {}", day(since)));
        }
        if let Some(says) = &self.says {
            sentence.push_str(&format!("; it says: {says}"));
        }
        sentence
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_warning_is_a_sentence_with_its_dates() {
        let found =
            Deprecation { since: Some(0), sunset: Some(1_830_211_200), says: Some("Old.".to_owned()) };
        assert_eq!(
            DeprecationBody::from(&found).sentence(),
            "the vendor will withdraw the version of its API that the route uses, on 2027-12-31; deprecated since 1970-01-01; it \
             says: Old."
        );
        assert!(DeprecationBody::from(&Deprecation::default()).sentence().ends_with("does not say when"));
    }
}
