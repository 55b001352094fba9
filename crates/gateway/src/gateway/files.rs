//! How many files the process may have open. A connection is one; without room for the store's own and for connections to
//! vendors, strangers' connections would take it from them.

use http_api::callers::ServerLimits;
use rustix::process::{Resource, Rlimit, getrlimit, setrlimit};

/// What the store, the log, the listeners and the runtime have open, with room to spare.
const OWN: usize = 128;
/// With fewer connections than this a gateway is of no use.
const FEWEST: usize = 16;

/// The process may have too few open files to work.
#[derive(Debug, thiserror::Error)]
#[error(
    "the process may have {limit} open files and needs {needed}; raise the limit (LimitNOFILE= of systemd, --ulimit nofile= \
     of a container, ulimit -n of a shell)"
)]
pub struct TooFew {
    limit: usize,
    needed: usize,
}

/// Raises the limit of open files as far as the process may, and takes as many of the callers' connections as there is room for
/// beside `others`.
pub(super) fn fit(callers: ServerLimits, others: usize) -> Result<ServerLimits, TooFew> {
    match raise() {
        Some(limit) => within(limit, callers, others),
        None => Ok(callers),
    }
}

/// Raises the soft limit to the hard one. The limit afterwards; none when there is none.
fn raise() -> Option<usize> {
    let Rlimit { current, maximum } = getrlimit(Resource::Nofile);
    let raised =
        current != maximum && setrlimit(Resource::Nofile, Rlimit { current: maximum, maximum }).is_ok();
    let limit = if raised { maximum } else { current };
    limit.map(|limit| usize::try_from(limit).unwrap_or(usize::MAX))
}

fn within(limit: usize, callers: ServerLimits, others: usize) -> Result<ServerLimits, TooFew> {
    let beside = callers.files() - callers.connections + others + OWN;
    let connections = limit.saturating_sub(beside);
    if connections >= callers.connections {
        return Ok(callers);
    }
    if connections < FEWEST {
        return Err(TooFew { limit, needed: beside + FEWEST });
    }
    tracing::warn!(
        limit,
        max_connections = callers.connections,
        connections,
        "the process may have too few open files for server.max_connections: it takes fewer; raise the limit \
         (LimitNOFILE= of systemd, --ulimit nofile= of a container, ulimit -n of a shell) or lower the option"
    );
    Ok(ServerLimits { connections, ..callers })
}

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use super::*;

    #[test]
    fn connections_leave_room_for_the_store_and_the_vendors() {
        let callers = ServerLimits { workers: 2, connections: 10_000, shutdown: Duration::ZERO };
        let fits = |limit| within(limit, callers, 300).map(|limits| limits.connections);
        assert_eq!(fits(65_536).ok(), Some(10_000));
        assert_eq!(fits(1_024).ok(), Some(1_024 - 300 - OWN - 2 * 16));
        let refused = fits(256).expect_err("too few").to_string();
        assert!(refused.contains("may have 256 open files and needs 476"), "{refused}");
    }
}
