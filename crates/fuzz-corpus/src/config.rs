//! The configuration: any text is a configuration or a list of mistakes, and no secret is ever shown.

use std::path::Path;

use gateway_config::{Config, Environment, Style};

const SECRET: &str = "canary-7Qx2";

/// Places in which people put secrets by mistake, each a piece of TOML that stands by itself.
const PLANTED: [&str; 7] = [
    "",
    "[routes.planted]\nvendor = \"village\"\ncredential = \"canary-7Qx2\"\n",
    "[routes.planted]\nvendor = \"communal\"\ncredential = { value = \"canary-7Qx2\", env = 7 }\n",
    "[routes.planted]\ntoken = \"canary-7Qx2\"\n",
    "[[keys]]\nname = \"planted\"\nhash = \"canary-7Qx2\"\n",
    "[routes.planted]\nbase_url = \"https://user:canary-7Qx2@vendor.example/\"\n",
    "[routes.planted]\ncredential = { env = \"canary-7Qx2\" }\n",
];

/// Reads `data` without variables, with a variable that holds a secret, and with a secret planted at its end.
pub fn target(data: &[u8]) {
    let text = String::from_utf8_lossy(data);
    if text.contains(SECRET) {
        return;
    }
    read(&text, &Environment::default());
    let secret: Environment = [("TOKEN", SECRET)].into_iter().collect();
    // The planted lines begin on a line of their own: text that is left open before them is no TOML.
    read(&format!("{text}\n{}", PLANTED[data.len() % PLANTED.len()]), &secret);
}

fn read(text: &str, environment: &Environment) {
    match Config::parse("gateway.toml", text, Path::new("/nonexistent"), environment) {
        Ok(config) => {
            show_nothing(&format!("{config:?}"));
            assert!(!config.keys.is_empty(), "a configuration that nobody can call");
            for warning in &config.warnings {
                show_nothing(&warning.one_line("gateway.toml"));
                show_nothing(&warning.render_warning("gateway.toml", Style::Plain));
            }
        }
        Err(errors) => {
            assert!(!errors.mistakes.is_empty(), "refused without a reason");
            show_nothing(&errors.to_string());
            show_nothing(&errors.render(Style::Plain));
            show_nothing(&format!("{errors:?}"));
        }
    }
}

fn show_nothing(text: &str) {
    assert!(!text.contains(SECRET), "a secret is shown: {text}");
}
