use uuid::Uuid;

/// The id of a route, given once to a name and never to another one.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct RouteId(pub i64);

/// The id of a lane, never reused.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct LaneId(pub i64);

/// The id of an accepted update: a UUID of version 7 (RFC 9562), so that ids sort by time.
pub type UpdateId = Uuid;
