use std::{
    io::{BufRead, BufReader, Read, Write},
    net::{SocketAddr, TcpListener, TcpStream},
    sync::{
        Arc, Mutex, MutexGuard, PoisonError,
        atomic::{AtomicU16, Ordering},
    },
    thread,
};

use serde_json::Value;

use crate::eventually;

/// A receiver of webhooks on this machine, which answers every message with one status.
pub struct Receiver {
    address: SocketAddr,
    status: Arc<AtomicU16>,
    messages: Arc<Mutex<Vec<Message>>>,
}

/// A message that was received.
#[derive(Debug, Clone, PartialEq)]
pub struct Message {
    /// Header lines, names in lower case.
    pub headers: Vec<(String, String)>,
    /// The body.
    pub body: Value,
}

impl Message {
    /// The first header line of this lower-case name.
    pub fn header(&self, name: &str) -> &str {
        self.headers.iter().find(|(own, _)| own == name).map_or("", |(_, value)| value)
    }
}

impl Receiver {
    /// Listens on a free port until the process ends.
    pub fn start(status: u16) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").expect("a free port");
        let address = listener.local_addr().expect("an address");
        let (status, messages) = (Arc::new(AtomicU16::new(status)), Arc::new(Mutex::new(Vec::new())));
        let (answers, seen) = (Arc::clone(&status), Arc::clone(&messages));
        thread::spawn(move || {
            for stream in listener.incoming().flatten() {
                // A sender that is killed half-way sends no whole message.
                let _ = serve(&stream, &answers, &seen);
            }
        });
        Self { address, status, messages }
    }

    /// Where messages are to be posted.
    pub fn url(&self) -> String {
        format!("http://{}/hooks", self.address)
    }

    /// Answers with another status from now on.
    pub fn answer(&self, status: u16) {
        self.status.store(status, Ordering::SeqCst);
    }

    /// What was received so far.
    pub fn messages(&self) -> Vec<Message> {
        lock(&self.messages).clone()
    }

    /// Waits for the first message of this type after the first `after` messages.
    #[track_caller]
    pub fn wait_for(&self, kind: &str, after: usize) -> Message {
        eventually(&format!("{kind} was received"), || {
            let messages = self.messages();
            let found = messages.iter().skip(after).find(|message| message.body["type"] == kind);
            found.cloned().ok_or_else(|| format!("{messages:?}"))
        })
    }
}

fn serve(stream: &TcpStream, status: &AtomicU16, seen: &Mutex<Vec<Message>>) -> std::io::Result<()> {
    let mut reader = BufReader::new(stream.try_clone()?);
    let mut headers = Vec::new();
    loop {
        let mut line = String::new();
        reader.read_line(&mut line)?;
        match line.trim_end().split_once(':') {
            Some((name, value)) => headers.push((name.to_lowercase(), value.trim().to_owned())),
            None if line.trim_end().is_empty() => break,
            None => {}
        }
    }
    let length = headers.iter().find(|(name, _)| name == "content-length");
    let mut body = vec![0; length.and_then(|(_, value)| value.parse().ok()).unwrap_or(0)];
    reader.read_exact(&mut body)?;
    let body = serde_json::from_slice(&body).unwrap_or_default();
    lock(seen).push(Message { headers, body });
    let status = status.load(Ordering::SeqCst);
    let mut stream = stream;
    write!(stream, "HTTP/1.1 {status} -\r\nContent-Length: 0\r\nConnection: close\r\n\r\n")
}

fn lock<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}
