use std::time::Duration;

use adapter::{
    Definition, ErrorKind, ReadItem, ReadQuery, ReadRequest, Reader, VendorError, VendorResponse, missing,
};
use canonical::Leaf;
use tokio::time::timeout;

use super::{
    Engine,
    line::Line,
    pages::{MOST_PAGES, Pages},
};
use crate::{Millis, Route, SendError, store::RouteId, until};

/// How long a reading waits for its turn and for the route's rate.
const PATIENCE: Duration = Duration::from_secs(10);

/// Why nothing was read.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum ReadError {
    /// The vendor has no endpoint that shows this.
    #[error("the vendor does not show this")]
    NotReadable,
    /// The vendor asked for a pause, or the route's rate is used up, until then.
    #[error("the route is busy")]
    Busy(Millis),
    /// There is no answer.
    #[error("no answer: {0}")]
    Unanswered(SendError),
    /// The vendor did not answer what was asked.
    #[error("{0}")]
    Refused(VendorError),
    /// There are more pages than are read.
    #[error("more than {MOST_PAGES} pages")]
    TooLong,
}

impl ReadError {
    /// Whether others would meet it, too, so that asking about them is in vain.
    pub(super) fn is_about_the_route(&self) -> bool {
        match self {
            Self::Busy(_) | Self::Unanswered(_) => true,
            Self::Refused(error) => matches!(
                error.kind,
                ErrorKind::Unauthenticated
                    | ErrorKind::RateLimited
                    | ErrorKind::Unavailable
                    | ErrorKind::Misdirected
            ),
            Self::NotReadable | Self::TooLong => false,
        }
    }
}

impl Engine {
    /// Reads all pages of what a vendor shows.
    ///
    /// Reading takes tokens of the route's rate, so that vendors never get more than they take, and waits while the vendor
    /// asked for a pause; at a route one reading at a time asks. Otherwise it stands apart from delivery: it takes no permit, goes
    /// on while the route is paused or its breaker open, because that is when somebody wants to look, and no answer to it teaches
    /// the gate anything: who looks at a route must not be able to stop it.
    ///
    /// # Errors
    /// Why nothing was read; pages before a failure are dropped.
    pub async fn read(&self, route: RouteId, query: &ReadQuery<'_>) -> Result<Vec<ReadItem>, ReadError> {
        let current = self.current();
        let (Some(line), Some(route)) = (current.lines.get(&route), current.routes.get(route)) else {
            return Err(ReadError::NotReadable);
        };
        let mut pages = Pages::of(route, query)?;
        let busy = |_| ReadError::Busy(self.now());
        let turn = timeout(PATIENCE, line.reading().acquire()).await.map_err(busy)?;
        while let Some(request) = pages.request()? {
            let response = self.ask(line, route, &request).await?;
            pages.take(&request, &response)?;
        }
        drop(turn);
        Ok(pages.into_items())
    }

    async fn ask(
        &self,
        line: &Line,
        route: &Route,
        request: &ReadRequest,
    ) -> Result<VendorResponse, ReadError> {
        let patient_until = self.now() + crate::millis(PATIENCE);
        loop {
            let now = self.now();
            let throttled = line.gate().throttled_until(now);
            let Some(at) = throttled.or_else(|| line.take_token(now).err()) else { break };
            if at > patient_until {
                return Err(ReadError::Busy(at));
            }
            tokio::time::sleep(until(at, now)).await;
        }
        route.transport.read(request).await.map_err(ReadError::Unanswered)
    }

    /// The fields that a vendor's customer has defined.
    ///
    /// # Errors
    /// Why nothing was read.
    pub async fn definitions(&self, route: RouteId, with_values: bool) -> Result<Vec<Definition>, ReadError> {
        let items = self.read(route, &ReadQuery::Definitions { with_values }).await?;
        Ok(items.into_iter().filter_map(ReadItem::into_definition).collect())
    }

    /// The fields that a route maps and that nobody has defined at the vendor, with their leaves: what is sent for them is lost.
    ///
    /// # Errors
    /// Why nothing was read; [`ReadError::NotReadable`] where the vendor does not tell.
    pub async fn missing_fields(&self, route: RouteId) -> Result<Vec<(Leaf, String)>, ReadError> {
        let definitions = self.definitions(route, false).await?;
        let current = self.current();
        let known = current.routes.get(route).ok_or(ReadError::NotReadable)?;
        let missing = missing(&known.mapping, &definitions).into_iter();
        Ok(missing.map(|(leaf, to)| (leaf.clone(), to.to_owned())).collect())
    }
}

/// The reader of a route.
pub(super) fn reader(route: &Route) -> Result<&dyn Reader, ReadError> {
    route.adapter.reader().ok_or(ReadError::NotReadable)
}
