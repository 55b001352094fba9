use std::net::Ipv6Addr;

use actix_web::{HttpRequest, http::header};

use super::Problem;

/// Refuses a request whose `Host` names no host (RFC 9112 section 3.2). HTTP/1.0 has none.
///
/// # Errors
/// `invalid-value`.
pub(super) fn check(request: &HttpRequest) -> Result<(), Problem> {
    let mut values = request.headers().get_all(header::HOST);
    let is_wrong = values.any(|value| !value.to_str().is_ok_and(is_authority));
    if is_wrong {
        return Err(Problem::invalid(
            "the header Host takes the name or address of this gateway, and its port",
        ));
    }
    Ok(())
}

/// A host with or without a port (RFC 3986 section 3.2), and without a user.
fn is_authority(text: &str) -> bool {
    let (host, port) = match text.rsplit_once(':') {
        Some((host, port)) if !port.ends_with(']') => (host, port),
        _ => (text, ""),
    };
    let is_port =
        port.is_empty() || port.bytes().all(|byte| byte.is_ascii_digit()) && port.parse::<u16>().is_ok();
    is_port && is_host(host)
}

fn is_host(text: &str) -> bool {
    if let Some(address) = text.strip_prefix('[').and_then(|text| text.strip_suffix(']')) {
        return address.parse::<Ipv6Addr>().is_ok();
    }
    let plain = |byte: u8| byte.is_ascii_alphanumeric() || b"-._~%!$&'()*+,;=".contains(&byte);
    !text.is_empty() && text.bytes().all(plain)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_host_is_a_name_or_an_address_with_or_without_a_port() {
        for text in
            ["x", "x:", "api.example.com:8080", "127.0.0.1:1", "[::1]", "[::1]:65535", "a_b", "xn--a%20"]
        {
            assert!(is_authority(text), "{text}");
        }
        for text in [
            "",
            ":80",
            "a b",
            "a@b",
            "a@b:99999",
            "x:65536",
            "x:+1",
            "x:a",
            "[::1",
            "::1",
            "[x]",
            "a/b",
            "a\\b",
            "http://x",
            "x:1:2",
        ] {
            assert!(!is_authority(text), "{text}");
        }
    }
}
