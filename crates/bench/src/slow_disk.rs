//! A gateway whose disk takes its time: every synchronisation lasts as long as on an ordinary disk, and is counted.

use std::{
    io::{self, Read, Write},
    net::{SocketAddr, TcpListener, TcpStream},
    path::Path,
    thread,
    time::Duration,
};

use vfs_shim::SlowDisk;

use crate::{Error, load::call};

/// From now on every synchronisation of a database in this directory takes at least so long. How many there were is told to
/// who asks at the address.
///
/// # Errors
/// When there is no such directory, or the address is taken.
pub(crate) fn slow_down(directory: &Path, at_least: Duration, count_at: SocketAddr) -> Result<(), Error> {
    vfs_shim::register_as_default();
    let disk = SlowDisk::watch(directory, at_least)?;
    let listener = TcpListener::bind(count_at)?;
    thread::Builder::new().name("sync-count".to_owned()).spawn(move || tell(&listener, &disk))?;
    Ok(())
}

/// How many synchronisations there have been.
///
/// # Errors
/// When nobody counts there.
pub(crate) async fn syncs(count_at: SocketAddr) -> Result<u64, Error> {
    let count = call(count_at, "GET", "/syncs", &[]).await?;
    Ok(String::from_utf8(count)?.parse()?)
}

fn tell(listener: &TcpListener, disk: &SlowDisk) {
    for stream in listener.incoming().flatten() {
        // Who has gone does not want the answer.
        let _ = answer(stream, disk);
    }
}

fn answer(mut stream: TcpStream, disk: &SlowDisk) -> io::Result<()> {
    // The request is so short that it comes in one piece, and there is only one.
    let _ = stream.read(&mut [0; 1_024])?;
    let count = disk.syncs().to_string();
    write!(stream, "HTTP/1.1 200 OK\r\nContent-Length: {}\r\n\r\n{count}", count.len())
}
