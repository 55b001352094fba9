//! The gateway in numbers (OpenMetrics 1.0).
//!
//! What happens is counted where it happens ([`Metrics`], which the engine, the store and the listeners are handed); how things
//! stand is asked for when somebody looks ([`scrape`]). Labels are configured names and words of the API, so that the number
//! of series is bounded and none is about one person.

mod labels;
mod record;
mod scrape;
mod standing;
mod webhook;

#[cfg(test)]
mod tests;

pub use record::Metrics;
pub use scrape::scrape;
pub use webhook::WebhookSeries;

/// What every name begins with.
const PREFIX: &str = "profile_gateway";
