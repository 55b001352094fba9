use std::net::SocketAddr;

/// The bytes of a request, in which some numbers are written over from one time to the next.
#[derive(Debug, Clone)]
pub(crate) struct Template {
    bytes: Vec<u8>,
    users: Vec<usize>,
    values: Vec<usize>,
}

/// Where the number of a user stands: eight digits.
pub(crate) const USER: &str = "{user.id}";
/// Where a value stands that differs from one update to the next: seven digits, of which the first is not 0 or 1, as in a
/// North American telephone number.
pub(crate) const VALUE: &str = "{val.id}";

const USER_DIGITS: usize = 8;
const VALUE_DIGITS: usize = 7;
/// Users are counted from here, so that their numbers have eight digits and can stand in JSON.
const FIRST_USER: u64 = 10_000_000;
const FIRST_VALUE: u64 = 2_000_000;
const VALUES: u64 = 8_000_000;

impl Template {
    /// A request with a body; path and body have [`USER`] and [`VALUE`] where the numbers go. `headers` are whole lines.
    pub(crate) fn new(address: SocketAddr, line: (&str, &str), headers: &[String], body: &str) -> Self {
        let (method, path) = line;
        let length = filled(body).len();
        let headers: String = headers.iter().map(|line| format!("{line}\r\n")).collect();
        let text = format!(
            "{method} {path} HTTP/1.1\r\nHost: {address}\r\n{headers}Content-Length: {length}\r\n\r\n{body}"
        );
        Self { bytes: filled(&text).into_bytes(), users: places(&text, USER), values: places(&text, VALUE) }
    }

    /// The request about this user, with this value.
    pub(crate) fn fill(&mut self, user: u64, value: u64) -> &[u8] {
        let user = number::<USER_DIGITS>(FIRST_USER + user);
        for at in &self.users {
            self.bytes[*at..at + USER_DIGITS].copy_from_slice(&user);
        }
        let value = number::<VALUE_DIGITS>(FIRST_VALUE + value % VALUES);
        for at in &self.values {
            self.bytes[*at..at + VALUE_DIGITS].copy_from_slice(&value);
        }
        &self.bytes
    }
}

fn filled(text: &str) -> String {
    text.replace(USER, &"0".repeat(USER_DIGITS)).replace(VALUE, &"0".repeat(VALUE_DIGITS))
}

/// Where the numbers begin once they are filled in.
fn places(text: &str, placeholder: &str) -> Vec<usize> {
    text.match_indices(placeholder).map(|(at, _)| filled(&text[..at]).len()).collect()
}

fn number<const DIGITS: usize>(mut number: u64) -> [u8; DIGITS] {
    let mut digits = [b'0'; DIGITS];
    for digit in digits.iter_mut().rev() {
        // A digit fits.
        *digit += (number % 10) as u8;
        number /= 10;
    }
    digits
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_numbers_stand_where_they_belong_and_the_length_is_right() {
        let address = SocketAddr::from(([127, 0, 0, 1], 80));
        let headers = ["X: y".to_owned()];
        let body = format!(r#"{{"phone_number":"+1416{VALUE}","title":"T{VALUE}","id":{USER}}}"#);
        let mut template = Template::new(address, ("PATCH", &format!("/v1/users/u{USER}")), &headers, &body);
        let text = |bytes: &[u8]| String::from_utf8(bytes.to_vec()).expect("ASCII");
        let expected = |user: &str, value: &str| {
            let body = format!(r#"{{"phone_number":"+1416{value}","title":"T{value}","id":{user}}}"#);
            let length = body.len();
            format!(
                "PATCH /v1/users/u{user} HTTP/1.1\r\nHost: 127.0.0.1:80\r\nX: y\r\nContent-Length: {length}\r\n\r\n{body}"
            )
        };
        assert_eq!(text(template.fill(42, 7)), expected("10000042", "2000007"));
        assert_eq!(text(template.fill(0, 7_999_999)), expected("10000000", "9999999"));
        assert_eq!(text(template.fill(99_999, 8_000_000)), expected("10099999", "2000000"));
    }
}
