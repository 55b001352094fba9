use std::{io::IsTerminal, panic};

use tracing::Level;
use tracing_subscriber::{EnvFilter, fmt, layer::SubscriberExt, util::SubscriberInitExt};

use crate::config::{LogConfig, LogFormat};

/// Writes the log to standard error as configured. A second call changes nothing.
pub(crate) fn init(config: &LogConfig) {
    let registry = tracing_subscriber::registry().with(filter(config.level));
    let ready = match config.format {
        LogFormat::Json => {
            registry.with(fmt::layer().json().flatten_event(true).with_writer(std::io::stderr)).try_init()
        }
        LogFormat::Text => {
            let colours = std::io::stderr().is_terminal();
            registry.with(fmt::layer().with_ansi(colours).with_writer(std::io::stderr)).try_init()
        }
    };
    if ready.is_ok() {
        hide_panic_messages();
    }
}

/// The gateway's own crates, whose messages hold nobody's values; a name stands for all targets that begin with it.
const OWN: [&str; 6] = ["adapter", "canonical", "delivery", "gateway", "store_sqlite", "transport_http"];

/// The level is that of the gateway's own messages. Below a warning, libraries repeat what they work on: a telephone number
/// that is parsed, an address that is connected to.
fn filter(level: Level) -> EnvFilter {
    let others = level.min(Level::WARN);
    let own = OWN.map(|name| format!("{name}={level}")).join(",");
    EnvFilter::new(format!("{others},rlibphonenumber=off,{own}"))
}

/// Writes errors alone, for people: a demo has something else to show.
pub(crate) fn quiet() {
    init(&LogConfig { level: Level::ERROR, format: LogFormat::Text });
}

/// A panic's message may carry what was being worked on; its place says enough.
fn hide_panic_messages() {
    panic::set_hook(Box::new(|info| {
        let place = info.location().map(ToString::to_string).unwrap_or_default();
        tracing::error!(place, "a part of the gateway failed");
    }));
}
