//! The operator pages in a real browser: Chromium without a window, led by ChromeDriver, against the real binary and the
//! simulated vendors. Fails at the first thing that is not as it should be. Screenshots go to `target/screenshots`.
//!
//! `cargo run -p e2e --bin pages` needs `chromium` and `chromedriver` (Debian: `chromium`, `chromium-driver`).

mod browser;
mod driver;
mod examine;
mod scenes;
mod stage;
mod views;

use std::{io::Write, process::ExitCode};

use stage::Stage;

/// One thing that an operator does, and what must come of it.
type Scene = (&'static str, fn(&mut Stage));

const SCENES: [Scene; 12] = [
    ("nobody is let in without a key, and a key opens the routes", scenes::sign_in),
    ("what happens elsewhere is seen without loading the page again", scenes::live),
    ("a route is paused by keyboard alone", scenes::pause_by_keyboard),
    ("a route is resumed by a click", scenes::resume),
    ("a plan shows four requests and every field's fate", scenes::plan),
    ("a held value is found, understood and tried again", scenes::retry),
    ("a hostile value is text", scenes::hostile),
    ("forms work without a script", scenes::without_script),
    ("every page is sound, and fits a phone, in the dark and in the light", views::all),
    ("a script that is not the page's own is refused, and the console says so", scenes::policy),
    ("a route that a reload has removed goes from the page by itself", scenes::reload),
    ("signing out ends it, and a stop of the gateway ends the stream", scenes::leave),
];

fn main() -> ExitCode {
    let mut stage = Stage::new();
    for (what, scene) in SCENES {
        say(what);
        scene(&mut stage);
    }
    say(&format!("screenshots are in {}", stage.screenshots().display()));
    ExitCode::SUCCESS
}

fn say(line: &str) {
    // Nobody may be reading.
    let _ = writeln!(std::io::stdout(), "{line}");
}
