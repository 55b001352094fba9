use std::time::Duration;

use adapter::{Definition, ReadItem, ReadQuery, ReadRequest, Reader, VendorResponse};
use tokio::{sync::SemaphorePermit, time::timeout};

use super::{Engine, route_runtime::RouteRuntime};
use crate::{
    Route, RouteId,
    reading::{ReadError, Reading},
    until,
};

/// How long a reading waits for its turn and for the route's rate.
const PATIENCE: Duration = Duration::from_secs(10);

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
        let (Some(runtime), Some(route)) = (current.runtimes.get(&route), current.routes.get(route)) else {
            return Err(ReadError::NotReadable);
        };
        let mut reading = Reading::of(route, query)?;
        let _turn = self.turn(runtime).await?;
        while let Some(request) = reading.request()? {
            let response = self.ask_in_turn(runtime, route, &request).await?;
            reading.take(&request, &response)?;
        }
        Ok(reading.into_items())
    }

    /// Has a vendor answer one request, as a reading of one page would.
    ///
    /// # Errors
    /// Why there is no answer.
    pub async fn ask(&self, route: RouteId, request: &ReadRequest) -> Result<VendorResponse, ReadError> {
        let current = self.current();
        let (Some(runtime), Some(route)) = (current.runtimes.get(&route), current.routes.get(route)) else {
            return Err(ReadError::NotReadable);
        };
        let _turn = self.turn(runtime).await?;
        self.ask_in_turn(runtime, route, request).await
    }

    async fn turn<'a>(&self, runtime: &'a RouteRuntime) -> Result<SemaphorePermit<'a>, ReadError> {
        let turn = timeout(PATIENCE, runtime.reading().acquire()).await;
        turn.ok().and_then(Result::ok).ok_or_else(|| ReadError::Busy(self.now()))
    }

    async fn ask_in_turn(
        &self,
        runtime: &RouteRuntime,
        route: &Route,
        request: &ReadRequest,
    ) -> Result<VendorResponse, ReadError> {
        let patient_until = self.now() + crate::millis(PATIENCE);
        loop {
            let now = self.now();
            let throttled = runtime.gate().throttled_until(now);
            let Some(at) = throttled.or_else(|| runtime.take_token(now).err()) else { break };
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
}

/// The reader of a route.
pub(super) fn reader(route: &Route) -> Result<&dyn Reader, ReadError> {
    route.adapter.reader().ok_or(ReadError::NotReadable)
}
