use std::time::Duration;

use actix_web::HttpRequest;

use super::{headers::LONGEST_WAIT, problem::Problem};

/// The query of a request, each parameter at most once and each one known: a mistyped filter must not widen an answer, and
/// a key in a URL ends up in logs.
#[derive(Debug)]
pub(crate) struct Query(Vec<(&'static str, String)>);

impl Query {
    /// Reads the query.
    ///
    /// # Errors
    /// When a parameter is not in `known` or stands twice.
    pub(crate) fn read(request: &HttpRequest, known: &[&'static str]) -> Result<Self, Problem> {
        let mut found: Vec<(&'static str, String)> = Vec::new();
        for pair in request.query_string().split('&').filter(|pair| !pair.is_empty()) {
            let (name, value) = pair.split_once('=').unwrap_or((pair, ""));
            let Some(name) = known.iter().find(|known| **known == name) else {
                return Err(Problem::invalid(unknown(known)));
            };
            if found.iter().any(|(other, _)| other == name) {
                return Err(Problem::invalid(format!("the query parameter {name} stands twice")));
            }
            found.push((name, decode(value).ok_or_else(|| wrong(name))?));
        }
        Ok(Self(found))
    }

    /// The text of a parameter.
    pub(crate) fn text(&self, name: &str) -> Option<&str> {
        self.0.iter().find(|(found, _)| *found == name).map(|(_, value)| value.as_str())
    }

    /// A parameter in another form.
    ///
    /// # Errors
    /// When its text has no such form.
    pub(crate) fn parse<T: std::str::FromStr>(&self, name: &'static str) -> Result<Option<T>, Problem> {
        self.text(name).map(|text| text.parse().map_err(|_| wrong(name))).transpose()
    }

    /// `limit`: how many items an answer has.
    ///
    /// # Errors
    /// When it is not from 1 to `most`.
    pub(crate) fn limit(&self, usual: u32, most: u32) -> Result<u32, Problem> {
        let limit = self.parse("limit")?.unwrap_or(usual);
        if (1..=most).contains(&limit) {
            return Ok(limit);
        }
        Err(Problem::invalid(format!("the query parameter limit takes a number from 1 to {most}")))
    }

    /// `after`: the id of the last item of the page before, in digits alone.
    ///
    /// # Errors
    /// When it is anything else.
    pub(crate) fn after(&self) -> Result<Option<i64>, Problem> {
        let Some(text) = self.text("after") else { return Ok(None) };
        let is_id = (1..=18).contains(&text.len()) && text.bytes().all(|byte| byte.is_ascii_digit());
        if is_id { self.parse("after") } else { Err(wrong("after")) }
    }

    /// `wait`: how many seconds to wait, 0 to 30.
    ///
    /// # Errors
    /// When it is anything else.
    pub(crate) fn wait(&self) -> Result<Duration, Problem> {
        let wait = Duration::from_secs(self.parse::<u32>("wait")?.unwrap_or(0).into());
        if wait <= LONGEST_WAIT { Ok(wait) } else { Err(wrong("wait")) }
    }
}

fn unknown(known: &[&str]) -> String {
    if known.is_empty() {
        return "this call takes no query parameters; a key belongs into the header Authorization".to_owned();
    }
    format!("this call takes only the query parameters {}", known.join(", "))
}

fn wrong(name: &str) -> Problem {
    Problem::invalid(format!("the query parameter {name} has no valid value"))
}

/// Undoes percent-encoding; none when it is broken or not UTF-8. `+` stands for itself.
fn decode(text: &str) -> Option<String> {
    let mut bytes = Vec::with_capacity(text.len());
    let mut rest = text.bytes();
    while let Some(byte) = rest.next() {
        if byte != b'%' {
            bytes.push(byte);
            continue;
        }
        let (high, low) = (char::from(rest.next()?).to_digit(16)?, char::from(rest.next()?).to_digit(16)?);
        bytes.push(u8::try_from(high * 16 + low).ok()?);
    }
    String::from_utf8(bytes).ok()
}

#[cfg(test)]
mod tests {
    use actix_web::test::TestRequest;

    use super::*;

    fn read(uri: &str) -> Result<Query, Problem> {
        Query::read(&TestRequest::with_uri(uri).to_http_request(), &["state", "limit", "wait"])
    }

    #[test]
    fn parameters_are_known_single_and_well_formed() {
        let query = read("/v1/updates?state=blocked%2Cheld&limit=5").expect("a query");
        assert_eq!((query.text("state"), query.limit(20, 100)), (Some("blocked,held"), Ok(5)));
        assert_eq!(read("/").expect("none").limit(20, 100), Ok(20));
        for uri in ["/?access_token=pgw_x", "/?state=a&state=b", "/?state=%zz", "/?state=%ff", "/?State=a"] {
            assert!(read(uri).is_err(), "{uri}");
        }
        for uri in ["/?limit=0", "/?limit=101", "/?limit=-1", "/?limit=x"] {
            assert!(read(uri).expect("known").limit(20, 100).is_err(), "{uri}");
        }
        let refused = read("/?limit=101").expect("known").limit(20, 100).expect_err("too many");
        assert!(format!("{refused:?}").contains("from 1 to 100"), "{refused:?}");
        let query =
            |uri| Query::read(&TestRequest::with_uri(uri).to_http_request(), &["after"]).expect("known");
        assert_eq!(query("/?after=70").after(), Ok(Some(70)));
        for uri in ["/?after=", "/?after=-1", "/?after=%2B1", "/?after=1234567890123456789"] {
            assert!(query(uri).after().is_err(), "{uri}");
        }
        assert_eq!(read("/?wait=30").expect("known").wait(), Ok(LONGEST_WAIT));
        assert!(read("/?wait=31").expect("known").wait().is_err());
    }
}
