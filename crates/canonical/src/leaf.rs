use std::{cmp::Ordering, fmt, hash, str::FromStr, sync::Arc};

use crate::{Invalid, elsewhere, nearest};

macro_rules! leaves {
    ($($(#[$doc:meta])* $variant:ident $name:literal $kind:ident,)*) => {
        /// One canonical field of a user.
        ///
        /// Leaves order by name, so that every list of leaves is in the order a reader expects.
        #[derive(Clone)]
        pub enum Leaf {
            $($(#[$doc])* $variant,)*
            /// `custom.<key>`: a field of the callers' own.
            Custom(CustomKey),
        }

        impl Leaf {
            /// Every leaf but the custom ones, in the order of the schema.
            pub const STANDARD: &'static [Leaf] = &[$(Leaf::$variant),*];

            /// The leaf's name in the API, `address.locality` for a nested one.
            pub fn name(&self) -> &str {
                match self {
                    $(Leaf::$variant => $name,)*
                    Leaf::Custom(key) => key.path(),
                }
            }

            /// The leaf's place among all names; every custom leaf has the same.
            fn rank(&self) -> u8 {
                match self {
                    $(Leaf::$variant => const { rank($name) },)*
                    Leaf::Custom(_) => const { rank(CustomKey::PREFIX) },
                }
            }

            /// Which values the leaf takes.
            pub fn kind(&self) -> Kind {
                match self {
                    $(Leaf::$variant => Kind::$kind,)*
                    Leaf::Custom(_) => Kind::Custom,
                }
            }
        }

        /// The names of the standard leaves, and what stands before the custom ones.
        const NAMES: &[&str] = &[$($name,)* CustomKey::PREFIX];
    };
}

leaves! {
    /// OpenID Connect `given_name`.
    GivenName "given_name" Text,
    /// OpenID Connect `family_name`.
    FamilyName "family_name" Text,
    /// OpenID Connect `middle_name`.
    MiddleName "middle_name" Text,
    /// OpenID Connect `nickname`: the name the person prefers.
    Nickname "nickname" Text,
    /// OpenID Connect `name`: the whole name for display; goes to no vendor unless a route maps it.
    Name "name" Text,
    /// OpenID Connect `preferred_username`.
    PreferredUsername "preferred_username" Text,
    /// OpenID Connect `email`.
    Email "email" Email,
    /// OpenID Connect `phone_number`.
    PhoneNumber "phone_number" Phone,
    /// OpenID Connect `birthdate`.
    Birthdate "birthdate" Date,
    /// OpenID Connect `gender`.
    Gender "gender" Text,
    /// OpenID Connect `locale`: a BCP 47 tag.
    Locale "locale" Locale,
    /// OpenID Connect `zoneinfo`: an IANA time zone name.
    Zoneinfo "zoneinfo" TimeZone,
    /// OpenID Connect `picture`: the address of a picture.
    Picture "picture" Text,
    /// OpenID Connect `website`.
    Website "website" Text,
    /// vCard TITLE: the job title.
    Title "title" Text,
    /// SCIM enterprise `organization`.
    Organization "organization" Text,
    /// SCIM enterprise `department`.
    Department "department" Text,
    /// SCIM enterprise `manager.value` (RFC 7643, section 4.3): the id of the manager's user, or whatever else the callers call the
    /// manager.
    Manager "manager" Text,
    /// A set of labels.
    Tags "tags" Tags,
    /// OpenID Connect `address.street_address`; may have several lines.
    StreetAddress "address.street_address" Text,
    /// vCard ADR extended address: the second address line.
    ExtendedAddress "address.extended_address" Text,
    /// OpenID Connect `address.locality`: the city.
    Locality "address.locality" Text,
    /// OpenID Connect `address.region`: the state or province.
    Region "address.region" Text,
    /// OpenID Connect `address.postal_code`.
    PostalCode "address.postal_code" Text,
    /// OpenID Connect `address.country`, as ISO 3166-1 alpha-2.
    Country "address.country" Country,
}

/// Which values a leaf takes.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Kind {
    /// Free text; the empty string is a value.
    Text,
    /// [`crate::Email`].
    Email,
    /// [`crate::PhoneNumber`].
    Phone,
    /// [`crate::Date`].
    Date,
    /// [`crate::Locale`].
    Locale,
    /// [`crate::TimeZone`].
    TimeZone,
    /// [`crate::Country`].
    Country,
    /// A set of strings.
    Tags,
    /// A string, boolean, number or list of strings.
    Custom,
}

impl Leaf {
    /// The leaf `custom.<key>`.
    ///
    /// # Errors
    /// When `key` is not `[a-z][a-z0-9_]{0,63}`.
    pub fn custom(key: &str) -> Result<Self, Invalid> {
        CustomKey::parse(key).map(Leaf::Custom)
    }

    /// The standard leaf that is meant by a name that does not exist: one that other systems use, or a typing mistake.
    pub fn nearest_to(name: &str) -> Option<&'static str> {
        Self::meant_by(name).or_else(|| nearest(name, Self::STANDARD.iter().map(Leaf::name)))
    }

    /// The standard leaf that other systems, other standards and the vendors call by this name.
    pub fn meant_by(name: &str) -> Option<&'static str> {
        elsewhere::meant_by(name)
    }
}

impl FromStr for Leaf {
    type Err = Invalid;

    fn from_str(name: &str) -> Result<Self, Invalid> {
        if let Some(key) = name.strip_prefix("custom.") {
            return Self::custom(key);
        }
        let found = Self::STANDARD.iter().find(|leaf| leaf.name() == name);
        found.cloned().ok_or(Invalid("there is no such leaf"))
    }
}

impl fmt::Display for Leaf {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.name())
    }
}

impl fmt::Debug for Leaf {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.name())
    }
}

/// How many of [`NAMES`] come before `name`.
const fn rank(name: &str) -> u8 {
    let (mut rank, mut at) = (0, 0);
    while at < NAMES.len() {
        if is_before(NAMES[at].as_bytes(), name.as_bytes()) {
            rank += 1;
        }
        at += 1;
    }
    rank
}

/// `left < right`, which a constant cannot say.
const fn is_before(left: &[u8], right: &[u8]) -> bool {
    match (left, right) {
        ([], []) | ([_, ..], []) => false,
        ([], [_, ..]) => true,
        ([own, left @ ..], [other, right @ ..]) => {
            *own < *other || (*own == *other && is_before(left, right))
        }
    }
}

impl PartialEq for Leaf {
    fn eq(&self, other: &Self) -> bool {
        self.cmp(other).is_eq()
    }
}

impl Eq for Leaf {}

impl PartialOrd for Leaf {
    fn partial_cmp(&self, other: &Self) -> Option<Ordering> {
        Some(self.cmp(other))
    }
}

impl Ord for Leaf {
    /// By name. Leaves are the keys of most maps, so that of two standard ones only the places are compared.
    fn cmp(&self, other: &Self) -> Ordering {
        match (self, other) {
            (Leaf::Custom(own), Leaf::Custom(other)) => own.path().cmp(other.path()),
            _ => self.rank().cmp(&other.rank()),
        }
    }
}

impl hash::Hash for Leaf {
    fn hash<H: hash::Hasher>(&self, state: &mut H) {
        self.name().hash(state);
    }
}

impl serde::Serialize for Leaf {
    fn serialize<S: serde::Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_str(self.name())
    }
}

impl<'de> serde::Deserialize<'de> for Leaf {
    fn deserialize<D: serde::Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let name = std::borrow::Cow::<'de, str>::deserialize(deserializer)?;
        name.parse().map_err(serde::de::Error::custom)
    }
}

/// The key of a custom leaf: `[a-z][a-z0-9_]{0,63}`.
#[derive(Debug, Clone)]
pub struct CustomKey(Arc<str>);

impl CustomKey {
    const PREFIX: &'static str = "custom.";

    fn parse(key: &str) -> Result<Self, Invalid> {
        let starts_well = key.as_bytes().first().is_some_and(u8::is_ascii_lowercase);
        let goes_on_well = key.bytes().all(|b| b.is_ascii_lowercase() || b.is_ascii_digit() || b == b'_');
        if !starts_well || !goes_on_well || key.len() > 64 {
            return Err(Invalid(
                "a custom key is 1 to 64 lower-case letters, digits or '_', and starts with a letter",
            ));
        }
        Ok(Self(format!("{}{key}", Self::PREFIX).into()))
    }

    /// The key without the `custom.` in front.
    pub fn key(&self) -> &str {
        &self.0[Self::PREFIX.len()..]
    }

    fn path(&self) -> &str {
        &self.0
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_standard_leaf_is_found_by_its_name() {
        for leaf in Leaf::STANDARD {
            assert_eq!(&leaf.name().parse::<Leaf>().expect("listed"), leaf);
        }
    }

    #[test]
    fn leaves_stand_in_the_order_of_their_names() {
        let custom = ["a", "tier", "tier2", "z"].map(|key| Leaf::custom(key).expect("valid"));
        let leaves = || Leaf::STANDARD.iter().chain(&custom);
        for (one, other) in leaves().flat_map(|one| leaves().map(move |other| (one, other))) {
            assert_eq!(one.cmp(other), one.name().cmp(other.name()), "{one} and {other}");
            assert_eq!(one == other, one.name() == other.name(), "{one} and {other}");
        }
    }

    #[test]
    fn custom_keys_are_plain_identifiers() {
        assert_eq!(Leaf::custom("tier").expect("valid").name(), "custom.tier");
        for key in ["", "a.b", "a/b", "Tier", "$where", "__proto__", "1a", "é", &"a".repeat(65)] {
            assert!(Leaf::custom(key).is_err(), "{key:?}");
        }
        assert!(Leaf::custom("constructor").is_ok());
    }
}
