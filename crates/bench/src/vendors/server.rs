use std::{io, net::SocketAddr, sync::Arc};

use serde_json::{Value, json};
use tokio::{
    io::{AsyncReadExt, AsyncWriteExt},
    net::{TcpListener, TcpStream},
};

use super::{
    Manner, VENDORS, Vendor,
    answer::{Answers, UNAVAILABLE},
    counts::{MANNERS, State},
};
use crate::{Error, serve, wire::Head};

type States = Arc<[State; 4]>;

/// Serves the four vendors, and calls that say how they behave and what they have counted; on one thread.
///
/// # Errors
/// When there are no ports.
pub(crate) fn serve() -> Result<(), Error> {
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build()?;
    runtime.block_on(async {
        let states = States::default();
        let mut addresses: Vec<SocketAddr> = Vec::new();
        for vendor in VENDORS {
            let listener = listen()?;
            addresses.push(listener.local_addr()?);
            tokio::spawn(accept(listener, Arc::clone(&states), vendor));
        }
        let control = listen()?;
        serve::ready(&json!({ "vendors": addresses, "control": control.local_addr()? }))?;
        loop {
            let (stream, _) = control.accept().await?;
            tokio::spawn(obey(stream, Arc::clone(&states)));
        }
    })
}

fn listen() -> io::Result<TcpListener> {
    let listener = serve::listen()?;
    listener.set_nonblocking(true)?;
    TcpListener::from_std(listener)
}

async fn accept(listener: TcpListener, states: States, vendor: Vendor) {
    loop {
        // One that is gone before it is accepted is of no interest.
        let Ok((stream, _)) = listener.accept().await else { continue };
        if states[vendor as usize].manner() != Manner::Refuses {
            tokio::spawn(answer(stream, Arc::clone(&states), vendor));
        }
    }
}

async fn answer(stream: TcpStream, states: States, vendor: Vendor) -> io::Result<()> {
    let state = &states[vendor as usize];
    let mut answers = Answers::of(vendor);
    let mut requests = Requests::of(stream)?;
    while let Some(head) = requests.next().await? {
        let bytes = match state.manner() {
            Manner::Stumbles if state.stumbles() => UNAVAILABLE,
            Manner::Answers | Manner::Stumbles => {
                state.count();
                let (head, body) = requests.buffer[..head.message()].split_at(head.end);
                answers.carried_out(head, body)
            }
            Manner::Fails => UNAVAILABLE,
            Manner::Refuses => break,
            // Until the other side gives up.
            Manner::Hangs => return requests.stream.read_buf(&mut requests.buffer).await.map(drop),
        };
        requests.stream.write_all(bytes).await?;
    }
    Ok(())
}

/// `GET /counts`, and `POST /communal/hangs` and the like.
async fn obey(stream: TcpStream, states: States) -> io::Result<()> {
    let mut requests = Requests::of(stream)?;
    while let Some(head) = requests.next().await? {
        let text = String::from_utf8_lossy(&requests.buffer[..head.end]).into_owned();
        let path = text.split(' ').nth(1).unwrap_or_default();
        let (status, body) = match carry_out(path, &states) {
            Some(body) => ("200 OK", body.to_string()),
            None => ("404 Not Found", String::new()),
        };
        let length = body.len();
        let answer = format!("HTTP/1.1 {status}\r\nContent-Length: {length}\r\n\r\n{body}");
        requests.stream.write_all(answer.as_bytes()).await?;
    }
    Ok(())
}

fn carry_out(path: &str, states: &States) -> Option<Value> {
    if path == "/counts" {
        return Some(json!(states.iter().map(State::counted).collect::<Vec<_>>()));
    }
    let (vendor, manner) = path.strip_prefix('/')?.split_once('/')?;
    let vendor = VENDORS.into_iter().find(|known| known.name() == vendor)?;
    let (_, manner) = MANNERS.into_iter().find(|(name, _)| *name == manner)?;
    states[vendor as usize].behave(manner);
    Some(json!({}))
}

/// The requests of one connection.
struct Requests {
    stream: TcpStream,
    buffer: Vec<u8>,
    read: usize,
}

impl Requests {
    fn of(stream: TcpStream) -> io::Result<Self> {
        stream.set_nodelay(true)?;
        Ok(Self { stream, buffer: Vec::with_capacity(4 * 1024), read: 0 })
    }

    /// Reads the next request whole, to the beginning of the buffer; none when the other side has closed.
    async fn next(&mut self) -> io::Result<Option<Head>> {
        self.buffer.drain(..self.read);
        self.read = 0;
        loop {
            if let Some(head) = Head::read(&self.buffer).filter(|head| head.message() <= self.buffer.len()) {
                self.read = head.message();
                return Ok(Some(head));
            }
            if self.stream.read_buf(&mut self.buffer).await? == 0 {
                return Ok(None);
            }
        }
    }
}
