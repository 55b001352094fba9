use std::{
    io::{IsTerminal, Write},
    panic,
};

use gateway_config::{LogConfig, LogFormat};
use tracing::Level;
use tracing_subscriber::{EnvFilter, fmt, layer::SubscriberExt, util::SubscriberInitExt};

/// Writes the log to standard error as configured. A second call changes nothing.
pub(crate) fn init(config: &LogConfig) {
    let registry = tracing_subscriber::registry().with(filter(config.level));
    let _ = match config.format {
        LogFormat::Json => {
            registry.with(fmt::layer().json().flatten_event(true).with_writer(std::io::stderr)).try_init()
        }
        LogFormat::Text => {
            let colours = std::io::stderr().is_terminal();
            registry.with(fmt::layer().with_ansi(colours).with_writer(std::io::stderr)).try_init()
        }
    };
}

/// The gateway's own crates, whose messages hold nobody's values; a name stands for all targets that begin with it.
const OWN: [&str; 8] = [
    "adapter",
    "api_types",
    "canonical",
    "delivery",
    "gateway",
    "http_api",
    "store_sqlite",
    "transport_http",
];

/// The level is that of the gateway's own messages. Below a warning, libraries repeat what they work on: a telephone number
/// that is parsed, an address that is connected to. `actix_http` calls every broken request an error, and anybody can send one.
fn filter(level: Level) -> EnvFilter {
    let others = level.min(Level::WARN);
    let own = OWN.map(|name| format!("{name}={level}")).join(",");
    EnvFilter::new(format!("{others},rlibphonenumber=off,actix_http=off,{own}"))
}

/// Writes errors alone, for people: a demo has something else to show.
pub(crate) fn quiet() {
    init(&LogConfig { level: Level::ERROR, format: LogFormat::Text });
}

/// A panic's message may carry what was being worked on, a person or a secret; its place says enough. To be called before
/// anything is read.
pub(crate) fn hide_panic_messages() {
    panic::set_hook(Box::new(|info| {
        let place = info.location().map(ToString::to_string).unwrap_or_default();
        if tracing::dispatcher::has_been_set() {
            tracing::error!(place, "a part of the gateway failed");
        } else {
            // Not with a macro that panics when nobody reads.
            let _ = writeln!(std::io::stderr(), "a part of the gateway failed at {place}");
        }
    }));
}

#[cfg(test)]
mod tests {
    use std::{env, process::Command, thread};

    use actix_web::{
        App, HttpResponse,
        middleware::from_fn,
        rt::System,
        test::{TestRequest, call_service, init_service},
        web,
    };

    use super::*;
    use crate::cli;
    use http_api::callers;

    const LOG: &str = "LOG_OF_A_TEST_THAT_PANICS";
    const PLANTED: &str = "Zqxvalue";
    const PANICS: usize = 4;

    /// In a process of its own, because a process has one log and one hook.
    #[test]
    fn no_panic_prints_what_was_being_worked_on() {
        if let Ok(log) = env::var(LOG) {
            return panic_everywhere(&log);
        }
        for log in ["none", "text", "json"] {
            let program = env::current_exe().expect("the test program");
            let output = Command::new(program)
                .args(["--exact", "log::tests::no_panic_prints_what_was_being_worked_on", "--nocapture"])
                .env(LOG, log)
                .env("RUST_BACKTRACE", "1")
                .output()
                .expect("the test program runs");
            let said = [output.stdout, output.stderr].concat();
            let said = String::from_utf8_lossy(&said);
            assert!(output.status.success() && said.contains("1 passed"), "{log}: {said}");
            assert_eq!(said.matches("a part of the gateway failed").count(), PANICS, "{log}: {said}");
            assert_eq!(said.matches("log.rs:").count(), PANICS, "{log}: {said}");
            assert!(!said.contains(PLANTED), "{log}: {said}");
        }
    }

    fn panic_everywhere(log: &str) {
        // Whoever reads the arguments can panic already.
        let arguments = std::iter::from_fn(|| -> Option<String> { panic!("{PLANTED}") });
        thread::spawn(|| cli::run_with(arguments)).join().expect_err("a panic");
        match log {
            "text" => init(&LogConfig { level: Level::TRACE, format: LogFormat::Text }),
            "json" => init(&LogConfig { level: Level::TRACE, format: LogFormat::Json }),
            _ => {}
        }
        thread::spawn(|| PLANTED.parse::<u8>().expect(PLANTED)).join().expect_err("a panic");
        let runtime = tokio::runtime::Runtime::new().expect("a runtime");
        let task = runtime.spawn(async { panic!("{PLANTED}") });
        assert!(runtime.block_on(task).is_err_and(|error| error.is_panic()));
        System::new().block_on(panic_in_a_handler());
    }

    async fn panic_in_a_handler() {
        async fn fails() -> HttpResponse {
            panic!("{PLANTED}")
        }
        let resource = callers::resource("/", "GET").route(web::get().to(fails));
        let app = init_service(App::new().wrap(from_fn(callers::observe)).service(resource)).await;
        let answer = call_service(&app, TestRequest::get().uri("/").to_request()).await;
        assert_eq!(answer.status(), 503);
    }
}
