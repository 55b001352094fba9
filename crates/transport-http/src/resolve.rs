use std::{
    io,
    net::{IpAddr, SocketAddr, ToSocketAddrs},
    sync::Arc,
    time::Duration,
};

use async_trait::async_trait;
use reqwest::dns::{Addrs, Name, Resolve, Resolving};
use tokio::sync::Semaphore;

use crate::{AddressRefused, Network};

/// Resolves host names and passes on only addresses of the route's network.
///
/// The addresses that it returns are the ones that are dialled, so a name that changes its address between check and use
/// gains nothing.
#[derive(Clone)]
pub(crate) struct GuardedResolver {
    pub(crate) lookup: Arc<dyn Lookup>,
    pub(crate) network: Network,
    pub(crate) limit: Duration,
}

/// Finds the addresses of a host name.
#[async_trait]
pub(crate) trait Lookup: Send + Sync {
    /// All addresses of `host`.
    async fn lookup(&self, host: &str) -> io::Result<Vec<IpAddr>>;
}

/// Why a host name has no address to dial.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub(crate) enum ResolveError {
    #[error("the host name was not resolved in time")]
    TimedOut,
    #[error("the host name has no address")]
    NoAddress,
    #[error("the host name has no permitted address: {0}")]
    Refused(AddressRefused),
}

impl GuardedResolver {
    /// The permitted addresses of `host`.
    pub(crate) async fn addresses(&self, host: &str) -> Result<Vec<IpAddr>, ResolveError> {
        let found = match tokio::time::timeout(self.limit, self.lookup.lookup(host)).await {
            Err(_) => return Err(ResolveError::TimedOut),
            Ok(Err(_)) => return Err(ResolveError::NoAddress),
            Ok(Ok(found)) => found,
        };
        let mut refused = None;
        let mut permitted = Vec::with_capacity(found.len());
        for address in found {
            match self.network.permit(address) {
                Ok(()) => permitted.push(address),
                Err(reason) => refused = Some(reason),
            }
        }
        match refused {
            Some(reason) if permitted.is_empty() => Err(ResolveError::Refused(reason)),
            None if permitted.is_empty() => Err(ResolveError::NoAddress),
            _ => Ok(permitted),
        }
    }
}

impl Resolve for GuardedResolver {
    fn resolve(&self, name: Name) -> Resolving {
        let resolver = self.clone();
        Box::pin(async move {
            let addresses = resolver.addresses(name.as_str()).await?;
            // reqwest replaces port 0 by the port of the URL.
            Ok(Box::new(addresses.into_iter().map(|address| SocketAddr::new(address, 0))) as Addrs)
        })
    }
}

/// The operating system's resolver.
///
/// A look-up cannot be stopped once it has begun, so only a few run at a time: with a hung name server they would else fill
/// the threads that the whole process has for blocking work.
pub(crate) struct SystemLookup {
    running: Arc<Semaphore>,
}

/// The most look-ups of one route at a time.
const MAX_LOOKUPS: usize = 4;

impl SystemLookup {
    pub(crate) fn new() -> Self {
        Self { running: Arc::new(Semaphore::new(MAX_LOOKUPS)) }
    }
}

#[async_trait]
impl Lookup for SystemLookup {
    async fn lookup(&self, host: &str) -> io::Result<Vec<IpAddr>> {
        let permit = Arc::clone(&self.running).acquire_owned().await.map_err(io::Error::other)?;
        let host = host.to_owned();
        let task = tokio::task::spawn_blocking(move || {
            let _permit = permit;
            (host.as_str(), 0).to_socket_addrs().map(|found| found.map(|address| address.ip()).collect())
        });
        task.await.map_err(io::Error::other)?
    }
}
