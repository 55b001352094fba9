//! A second handle on a connection's socket, by which a fault can make the close a reset.

use std::any::Any;
use std::os::fd::AsFd;

use actix_web::dev::Extensions;
use actix_web::rt::net::TcpStream;

/// Held by the connection.
pub(crate) struct Socket(std::net::TcpStream);

/// Called once per connection.
pub(crate) fn remember(connection: &dyn Any, data: &mut Extensions) {
    let Some(stream) = connection.downcast_ref::<TcpStream>() else { return };
    if let Ok(owned) = stream.as_fd().try_clone_to_owned() {
        data.insert(Socket(owned.into()));
    }
}

impl Socket {
    /// From now on closing the connection sends a reset (`SO_LINGER` with zero seconds).
    pub(crate) fn reset_on_close(&self) {
        let own = self.0.try_clone().and_then(TcpStream::from_std);
        // Where this fails the connection closes without a reset, which callers must survive alike.
        let _ = own.and_then(|stream| stream.set_zero_linger());
    }
}
