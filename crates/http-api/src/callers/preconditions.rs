//! `If-Match` and `If-None-Match` (RFC 9110 section 13). A user's entity tag is its version in quotes.

use actix_web::{
    HttpRequest,
    http::header::{self, HeaderName},
};
use delivery::{lane::Version, store::Precondition};

use super::{
    problem::{Problem, version_mismatch},
    quoted::split,
};

/// What must hold of the user for a request that changes it. Of both headers each must hold (RFC 9110 section 13.2.2).
///
/// # Errors
/// For what is no list of entity tags.
pub(super) fn of_change(request: &HttpRequest) -> Result<Precondition, Problem> {
    match (tags(request, &header::IF_MATCH)?, tags(request, &header::IF_NONE_MATCH)?) {
        (None, None) => Ok(Precondition::None),
        (Some(Tags::Any), None) => Ok(Precondition::Exists),
        (None, Some(Tags::Any)) => Ok(Precondition::Absent),
        (Some(Tags::Versions(versions)), None) => Ok(any_of(versions)),
        (None, Some(Tags::Versions(versions))) => Ok(Precondition::NoneOf(versions)),
        (Some(Tags::Any), Some(Tags::Versions(versions))) => Ok(Precondition::OtherThan(versions)),
        (Some(Tags::Versions(mut wanted)), Some(unwanted)) => {
            wanted.retain(|version| !unwanted.has(*version));
            Ok(any_of(wanted))
        }
        // A user that exists and does not.
        (Some(Tags::Any), Some(Tags::Any)) => Ok(any_of(Vec::new())),
    }
}

fn any_of(versions: Vec<Version>) -> Precondition {
    match versions[..] {
        [version] => Precondition::Version(version),
        _ => Precondition::AnyOf(versions),
    }
}

/// Whether a reader of a user with this version has it already, and is to be told so (304).
///
/// # Errors
/// When it asks for another version, and as [`of_change`].
pub(super) fn is_unchanged(request: &HttpRequest, current: Version) -> Result<bool, Problem> {
    if let Some(wanted) = tags(request, &header::IF_MATCH)?
        && !wanted.has(current)
    {
        return Err(version_mismatch(Some(current)));
    }
    Ok(tags(request, &header::IF_NONE_MATCH)?.is_some_and(|known| known.has(current)))
}

/// The version as an entity tag.
pub(super) fn etag(version: Version) -> String {
    format!("\"{version}\"")
}

#[derive(Debug, PartialEq, Eq)]
enum Tags {
    /// `*`.
    Any,
    /// The versions among the tags; another one's tag matches no user.
    Versions(Vec<Version>),
}

impl Tags {
    fn has(&self, version: Version) -> bool {
        match self {
            Self::Any => true,
            Self::Versions(versions) => versions.contains(&version),
        }
    }
}

fn tags(request: &HttpRequest, name: &HeaderName) -> Result<Option<Tags>, Problem> {
    let wrong =
        || Problem::invalid(format!("{name} takes * or entity tags in quotes as ETag has them, like \"7\""));
    let mut lines = Vec::new();
    for value in request.headers().get_all(name) {
        lines.push(value.to_str().map_err(|_| wrong())?.trim());
    }
    match lines[..] {
        [] => return Ok(None),
        ["*"] => return Ok(Some(Tags::Any)),
        _ => {}
    }
    let mut versions = Vec::new();
    let mut is_empty = true;
    // Empty members of a list are passed over (RFC 9110 section 5.6.1).
    let members = lines.into_iter().flat_map(|line| split(line, ','));
    for tag in members.map(str::trim).filter(|tag| !tag.is_empty()) {
        is_empty = false;
        versions.extend(version(opaque(tag).ok_or_else(wrong)?));
    }
    if is_empty { Err(wrong()) } else { Ok(Some(Tags::Versions(versions))) }
}

/// What an entity tag has in its quotes. A proxy may have made it a weak one, which says as much of a version.
fn opaque(tag: &str) -> Option<&str> {
    let quoted = tag.strip_prefix("W/").unwrap_or(tag);
    let opaque = quoted.strip_prefix('"')?.strip_suffix('"').filter(|_| quoted.len() > 1)?;
    (!opaque.contains('"')).then_some(opaque)
}

/// The version that a tag stands for; none when it is not one of ours. A proxy that compresses appends the coding: `7-gzip`.
fn version(opaque: &str) -> Option<Version> {
    let end = opaque.find(|character: char| !character.is_ascii_digit()).unwrap_or(opaque.len());
    let (digits, rest) = opaque.split_at(end);
    let coding = rest.trim_start_matches(['-', ';', ':']);
    let is_coding = rest.len() > coding.len() && !coding.is_empty();
    let is_altered = is_coding && coding.bytes().all(|byte| byte.is_ascii_alphabetic());
    (rest.is_empty() || is_altered).then_some(())?;
    digits.parse().ok().filter(|_| !digits.starts_with('0'))
}

#[cfg(test)]
mod tests {
    use actix_web::test::TestRequest;

    use super::*;

    fn of(headers: &[(&'static str, &str)]) -> Result<Precondition, Problem> {
        let request = TestRequest::default();
        let request = headers.iter().fold(request, |request, header| request.append_header(*header));
        of_change(&request.to_http_request())
    }

    #[test]
    fn tags_are_read_as_proxies_leave_them() {
        assert_eq!(of(&[]), Ok(Precondition::None));
        assert_eq!(of(&[("If-Match", "*")]), Ok(Precondition::Exists));
        assert_eq!(of(&[("If-None-Match", "*")]), Ok(Precondition::Absent));
        for tag in ["\"7\"", " \"7\" ", "W/\"7\"", "\"7-gzip\"", "W/\"7;br\"", "\"7--gzip\"", "\"7:zstd\""] {
            assert_eq!(of(&[("If-Match", tag)]), Ok(Precondition::Version(7)), "{tag}");
        }
        assert_eq!(of(&[("If-Match", "\"7\", W/\"8\",,\"x,y\"")]), Ok(Precondition::AnyOf(vec![7, 8])));
        assert_eq!(of(&[("If-Match", "\"7\""), ("If-Match", "\"8\"")]), Ok(Precondition::AnyOf(vec![7, 8])));
        assert_eq!(of(&[("If-None-Match", "\"7\"")]), Ok(Precondition::NoneOf(vec![7])));
    }

    #[test]
    fn a_tag_that_is_not_ours_matches_nothing() {
        for tag in ["\"x\"", "\"\"", "\"07\"", "\"0\"", "\"+7\"", "\"7-\"", "\"7-1\"", "\"7gzip\"", "\"7 \""]
        {
            assert_eq!(of(&[("If-Match", tag)]), Ok(Precondition::AnyOf(Vec::new())), "{tag}");
        }
    }

    #[test]
    fn what_is_no_entity_tag_is_refused() {
        for text in ["", "7", "\"", "\"7", "w/\"7\"", "*, \"7\"", "\"7\" \"8\"", ",", "W/7"] {
            assert!(of(&[("If-Match", text)]).is_err(), "{text}");
        }
        assert!(of(&[("If-Match", "7"), ("If-None-Match", "*")]).is_err());
        assert!(of(&[("If-Match", "*"), ("If-None-Match", "7")]).is_err());
    }

    #[test]
    fn of_two_preconditions_both_must_hold() {
        let never = Precondition::AnyOf(Vec::new());
        for (wanted, unwanted, both) in [
            ("*", "*", never.clone()),
            ("\"7\"", "*", never.clone()),
            ("\"7\"", "W/\"7\"", never),
            ("\"7\"", "\"8\"", Precondition::Version(7)),
            ("\"7\", \"8\", \"9\"", "\"8\"", Precondition::AnyOf(vec![7, 9])),
            ("*", "\"7\"", Precondition::OtherThan(vec![7])),
        ] {
            let found = of(&[("If-None-Match", unwanted), ("If-Match", wanted)]);
            assert_eq!(found, Ok(both), "{wanted} {unwanted}");
        }
    }
}
