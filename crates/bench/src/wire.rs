//! As much of HTTP/1.1 as both ends of the benchmark need: where a head ends, and how long the body is.

/// The head of a message.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Head {
    /// Where the body begins.
    pub(crate) end: usize,
    /// How many bytes it has.
    pub(crate) length: usize,
}

impl Head {
    /// Reads a head; none when it is not complete yet.
    pub(crate) fn read(bytes: &[u8]) -> Option<Self> {
        let mut length = 0;
        let mut at = 0;
        loop {
            let line = &bytes[at..at + bytes[at..].iter().position(|byte| *byte == b'\n')?];
            at += line.len() + 1;
            let line = line.strip_suffix(b"\r").unwrap_or(line);
            if line.is_empty() {
                return Some(Self { end: at, length });
            }
            length = content_length(line).unwrap_or(length);
        }
    }

    /// The number of bytes of the whole message.
    pub(crate) fn message(self) -> usize {
        self.end + self.length
    }
}

const CONTENT_LENGTH: &[u8] = b"content-length:";

fn content_length(line: &[u8]) -> Option<usize> {
    let (name, value) = line.split_at_checked(CONTENT_LENGTH.len())?;
    if !name.eq_ignore_ascii_case(CONTENT_LENGTH) {
        return None;
    }
    std::str::from_utf8(value).ok()?.trim().parse().ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_head_ends_at_its_empty_line_and_tells_the_length_of_the_body() {
        let message = b"HTTP/1.1 200 OK\r\nX: y\r\nContent-Length: 12\r\n\r\n{}";
        let head = Head { end: message.len() - 2, length: 12 };
        assert_eq!(Head::read(message), Some(head));
        assert_eq!(head.message(), message.len() + 10);
        for end in 0..message.len() - 2 {
            assert_eq!(Head::read(&message[..end]), None, "{end}");
        }
        assert_eq!(Head::read(b"GET / HTTP/1.1\r\n\r\n"), Some(Head { end: 18, length: 0 }));
    }
}
