use std::{
    io::{self, Read, Write},
    net::{SocketAddr, TcpStream},
    time::Duration,
};

use serde_json::Value;

/// Longer than the longest wait that a caller may prefer.
const TIMEOUT: Duration = Duration::from_secs(60);

/// An answer, complete.
#[derive(Debug, Clone)]
pub struct Response {
    /// The status.
    pub status: u16,
    /// Header lines, names in lower case.
    pub headers: Vec<(String, String)>,
    /// The body.
    pub body: Vec<u8>,
}

/// Sends one request on a connection of its own (HTTP/1.1) and reads the whole answer.
///
/// # Errors
/// When the connection fails or ends before the answer does: nobody knows what became of the request.
pub fn request(
    address: SocketAddr,
    method: &str,
    path: &str,
    headers: &[(&str, &str)],
    body: &[u8],
) -> io::Result<Response> {
    let mut stream = TcpStream::connect_timeout(&address, TIMEOUT)?;
    stream.set_read_timeout(Some(TIMEOUT))?;
    stream.set_write_timeout(Some(TIMEOUT))?;
    let mut message = format!("{method} {path} HTTP/1.1\r\nHost: {address}\r\nConnection: close\r\n");
    for (name, value) in headers {
        message.push_str(&format!("{name}: {value}\r\n"));
    }
    message.push_str(&format!("Content-Length: {}\r\n\r\n", body.len()));
    stream.write_all(&[message.as_bytes(), body].concat())?;
    let (mut answer, mut chunk) = (Vec::new(), [0; 16 * 1024]);
    loop {
        // Not until the connection ends: a process that the other side has started may hold it open.
        if let Some(response) = parse(&answer) {
            return Ok(response);
        }
        match stream.read(&mut chunk) {
            Ok(0) => return Err(io::Error::new(io::ErrorKind::UnexpectedEof, "the answer is not complete")),
            Ok(read) => answer.extend_from_slice(&chunk[..read]),
            // A signal came while it waited; nothing was read.
            Err(error) if error.kind() == io::ErrorKind::Interrupted => {}
            Err(error) => return Err(error),
        }
    }
}

fn parse(answer: &[u8]) -> Option<Response> {
    let end = answer.windows(4).position(|bytes| bytes == b"\r\n\r\n")?;
    let head = std::str::from_utf8(&answer[..end]).ok()?;
    let mut lines = head.split("\r\n");
    let status = lines.next()?.split(' ').nth(1)?.parse().ok()?;
    let header =
        |line: &str| line.split_once(':').map(|(name, value)| (name.to_lowercase(), value.trim().to_owned()));
    let headers: Vec<_> = lines.map(header).collect::<Option<_>>()?;
    let mut response = Response { status, headers, body: answer[end + 4..].to_vec() };
    if response.header("transfer-encoding") == Some("chunked") {
        response.body = unchunked(&response.body)?;
        return Some(response);
    }
    let length: usize = response.header("content-length").map_or(Some(0), |text| text.parse().ok())?;
    (response.body.len() == length).then_some(response)
}

fn unchunked(mut rest: &[u8]) -> Option<Vec<u8>> {
    let mut body = Vec::new();
    loop {
        let end = rest.windows(2).position(|bytes| bytes == b"\r\n")?;
        let length = usize::from_str_radix(std::str::from_utf8(&rest[..end]).ok()?, 16).ok()?;
        let chunk = rest.get(end + 2..end + 2 + length)?;
        if length == 0 {
            return Some(body);
        }
        body.extend_from_slice(chunk);
        rest = rest.get(end + 4 + length..)?;
    }
}

impl Response {
    /// The first header line of this lower-case name.
    pub fn header(&self, name: &str) -> Option<&str> {
        self.headers.iter().find(|(own, _)| own == name).map(|(_, value)| value.as_str())
    }

    /// The body as text.
    pub fn text(&self) -> String {
        String::from_utf8_lossy(&self.body).into_owned()
    }

    /// The body as JSON; `null` when it is none.
    pub fn json(&self) -> Value {
        serde_json::from_slice(&self.body).unwrap_or_default()
    }

    /// The last part of the problem's type; empty when the answer is no problem.
    pub fn problem(&self) -> String {
        let json = self.json();
        let urn = json["type"].as_str().unwrap_or_default();
        urn.strip_prefix("urn:profile-gateway:problem:").unwrap_or_default().to_owned()
    }

    /// The same answer, which must have this status.
    #[track_caller]
    pub fn expect(self, status: u16) -> Self {
        assert_eq!(self.status, status, "{}", self.text());
        self
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_answer_that_ends_early_is_none() {
        let whole = b"HTTP/1.1 202 Accepted\r\nContent-Length: 2\r\nETag: \"7\"\r\n\r\n{}";
        let response = parse(whole).expect("an answer");
        assert_eq!(
            (response.status, response.header("etag"), response.text().as_str()),
            (202, Some("\"7\""), "{}")
        );
        for end in 0..whole.len() {
            assert!(parse(&whole[..end]).is_none(), "{end}");
        }
        let chunked =
            b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n2\r\n{\"\r\n3\r\n\":1\r\n0\r\n\r\n";
        assert_eq!(parse(chunked).map(|response| response.text()), Some("{\"\":1".to_owned()));
        assert!(parse(&chunked[..chunked.len() - 5]).is_none());
    }
}
