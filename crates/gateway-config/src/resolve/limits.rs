use std::time::Duration;

use delivery::{Limits, Rate};

use super::{
    duration::{self, Bounds},
    rate,
};
use crate::{Vendor, file::RouteSection, findings::Findings, option_path::OptionPath};

const DEFAULT_CONCURRENCY: u32 = 16;
/// The most requests at one time that an option may ask for.
pub(crate) const MOST_CONCURRENCY: i64 = 1024;
const DEFAULT_TIMEOUT: Duration = Duration::from_secs(15);
const DEFAULT_SETTLE: Duration = Duration::from_secs(60);

/// What a file says about how hard a route may be used.
pub(super) struct RouteLimits {
    concurrency: u32,
    rate: Option<Rate>,
    timeout: Duration,
    settle: Duration,
}

impl RouteLimits {
    /// The limits of a route, with its vendor's own rate where the file has none.
    pub(super) fn into_limits(
        self,
        vendor: Vendor,
        rate_key: String,
        apply_window: Option<Duration>,
    ) -> Limits {
        Limits {
            concurrency: self.concurrency,
            rate: self.rate.unwrap_or(Rate::PerSecond(vendor.dialect().requests_per_second)),
            rate_key,
            timeout: self.timeout,
            settle: self.settle,
            apply_window,
        }
    }
}

/// The options about how hard a route may be used.
pub(super) fn resolve(
    section: &RouteSection,
    path: &OptionPath,
    findings: &mut Findings<'_>,
) -> Option<RouteLimits> {
    let concurrency = match section.concurrency {
        None => Some(DEFAULT_CONCURRENCY),
        Some(number) if (1..=MOST_CONCURRENCY).contains(&number) => u32::try_from(number).ok(),
        Some(_) => {
            findings
                .mistake(&path.child("concurrency"), format!("write a number from 1 to {MOST_CONCURRENCY}"));
            None
        }
    };
    let rate = match section.rate.as_deref() {
        None => Some(None),
        text => findings.read(&path.child("rate"), text, rate::parse).map(Some),
    };
    let mut time = |name, text: &Option<String>, bounds: &Bounds, default| match text.as_deref() {
        None => Some(default),
        text => findings.read(&path.child(name), text, |text| duration::parse(text, bounds)),
    };
    let timeout = time("timeout", &section.timeout, &Bounds::TIMEOUT, DEFAULT_TIMEOUT);
    let settle = time("settle", &section.settle, &Bounds::SETTLE, DEFAULT_SETTLE);
    Some(RouteLimits { concurrency: concurrency?, rate: rate?, timeout: timeout?, settle: settle? })
}
