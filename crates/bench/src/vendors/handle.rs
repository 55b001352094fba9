use std::{
    net::SocketAddr,
    time::{Duration, Instant},
};

use serde::Deserialize;

use super::{Counts, Manner, VENDORS, Vendor};
use crate::{
    Error,
    child::Child,
    load::{Connection, call},
};

/// The process of the four vendors.
pub(crate) struct Vendors {
    child: Child,
    at: Addresses,
}

#[derive(Debug, Deserialize)]
struct Addresses {
    vendors: [SocketAddr; 4],
    control: SocketAddr,
}

/// How long nothing may arrive at the vendors while something is waited for.
const PATIENCE: Duration = Duration::from_secs(60);
/// How often they are asked.
const LOOK: Duration = Duration::from_millis(2);

impl Vendors {
    /// Starts them on these cores.
    ///
    /// # Errors
    /// When they do not start.
    pub(crate) fn start(on: &[usize]) -> Result<Self, Error> {
        let mut child = Child::start("vendors", on, &[])?;
        let at = serde_json::from_value(child.ready()?)?;
        Ok(Self { child, at })
    }

    /// The number of their process.
    pub(crate) fn process(&self) -> u32 {
        self.child.id()
    }

    /// Where a vendor is.
    pub(crate) fn address(&self, vendor: Vendor) -> SocketAddr {
        self.at.vendors[vendor as usize]
    }

    /// How many requests each has carried out so far.
    ///
    /// # Errors
    /// When they are gone.
    pub(crate) async fn counts(&self) -> Result<Counts, Error> {
        count(&mut Connection::open(self.at.control).await?).await
    }

    /// Has a vendor behave otherwise from now on.
    ///
    /// # Errors
    /// When they are gone.
    pub(crate) async fn behave(&self, vendor: Vendor, manner: Manner) -> Result<(), Error> {
        let path = format!("/{}/{}", vendor.name(), manner.name());
        call(self.at.control, "POST", &path, &[]).await.map(drop)
    }

    /// Waits until each of these vendors has carried out so many requests more than before, and answers how many all have.
    ///
    /// # Errors
    /// When nothing arrives any more before it is so.
    pub(crate) async fn wait_for(
        &self,
        vendors: &[Vendor],
        before: Counts,
        each: u64,
    ) -> Result<Counts, Error> {
        let mut last = (Counts::default(), Instant::now());
        let mut connection = Connection::open(self.at.control).await?;
        loop {
            let counts = count(&mut connection).await?.since(before);
            if vendors.iter().all(|vendor| counts.of(*vendor) >= each) {
                return Ok(counts);
            }
            if counts != last.0 {
                last = (counts, Instant::now());
            }
            if last.1.elapsed() > PATIENCE {
                return Err(format!("the vendors {VENDORS:?} got {counts:?} requests of {each}").into());
            }
            tokio::time::sleep(LOOK).await;
        }
    }
}

async fn count(control: &mut Connection) -> Result<Counts, Error> {
    let answer = control.exchange(b"GET /counts HTTP/1.1\r\n\r\n").await?;
    Ok(serde_json::from_slice(answer.body)?)
}
