//! A plain HTTP/1.1 client that shows exactly what is on the wire.

use std::io::{self, Read as _, Write as _};
use std::net::TcpStream;
use std::time::Duration;

use serde_json::Value;
use vendor_sim::{Config, Knobs, Simulator, Vendor, ViolationKind};

/// Longest wait for something that must happen.
pub(crate) const BOUND: Duration = Duration::from_secs(20);

pub(crate) struct Answer {
    pub(crate) status: u16,
    pub(crate) headers: Vec<(String, String)>,
    pub(crate) body: Vec<u8>,
}

impl Answer {
    pub(crate) fn header(&self, name: &str) -> Option<&str> {
        self.headers.iter().find(|(own, _)| own == name).map(|(_, value)| value.as_str())
    }

    pub(crate) fn all(&self, name: &str) -> Vec<&str> {
        self.headers.iter().filter(|(own, _)| own == name).map(|(_, value)| value.as_str()).collect()
    }

    pub(crate) fn json(&self) -> Value {
        serde_json::from_slice(&self.body).expect("the body is JSON")
    }

    pub(crate) fn is_complete(&self) -> bool {
        self.header("content-length").and_then(|text| text.parse().ok()) == Some(self.body.len())
    }
}

pub(crate) fn start(vendor: Vendor) -> Simulator {
    start_with(vendor, |_| {})
}

pub(crate) fn start_with(vendor: Vendor, knobs: impl FnOnce(&mut Knobs)) -> Simulator {
    let mut config = Config::new(vendor);
    knobs(&mut config.knobs);
    Simulator::start(config).expect("a free port")
}

/// Writes one request with exactly these header lines (beside Host, Connection and Content-Length).
pub(crate) fn write(
    sim: &Simulator,
    line: &str,
    headers: &[(&str, &str)],
    body: &str,
) -> io::Result<TcpStream> {
    let mut stream = TcpStream::connect(sim.address())?;
    stream.set_read_timeout(Some(BOUND))?;
    let lines: String = headers.iter().map(|(name, value)| format!("{name}: {value}\r\n")).collect();
    let length = body.len();
    let head = format!(
        "{line} HTTP/1.1\r\nHost: sim\r\nConnection: close\r\nContent-Length: {length}\r\n{lines}\r\n"
    );
    stream.write_all(format!("{head}{body}").as_bytes())?;
    Ok(stream)
}

/// Reads to the end of the connection. An error or an empty answer means that not one byte came.
pub(crate) fn read(mut stream: TcpStream) -> io::Result<Answer> {
    let mut bytes = Vec::new();
    stream.read_to_end(&mut bytes)?;
    let end = bytes.windows(4).position(|four| four == b"\r\n\r\n");
    let end = end.ok_or_else(|| io::Error::from(io::ErrorKind::UnexpectedEof))?;
    let head = String::from_utf8(bytes[..end].to_vec()).expect("an ASCII head");
    let mut lines = head.split("\r\n");
    let status = lines.next().and_then(|line| line.split(' ').nth(1)?.parse().ok()).expect("a status line");
    let headers = lines
        .filter_map(|line| line.split_once(": "))
        .map(|(name, value)| (name.to_ascii_lowercase(), value.to_owned()))
        .collect();
    Ok(Answer { status, headers, body: bytes[end + 4..].to_vec() })
}

pub(crate) fn send(sim: &Simulator, line: &str, headers: &[(&str, &str)], body: &str) -> Answer {
    read(write(sim, line, headers, body).expect("a connection")).expect("an answer")
}

/// The documented headers of a vendor with the right key.
pub(crate) fn headers(vendor: Vendor) -> Vec<(&'static str, &'static str)> {
    let json = ("Content-Type", "application/json");
    match vendor {
        Vendor::Communal => {
            vec![json, ("Accept", "application/json"), ("Authorization", "Bearer sim-communal-key")]
        }
        Vendor::Communifire => vec![json, ("Rest-Api-Key", "sim-communifire-key")],
        Vendor::UserCom => {
            vec![json, ("Accept", "*/*; version=2"), ("Authorization", "Token sim-usercom-key")]
        }
        Vendor::Village => {
            vec![json, ("Accept", "application/json"), ("Authorization", "Bearer sim-village-key")]
        }
    }
}

/// A request with the documented headers.
pub(crate) fn ask(sim: &Simulator, line: &str, body: &str) -> Answer {
    send(sim, line, &headers(sim.vendor()), body)
}

/// A valid update of Jane Doe at Communal.
pub(crate) const JANE: &str = r#"{"first_name":"Jane","last_name":"Roe","email":"jane.doe@example.com"}"#;

pub(crate) fn put_jane(sim: &Simulator) -> Answer {
    ask(sim, "PUT /api/users/89", JANE)
}

pub(crate) fn kinds(sim: &Simulator) -> Vec<ViolationKind> {
    sim.control().violations().into_iter().map(|violation| violation.kind).collect()
}

pub(crate) fn field(sim: &Simulator, subject: &str, key: &str) -> Value {
    sim.control().user(subject).expect("a known user").get(key).cloned().unwrap_or_default()
}
