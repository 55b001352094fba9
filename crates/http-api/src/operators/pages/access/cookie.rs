use actix_web::{HttpRequest, http::header};

use super::session::LIFETIME;

/// The cookie that holds a session's id. Hexadecimal digits need no quoting, so that a library for cookies would add nothing.
const NAME: &str = "profile_gateway_session";

/// The session's id that the browser sends, if there is one.
pub(crate) fn read(request: &HttpRequest) -> Option<String> {
    let texts = request.headers().get_all(header::COOKIE).filter_map(|value| value.to_str().ok());
    let mut pairs = texts.flat_map(|text| text.split(';')).filter_map(|pair| pair.trim().split_once('='));
    let (_, id) = pairs.find(|(name, _)| *name == NAME)?;
    (id.len() == 64 && id.bytes().all(|b| b.is_ascii_hexdigit())).then(|| id.to_owned())
}

/// `Set-Cookie` for a new session. `Strict`: no other site can make the browser send it, not even by a link.
pub(crate) fn set(request: &HttpRequest, id: &str) -> String {
    let secure = if is_https(request) { "; Secure" } else { "" };
    format!("{NAME}={id}; Path=/; Max-Age={}; HttpOnly; SameSite=Strict{secure}", LIFETIME.as_secs())
}

/// `Set-Cookie` that removes it.
pub(crate) fn remove() -> String {
    format!("{NAME}=; Path=/; Max-Age=0; HttpOnly; SameSite=Strict")
}

/// Whether a proxy in front speaks https. Believing whoever says so can only make the cookie stricter.
fn is_https(request: &HttpRequest) -> bool {
    request.connection_info().scheme() == "https"
}

#[cfg(test)]
mod tests {
    use actix_web::test::TestRequest;

    use super::*;

    #[test]
    fn the_id_is_found_among_other_cookies_and_anything_else_is_none() {
        let id = "0a".repeat(32);
        let read =
            |text: String| read(&TestRequest::default().insert_header(("Cookie", text)).to_http_request());
        assert_eq!(read(format!("a=b; {NAME}={id};c=d")), Some(id.clone()));
        for other in [
            format!("{NAME}={id}0"),
            format!("{NAME}="),
            format!("x{NAME}={id}"),
            format!("{NAME}={}", "g".repeat(64)),
        ] {
            assert_eq!(read(other.clone()), None, "{other}");
        }
    }

    #[test]
    fn the_cookie_is_out_of_reach_of_scripts_and_other_sites_and_of_plain_http_behind_a_proxy() {
        let plain = set(&TestRequest::default().to_http_request(), "ff");
        assert_eq!(plain, format!("{NAME}=ff; Path=/; Max-Age=43200; HttpOnly; SameSite=Strict"));
        let proxied = TestRequest::default().insert_header(("X-Forwarded-Proto", "https")).to_http_request();
        assert!(set(&proxied, "ff").ends_with("; Secure"));
    }
}
