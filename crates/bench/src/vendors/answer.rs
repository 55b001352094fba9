use super::Vendor;

/// The answers of a vendor: made beforehand, but for the number of a person.
pub(super) struct Answers {
    vendor: Vendor,
    bytes: Vec<u8>,
    /// Where the number of the person stands, and room for it.
    number: std::ops::Range<usize>,
}

const ROOM: &str = "                    ";
/// The answer of a vendor that fails.
pub(super) const UNAVAILABLE: &[u8] = b"HTTP/1.1 503 Service Unavailable\r\nContent-Length: 0\r\n\r\n";

impl Answers {
    pub(super) fn of(vendor: Vendor) -> Self {
        let body = match vendor {
            Vendor::Village => "{}".to_owned(),
            Vendor::Communifire => {
                format!(r#"{{"IsError":false,"ResponseMessage":"","ResponseData":{ROOM}}}"#)
            }
            Vendor::Communal | Vendor::UserCom => format!(r#"{{"id":{ROOM}}}"#),
        };
        let length = body.len();
        let text = format!(
            "HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nContent-Length: {length}\r\n\r\n{body}"
        );
        let at = text.find(ROOM).unwrap_or(text.len());
        let end = (at + ROOM.len()).min(text.len());
        Self { vendor, bytes: text.into_bytes(), number: at..end }
    }

    /// The answer that the request was carried out: about the person whom it names, if the answer names one.
    pub(super) fn carried_out(&mut self, head: &[u8], body: &[u8]) -> &[u8] {
        let number = match self.vendor {
            Vendor::Village => return &self.bytes,
            Vendor::Communifire => first_number(body),
            Vendor::Communal | Vendor::UserCom => first_number(head),
        };
        let place = &mut self.bytes[self.number.clone()];
        place.fill(b' ');
        let number = if number.is_empty() || number.len() > place.len() { b"0" } else { number };
        place[..number.len()].copy_from_slice(number);
        &self.bytes
    }
}

fn first_number(bytes: &[u8]) -> &[u8] {
    let Some(at) = bytes.iter().position(u8::is_ascii_digit) else { return &[] };
    let rest = &bytes[at..];
    &rest[..rest.iter().position(|byte| !byte.is_ascii_digit()).unwrap_or(rest.len())]
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_answer_names_the_person_of_the_request() {
        let text = |bytes: &[u8]| String::from_utf8(bytes.to_vec()).expect("ASCII");
        let mut answers = Answers::of(Vendor::UserCom);
        let answer = text(answers.carried_out(b"PUT /api/public/users/10000042/ HTTP/1.1\r\n", b"{}"));
        assert!(answer.ends_with("\r\n\r\n{\"id\":10000042            }"), "{answer}");
        let mut answers = Answers::of(Vendor::Communifire);
        let answer = text(answers.carried_out(b"", br#""{\"UserID\":\"77\",\"Phone\":\"+1416\"}""#));
        assert!(answer.ends_with(&format!("\"ResponseData\":77{}}}", &ROOM[2..])), "{answer}");
        assert!(text(answers.carried_out(b"", b"")).contains("\"ResponseData\":0 "));
    }
}
