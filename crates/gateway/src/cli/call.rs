use std::process::ExitCode;

use secrecy::SecretString;
use serde_json::Value as JsonValue;
use transport_http::{CallError, OperatorClient};

use crate::exit::{fail, refuse};

/// Where a running gateway is.
#[derive(Debug, clap::Args)]
pub(super) struct Target {
    /// The gateway's operator listener
    #[arg(
        long,
        value_name = "URL",
        default_value = "http://127.0.0.1:8081",
        env = "PROFILE_GATEWAY_OPERATOR"
    )]
    operator: String,
    /// A key with the scope operate; better given by the environment variable
    #[arg(long, value_name = "KEY", env = "PROFILE_GATEWAY_KEY", hide_env_values = true, value_parser = secret)]
    key: Option<SecretString>,
}

fn secret(text: &str) -> Result<SecretString, std::convert::Infallible> {
    Ok(SecretString::from(text))
}

impl Target {
    /// Reads a resource of the gateway as JSON.
    ///
    /// # Errors
    /// The exit code, after the reason was printed.
    pub(super) async fn get(&self, path_and_query: &str) -> Result<JsonValue, ExitCode> {
        read(self.client()?.get(path_and_query).await)
    }

    /// Asks the gateway for an act; errors as [`Target::get`].
    pub(super) async fn post(&self, path_and_query: &str) -> Result<JsonValue, ExitCode> {
        read(self.client()?.post(path_and_query).await)
    }

    fn client(&self) -> Result<OperatorClient, ExitCode> {
        OperatorClient::new(&self.operator, self.key.clone()).map_err(|error| fail(&error.to_string()))
    }
}

fn read(answer: Result<(u16, Vec<u8>), CallError>) -> Result<JsonValue, ExitCode> {
    let (status, body) = answer.map_err(|error| fail(&error.to_string()))?;
    let json: JsonValue =
        serde_json::from_slice(&body).map_err(|_| fail("the answer is not JSON; is this a gateway?"))?;
    if status == 401 {
        return Err(refuse("the gateway wants a key with the scope operate: set PROFILE_GATEWAY_KEY"));
    }
    if status >= 400 {
        let detail =
            json.get("detail").or(json.get("title")).and_then(JsonValue::as_str).unwrap_or("refused");
        return Err(fail(&format!("the gateway answers {status}: {detail}")));
    }
    Ok(json)
}

/// The text of a member, or a dash.
pub(super) fn text(json: &JsonValue, name: &str) -> String {
    match &json[name] {
        JsonValue::Null => "–".to_owned(),
        JsonValue::String(text) => text.clone(),
        other => other.to_string(),
    }
}
