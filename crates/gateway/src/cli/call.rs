use std::process::ExitCode;

use canonical::Unseen;
use gateway_config::duration::{from_now, spoken};
use jiff::Timestamp;
use secrecy::{ExposeSecret, SecretString};
use serde_json::Value as JsonValue;
use transport_http::{CallError, OperatorClient};

use crate::exit::{fail, refuse};

/// Where the operator listener is unless it is configured otherwise.
const USUAL: &str = "http://127.0.0.1:8081";

/// Where a running gateway is.
#[derive(Debug, clap::Args)]
pub(super) struct Target {
    /// Address of the gateway's operator listener
    #[arg(
        long,
        value_name = "URL",
        default_value = USUAL,
        env = "PROFILE_GATEWAY_OPERATOR",
        value_parser = address
    )]
    operator: String,
    /// A key with the scope operate; prefer the environment variable
    #[arg(long, value_name = "KEY", env = "PROFILE_GATEWAY_KEY", hide_env_values = true, value_parser = secret)]
    key: Option<SecretString>,
    /// Print absolute times in UTC instead of relative times
    #[arg(long)]
    utc: bool,
}

fn secret(text: &str) -> Result<SecretString, std::convert::Infallible> {
    Ok(SecretString::from(text))
}

/// A URL, or an address and a port, which are those of a URL without TLS. A variable that is set to nothing is not set.
fn address(text: &str) -> Result<String, String> {
    if text.is_empty() {
        return Ok(USUAL.to_owned());
    }
    let (scheme, rest) = text.split_once("://").unwrap_or(("http", text));
    let host = rest.split('/').next().unwrap_or_default();
    if !matches!(scheme, "http" | "https") || host.is_empty() || host.contains(['@', ' ']) {
        return Err("write the address of the operator listener, such as http://127.0.0.1:8081".to_owned());
    }
    Ok(format!("{scheme}://{rest}"))
}

impl Target {
    /// Reads a resource of the gateway as JSON.
    ///
    /// # Errors
    /// The exit code, after the reason was printed.
    pub(super) async fn get(&self, path_and_query: &str) -> Result<JsonValue, ExitCode> {
        self.read(self.client()?.get(path_and_query).await)
    }

    /// Asks the gateway for an act; errors as [`Target::get`].
    pub(super) async fn post(&self, path_and_query: &str) -> Result<JsonValue, ExitCode> {
        self.read(self.client()?.post(path_and_query).await)
    }

    /// An answer for people: points in time as they are told apart best, unless `--utc` is given.
    pub(super) fn readable(&self, answer: JsonValue) -> JsonValue {
        if self.utc { answer } else { relative(answer, "", Timestamp::now()) }
    }

    fn client(&self) -> Result<OperatorClient, ExitCode> {
        if let Some(unseen) = self.key().and_then(|key| Unseen::first_of(key.expose_secret())) {
            return Err(refuse(&format!("{unseen}, of the key; {} there", unseen.remedy())));
        }
        OperatorClient::new(&self.operator, self.key().cloned()).map_err(|error| fail(&error.to_string()))
    }

    /// The key; a variable that is set to nothing is none.
    fn key(&self) -> Option<&SecretString> {
        self.key.as_ref().filter(|key| !key.expose_secret().is_empty())
    }

    fn read(&self, answer: Result<(u16, Vec<u8>), CallError>) -> Result<JsonValue, ExitCode> {
        let (status, body) = answer.map_err(|error| fail(&error.to_string()))?;
        let json: JsonValue =
            serde_json::from_slice(&body).map_err(|_| fail("the answer is not JSON; is this a gateway?"))?;
        match status {
            401 if self.key().is_none() => {
                Err(refuse("the gateway wants a key with the scope operate: set PROFILE_GATEWAY_KEY"))
            }
            401 => Err(refuse(
                "the gateway does not know this key; give one whose hash stands in its configuration, with the scope operate",
            )),
            403 => Err(refuse(
                "the gateway knows this key, and it lacks the scope operate; give another one, or add the scope and reload",
            )),
            400.. => {
                let detail = json.get("detail").or(json.get("title")).and_then(JsonValue::as_str);
                Err(fail(&format!("the gateway answers {status}: {}", detail.unwrap_or("refused"))))
            }
            _ => Ok(json),
        }
    }
}

/// The text of a member, or a dash; times in one width.
pub(super) fn text(json: &JsonValue, name: &str) -> String {
    match &json[name] {
        JsonValue::Null => "–".to_owned(),
        JsonValue::String(text) if is_time(name) => {
            text.parse::<Timestamp>().map_or_else(|_| text.clone(), |time| format!("{time:.3}"))
        }
        JsonValue::String(text) => text.clone(),
        other => other.to_string(),
    }
}

/// Points in time as how long ago or ahead they are.
fn relative(json: JsonValue, name: &str, now: Timestamp) -> JsonValue {
    match json {
        JsonValue::Object(members) => {
            let members = members.into_iter().map(|(name, value)| {
                let value = relative(value, &name, now);
                (name, value)
            });
            JsonValue::Object(members.collect())
        }
        JsonValue::Array(items) => items.into_iter().map(|item| relative(item, name, now)).collect(),
        JsonValue::String(text) if is_time(name) => match text.parse::<Timestamp>() {
            Ok(at) => from_now(at.as_millisecond(), now.as_millisecond()).into(),
            Err(_) => text.into(),
        },
        JsonValue::String(text) if matches!(name, "next" | "hint") => {
            spoken(&text, now.as_millisecond()).into()
        }
        other => other,
    }
}

fn is_time(name: &str) -> bool {
    ["at", "since"].contains(&name) || ["_at", "_since"].iter().any(|end| name.ends_with(end))
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn an_address_without_a_scheme_is_one_without_tls() {
        for (text, url) in [
            ("", USUAL),
            ("127.0.0.1:8081", "http://127.0.0.1:8081"),
            ("localhost:8081", "http://localhost:8081"),
            ("[::1]:8081", "http://[::1]:8081"),
            ("https://ops.example.com/gw", "https://ops.example.com/gw"),
        ] {
            assert_eq!(address(text).as_deref(), Ok(url));
        }
        for text in ["http://", "ftp://x", "http://a@b", "a b", "/x"] {
            assert!(address(text).is_err(), "{text}");
        }
    }

    #[test]
    fn times_are_told_as_how_long_ago_or_ahead_they_are() {
        let row = json!({ "lanes": [{ "behind_since": "2026-11-21T08:00:00Z", "next_attempt_at": "2026-11-21T08:20:00Z",
            "detail": "2026-11-21T08:00:00Z", "next": "sent at 2026-11-21T08:20:00Z" }] });
        let now = "2026-11-21T08:05:00Z".parse().expect("a time");
        let lane = &relative(row, "", now)["lanes"][0];
        assert_eq!(
            (&lane["behind_since"], &lane["next_attempt_at"]),
            (&json!("5 min ago"), &json!("in 15 min"))
        );
        assert_eq!(lane["next"], "sent in 15 min");
        assert_eq!(lane["detail"], "2026-11-21T08:00:00Z");
    }

    #[test]
    fn times_have_one_width_and_other_texts_stay() {
        let row = json!({ "at": "2026-11-21T08:00:00.97Z", "oldest_since": "2026-11-21T08:00:00Z", "detail": "2026-11-21T08:00:00Z" });
        assert_eq!(text(&row, "at"), "2026-11-21T08:00:00.970Z");
        assert_eq!(text(&row, "oldest_since"), "2026-11-21T08:00:00.000Z");
        assert_eq!(text(&row, "detail"), "2026-11-21T08:00:00Z");
        assert_eq!(text(&row, "confirmed_at"), "–");
    }
}
