//! A listener that plays a script on every connection.

use std::{
    iter,
    net::SocketAddr,
    sync::{
        Arc, Mutex, PoisonError,
        atomic::{AtomicUsize, Ordering},
    },
    time::Duration,
};

use tokio::{
    io::{AsyncReadExt, AsyncWriteExt},
    net::{TcpListener, TcpStream},
    task::JoinHandle,
};

/// What the listener does after it has read a request.
#[derive(Clone)]
pub(super) enum Step {
    /// Writes these bytes.
    Write(Vec<u8>),
    /// Writes these bytes again and again until the client closes.
    Flood(Vec<u8>),
    /// Writes this byte again and again, with a pause after each, until the client closes.
    Drip(u8, Duration),
    /// Waits for the next request on the same connection.
    Next,
    /// Keeps the connection open and says nothing more.
    Hang,
    /// Closes the connection with a reset instead of an end.
    Reset,
}

/// A listener on a free port of this machine; it ends with the value.
pub(super) struct Listener {
    pub(super) address: SocketAddr,
    seen: Arc<Seen>,
    task: JoinHandle<()>,
}

#[derive(Default)]
struct Seen {
    requests: Mutex<Vec<Vec<u8>>>,
    flooded: AtomicUsize,
}

impl Listener {
    /// Answers each request with `answer` and closes.
    pub(super) async fn answering(answer: impl AsRef<[u8]>) -> Self {
        Self::playing(vec![Step::Write(answer.as_ref().to_vec())]).await
    }

    /// Plays `script` after the first request of each connection, and closes at its end.
    pub(super) async fn playing(script: Vec<Step>) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").await.expect("a free port");
        let address = listener.local_addr().expect("an address");
        let seen = Arc::new(Seen::default());
        let shared = Arc::clone(&seen);
        let task = tokio::spawn(async move {
            while let Ok((stream, _)) = listener.accept().await {
                tokio::spawn(play(stream, script.clone(), Arc::clone(&shared)));
            }
        });
        Self { address, seen, task }
    }

    /// The requests received so far.
    pub(super) fn requests(&self) -> Vec<Vec<u8>> {
        self.seen.requests.lock().unwrap_or_else(PoisonError::into_inner).clone()
    }

    /// How many bytes of a flood were taken so far, by the client or by the system for it.
    pub(super) fn flooded(&self) -> usize {
        self.seen.flooded.load(Ordering::Relaxed)
    }
}

impl Drop for Listener {
    fn drop(&mut self) {
        self.task.abort();
    }
}

async fn play(mut stream: TcpStream, script: Vec<Step>, seen: Arc<Seen>) {
    for step in iter::once(Step::Next).chain(script) {
        match step {
            Step::Next => {
                let request = read_request(&mut stream).await;
                seen.requests.lock().unwrap_or_else(PoisonError::into_inner).push(request);
            }
            Step::Write(bytes) => {
                if stream.write_all(&bytes).await.is_err() {
                    return;
                }
            }
            Step::Flood(bytes) => {
                let bytes = bytes.repeat((1 << 14) / bytes.len());
                while stream.write_all(&bytes).await.is_ok() {
                    seen.flooded.fetch_add(bytes.len(), Ordering::Relaxed);
                }
                return;
            }
            Step::Drip(byte, pause) => {
                while stream.write_all(&[byte]).await.is_ok() {
                    tokio::time::sleep(pause).await;
                }
                return;
            }
            Step::Hang => std::future::pending().await,
            Step::Reset => return stream.set_zero_linger().unwrap_or_default(),
        }
    }
    let _ = stream.shutdown().await;
    // Reads until the client closes: closing with unread bytes would reset the connection and lose the answer.
    let _ = stream.read_to_end(&mut Vec::new()).await;
}

/// Reads up to the end of the body that `content-length` announces, or what there is.
async fn read_request(stream: &mut TcpStream) -> Vec<u8> {
    let mut request = Vec::new();
    let mut buffer = [0; 4096];
    while !is_complete(&request) {
        match stream.read(&mut buffer).await {
            Ok(0) | Err(_) => break,
            Ok(read) => request.extend_from_slice(&buffer[..read]),
        }
    }
    request
}

fn is_complete(request: &[u8]) -> bool {
    let text = String::from_utf8_lossy(request);
    let Some((head, body)) = text.split_once("\r\n\r\n") else { return false };
    let length =
        head.to_ascii_lowercase().split("\r\ncontent-length: ").nth(1).map_or(0, |rest| {
            rest.split("\r\n").next().unwrap_or_default().parse::<usize>().expect("a length")
        });
    body.len() >= length
}
