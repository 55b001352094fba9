use std::{io::IsTerminal, panic};

use tracing_subscriber::{EnvFilter, fmt, layer::SubscriberExt, util::SubscriberInitExt};

use crate::config::{LogConfig, LogFormat};

/// Writes the log to standard error as configured. A second call changes nothing.
pub(crate) fn init(config: &LogConfig) {
    let filter = EnvFilter::new(config.level.to_string());
    let registry = tracing_subscriber::registry().with(filter);
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

/// Writes errors alone, for people: a demo has something else to show.
pub(crate) fn quiet() {
    init(&LogConfig { level: tracing::Level::ERROR, format: LogFormat::Text });
}

/// A panic's message may carry what was being worked on; its place says enough.
fn hide_panic_messages() {
    panic::set_hook(Box::new(|info| {
        let place = info.location().map(ToString::to_string).unwrap_or_default();
        tracing::error!(place, "a part of the gateway failed");
    }));
}
