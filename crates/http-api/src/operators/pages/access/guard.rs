//! Whose pages a browser believes it shows. A name that an attacker's site owns can be made to lead to this listener (DNS
//! rebinding), and a foreign page can send forms here; both give themselves away by a header that no page can set.

use std::net::IpAddr;

use actix_web::{
    HttpRequest,
    http::header::{self, HeaderName},
};
use api_types::problem::Kind;

use crate::callers::Problem;

/// Refuses a request that was not made for this listener: its host must be an address, `localhost`, or a configured name.
/// No foreign name can stand for these.
///
/// # Errors
/// `forbidden`.
pub(crate) fn host(request: &HttpRequest, hosts: &[String]) -> Result<(), Problem> {
    match only(request, &header::HOST) {
        Some(authority) if is_own(name_of(authority), hosts) => Ok(()),
        _ => Err(Problem::new(
            Kind::Forbidden,
            "ask by an IP address, by localhost, or by a name in operator.hosts",
        )),
    }
}

/// Refuses a form that another page than one of this listener has sent (RFC 6454 section 7).
///
/// # Errors
/// `forbidden`.
pub(crate) fn origin(request: &HttpRequest, hosts: &[String]) -> Result<(), Problem> {
    let origin = only(request, &header::ORIGIN).unwrap_or_default();
    let authority = origin.strip_prefix("https://").or_else(|| origin.strip_prefix("http://"));
    let is_this = |authority: &str| {
        // A proxy may have replaced the host, but not the origin.
        only(request, &header::HOST) == Some(authority) || hosts.iter().any(|host| host == name_of(authority))
    };
    match authority {
        Some(authority) if is_this(authority) => Ok(()),
        _ => Err(Problem::new(
            Kind::Forbidden,
            "the form was not sent from a page of this gateway; open the page again",
        )),
    }
}

fn only<'a>(request: &'a HttpRequest, name: &HeaderName) -> Option<&'a str> {
    let mut values = request.headers().get_all(name);
    let value = values.next()?.to_str().ok()?;
    values.next().is_none().then_some(value)
}

fn is_own(name: &str, hosts: &[String]) -> bool {
    let address = name.strip_prefix('[').and_then(|name| name.strip_suffix(']')).unwrap_or(name);
    address.parse::<IpAddr>().is_ok()
        || name.eq_ignore_ascii_case("localhost")
        || hosts.iter().any(|host| name.eq_ignore_ascii_case(host))
}

/// The name without the port.
fn name_of(authority: &str) -> &str {
    match authority.rsplit_once(':') {
        Some((name, port)) if port.bytes().all(|b| b.is_ascii_digit()) => name,
        _ => authority,
    }
}

#[cfg(test)]
mod tests {
    use actix_web::test::TestRequest;

    use super::*;

    fn request(headers: &[(&'static str, &str)]) -> HttpRequest {
        let request = TestRequest::default();
        headers.iter().fold(request, |request, header| request.append_header(*header)).to_http_request()
    }

    #[test]
    fn only_names_that_no_stranger_can_own_are_this_listener() {
        let hosts = ["ops.example.com".to_owned()];
        for own in [
            "127.0.0.1:8081",
            "[::1]:8081",
            "[::1]",
            "10.0.0.5",
            "localhost:8081",
            "LocalHost",
            "ops.example.com",
            "Ops.Example.com:443",
        ] {
            assert_eq!(host(&request(&[("Host", own)]), &hosts), Ok(()), "{own}");
        }
        for foreign in [
            "evil.example",
            "evil.example:8081",
            "localhost.evil.example",
            "127.0.0.1.evil.example:80",
            "",
            "ops.example.com.evil",
            "127.0.0.1:80@evil",
        ] {
            assert!(host(&request(&[("Host", foreign)]), &hosts).is_err(), "{foreign}");
        }
        assert!(host(&request(&[]), &hosts).is_err());
        assert!(host(&request(&[("Host", "localhost"), ("Host", "evil.example")]), &hosts).is_err());
    }

    #[test]
    fn only_a_page_of_the_same_host_may_send_forms() {
        let hosts = ["ops.example.com".to_owned()];
        let sent = |origin: &str, host: &str| origin_of(&[("Origin", origin), ("Host", host)], &hosts);
        assert_eq!(sent("http://127.0.0.1:8081", "127.0.0.1:8081"), Ok(()));
        assert_eq!(sent("https://ops.example.com", "127.0.0.1:8081"), Ok(()), "through a proxy");
        for foreign in [
            "http://127.0.0.1:8082",
            "http://evil.example",
            "null",
            "",
            "127.0.0.1:8081",
            "file://127.0.0.1:8081",
        ] {
            assert!(sent(foreign, "127.0.0.1:8081").is_err(), "{foreign}");
        }
        assert!(origin_of(&[("Host", "localhost")], &hosts).is_err(), "none at all");
    }

    fn origin_of(headers: &[(&'static str, &str)], hosts: &[String]) -> Result<(), Problem> {
        origin(&request(headers), hosts)
    }
}
