use super::{Gate, Pause, PauseCause};
use crate::Millis;

/// What keeps a route from sending now.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct RouteCondition {
    /// The route is paused.
    pub pause: Option<Pause>,
    /// The breaker is open until then.
    pub breaker_until: Option<Millis>,
    /// The route makes a pause until then.
    pub throttled_until: Option<Millis>,
    /// What that pause is for.
    pub throttled_by: PauseCause,
    /// Requests under way.
    pub in_flight: u32,
    /// The most requests at one time now.
    pub limit: u32,
    /// How often since the start a request had to wait for nothing but the rate.
    pub rate_waits: u64,
}

impl Gate {
    /// What keeps its route from sending now, and how often the rate did.
    pub fn condition(&self, rate_waits: u64, now: Millis) -> RouteCondition {
        let (in_flight, limit) = self.concurrency();
        RouteCondition {
            pause: self.pause(),
            breaker_until: self.breaker_open_until(),
            throttled_until: self.throttled_until(now),
            throttled_by: self.throttle.cause(),
            in_flight,
            limit,
            rate_waits,
        }
    }
}
