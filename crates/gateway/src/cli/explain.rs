use std::process::ExitCode;

use serde_json::{Map, Value as JsonValue, json};

use super::{
    block_on,
    call::{Target, text},
    filter::encoded,
    lanes::{attempts, kept},
    output::{say, table},
};

#[derive(Debug, clap::Args)]
pub(super) struct Arguments {
    #[command(flatten)]
    target: Target,
    /// Id of the user
    user: String,
    /// Name of the route; if omitted, all routes
    route: Option<String>,
    /// Print JSON
    #[arg(long)]
    json: bool,
}

pub(super) fn run(arguments: &Arguments) -> ExitCode {
    block_on(async {
        let told = match &arguments.route {
            Some(route) => at_route(arguments, route).await,
            None => at_all(arguments).await,
        };
        told.map_or_else(|exit| exit, |text| say(&text))
    })
}

async fn at_route(arguments: &Arguments, route: &str) -> Result<String, ExitCode> {
    let answer = ask(arguments, route).await?;
    Ok(if arguments.json { answer.to_string() } else { shown(&arguments.target.readable(answer)) })
}

async fn at_all(arguments: &Arguments) -> Result<String, ExitCode> {
    let routes = arguments.target.get("/v1/routes").await?;
    let mut answers = Map::new();
    for name in routes["routes"].as_object().into_iter().flatten().map(|(name, _)| name) {
        answers.insert(name.clone(), ask(arguments, name).await?);
    }
    if arguments.json {
        return Ok(json!({ "user": arguments.user, "routes": answers }).to_string());
    }
    Ok(match answers.is_empty() {
        true => "no route is configured".to_owned(),
        false => answers
            .into_values()
            .map(|one| shown(&arguments.target.readable(one)))
            .collect::<Vec<_>>()
            .join("\n\n"),
    })
}

async fn ask(arguments: &Arguments, route: &str) -> Result<JsonValue, ExitCode> {
    let path = format!("/v1/users/{}/routes/{}", encoded(&arguments.user), encoded(route));
    arguments.target.get(&path).await
}

/// How the user stands at a route; without the fields where the route knows nobody by this id.
fn shown(answer: &JsonValue) -> String {
    let state = match answer["reason"].as_str() {
        Some(reason) => format!("{} ({reason})", text(answer, "state")),
        None => text(answer, "state"),
    };
    let [user, route, version, next] = ["user", "route", "version", "next"].map(|name| text(answer, name));
    let head = format!("{user} at {route}: {state}, version {version}\nnext: {next}");
    if answer["lane"].is_null() {
        return head;
    }
    let fields = answer["fields"].as_object().into_iter().flatten();
    let heading = ["leaf", "to", "version", "state", "fate", "confirmed_at", "refused_since"];
    let table = table(&heading, fields.map(|(leaf, found)| row(leaf, found)), "no field was ever set");
    let kept = kept(answer);
    let gap = if kept.is_empty() { "" } else { "\n" };
    format!("{head}\n{kept}{gap}\n{table}\n\n{}", attempts(answer))
}

fn row(leaf: &str, found: &JsonValue) -> Vec<String> {
    let mut state = match found["state"].as_str() {
        Some("assumed") => "confirmed before the upgrade, as far as the old row tells".to_owned(),
        _ => text(found, "state"),
    };
    if found["unverified"] == true {
        state.push_str(", but another value was echoed");
    }
    let [to, version, fate, confirmed] =
        ["to", "version", "fate", "confirmed_at"].map(|name| text(found, name));
    vec![leaf.to_owned(), to, version, state, fate, confirmed, text(&found["held"], "since")]
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_refused_field_shows_since_when() {
        let answer = json!({
            "user": "crm-1", "route": "village", "version": 2, "state": "held", "lane": 1, "next": "…",
            "fields": { "nickname": { "version": 2, "state": "held", "held": { "version": 2, "since": "2026-11-21T08:00:00Z" } } },
        });
        let shown = shown(&answer);
        assert!(shown.contains("REFUSED_SINCE") && shown.contains("2026-11-21T08:00:00.000Z"), "{shown}");
    }

    #[test]
    fn where_a_user_has_no_identity_there_are_no_fields() {
        let answer = json!({ "user": "crm-1", "route": "village", "version": 2, "state": "no_identity", "next": "nothing" });
        assert_eq!(shown(&answer), "crm-1 at village: no_identity, version 2\nnext: nothing");
    }
}
