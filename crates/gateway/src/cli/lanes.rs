use std::{process::ExitCode, time::Duration};

use clap::Subcommand;
use serde_json::{Value as JsonValue, json};

use super::{
    block_on,
    call::{Target, text},
    filter::Filter,
    output::{counted, say, table},
    progress::counter,
};

#[derive(Debug, clap::Args)]
#[command(args_conflicts_with_subcommands = true)]
pub(super) struct Arguments {
    #[command(flatten)]
    list: List,
    #[command(subcommand)]
    command: Option<Command>,
}

#[derive(Debug, Subcommand)]
enum Command {
    /// Show one lane: what the vendor has confirmed and still keeps, the attempts, and the next step
    Show(Show),
    /// Retry one lane, or all lanes that match the filter; by default those that are held or blocked
    Retry(Retry),
}

#[derive(Debug, clap::Args)]
struct List {
    #[command(flatten)]
    target: Target,
    #[command(flatten)]
    filter: Filter,
    /// Maximum number of lanes, 1 to 100
    #[arg(long, default_value_t = 50, value_parser = clap::value_parser!(u32).range(1..=100))]
    limit: u32,
    /// Continue after this lane or user: `next` of the previous page
    #[arg(long)]
    after: Option<String>,
    /// Print JSON
    #[arg(long)]
    json: bool,
}

#[derive(Debug, clap::Args)]
struct Show {
    #[command(flatten)]
    target: Target,
    /// Id of the lane
    id: i64,
    /// Print JSON
    #[arg(long)]
    json: bool,
}

#[derive(Debug, clap::Args)]
struct Retry {
    #[command(flatten)]
    target: Target,
    /// Id of the lane; if omitted, all lanes that match the filter
    #[arg(conflicts_with_all = ["route", "user", "state", "reason", "older_than"])]
    id: Option<i64>,
    #[command(flatten)]
    filter: Filter,
    /// Maximum number of lanes to retry per second
    #[arg(long, default_value_t = 50, value_parser = clap::value_parser!(u32).range(1..=1000))]
    per_second: u32,
    /// Print JSON
    #[arg(long)]
    json: bool,
}

/// What is listed or tried again unless a filter says otherwise.
const ATTENTION: &str = "held,blocked";
/// The most lanes of a page.
const PAGE: u32 = 100;

pub(super) fn run(arguments: &Arguments) -> ExitCode {
    let done = |result: Result<String, ExitCode>| result.map_or_else(|exit| exit, |text| say(&text));
    block_on(async {
        match &arguments.command {
            None => done(list(&arguments.list).await),
            Some(Command::Show(arguments)) => done(show(arguments).await),
            Some(Command::Retry(arguments)) => done(retry(arguments).await),
        }
    })
}

async fn list(arguments: &List) -> Result<String, ExitCode> {
    let mut query = arguments.filter.query(ATTENTION);
    query.add("limit", Some(&arguments.limit.to_string()));
    query.add("after", arguments.after.as_deref());
    let answer = arguments.target.get(&query.after("/v1/lanes")).await?;
    if arguments.json {
        return Ok(answer.to_string());
    }
    let answer = arguments.target.readable(answer);
    let lanes = answer["lanes"].as_array().cloned().unwrap_or_default();
    let names = ["id", "user", "route", "state", "reason", "held", "keeps", "attempts", "behind_since"];
    let cell = |lane, name: &&str| if *name == "held" { held(lane) } else { text(lane, name) };
    let rows = lanes.iter().map(|lane| names.iter().map(|name| cell(lane, name)).collect());
    let mut shown = table(&names, rows, "");
    if lanes.is_empty() {
        shown = nobody(&arguments.target.get("/v1/routes").await?, &query.after("/v1/lanes"));
    }
    if let Some(next) = answer["next"].as_str() {
        shown.push_str(&format!("\n\nmore: --after {next}"));
    }
    Ok(shown)
}

/// That no lane matches a query, and who else there is at the routes.
fn nobody(answer: &JsonValue, query: &str) -> String {
    let routes = || answer["routes"].as_object().into_iter().flatten();
    let total = |name: &str| routes().filter_map(|(_, route)| route["users"][name].as_u64()).sum::<u64>();
    let asked = query.split(['?', '&']).find_map(|part| part.strip_prefix("state=")).unwrap_or_default();
    let others: Vec<String> = OTHERS
        .iter()
        .filter(|(state, ..)| !asked.split("%2C").any(|asked| asked.replace("%5F", "_") == *state))
        .map(|(state, count, one, many)| (state, total(count), one, many))
        .filter(|(_, count, ..)| *count > 0)
        .map(|(state, count, one, many)| format!("{}: lanes --state {state}", counted(count, one, many)))
        .collect();
    let none = "no lane matches";
    if others.is_empty() { none.to_owned() } else { format!("{none}; {}", others.join(", ")) }
}

/// Who may be there instead: the state, its count, and how it is said of one and of several.
const OTHERS: [(&str, &str, &str, &str); 5] = [
    ("pending", "pending", "user waits", "users wait"),
    ("held", "held", "user has a refused value", "users have a refused value"),
    ("blocked", "blocked", "user is blocked", "users are blocked"),
    ("in_doubt", "in_doubt", "user is in doubt", "users are in doubt"),
    ("keeps", "keeping", "user is kept something of", "users are kept something of"),
];

/// The leaves that the vendor refused, or a dash.
fn held(lane: &JsonValue) -> String {
    let leaves: Vec<&str> = lane["held"].as_object().into_iter().flatten().map(|(leaf, _)| &**leaf).collect();
    if leaves.is_empty() { "–".to_owned() } else { leaves.join(", ") }
}

async fn show(arguments: &Show) -> Result<String, ExitCode> {
    let answer = arguments.target.get(&format!("/v1/lanes/{}", arguments.id)).await?;
    if arguments.json {
        return Ok(answer.to_string());
    }
    let answer = arguments.target.readable(answer);
    let lane = &answer["lane"];
    let facts = [
        "user",
        "route",
        "state",
        "reason",
        "version",
        "standing",
        "confirmed_at",
        "behind_since",
        "next_attempt_at",
        "trace_id",
    ];
    let facts = facts.iter().filter(|name| !lane[**name].is_null());
    let mut shown = table(&["fact", ""], facts.map(|name| vec![(*name).to_owned(), text(lane, name)]), "");
    for (leaf, hold) in lane["held"].as_object().into_iter().flatten() {
        let since = text(hold, "since");
        shown.push_str(&format!("\nheld: {leaf} at version {}, first refused {since}", hold["version"]));
    }
    if !answer["confirmed_version"].is_null() {
        shown.push_str(&format!("\nconfirmed: all up to version {}", answer["confirmed_version"]));
    }
    shown.push_str(&kept(&answer));
    shown.push_str(&format!("\n\nnext: {}\n\n", text(&answer, "next")));
    shown.push_str(&attempts(&answer));
    Ok(shown)
}

/// What the vendor of an answer keeps, a line each, and what can be done about it.
pub(super) fn kept(answer: &JsonValue) -> String {
    let mut lines = String::new();
    for (leaf, first) in answer["keeps"].as_object().into_iter().flatten() {
        let also = first["also"].as_array().into_iter().flatten();
        for field in std::iter::once(first).chain(also) {
            let perhaps = if field["certain"] == true { "kept" } else { "perhaps kept" };
            let [under, because] = ["under", "because"].map(|name| text(field, name));
            let version = match field["version"].as_u64() {
                Some(version) => format!(", version {version} since {}", text(field, "since")),
                None => String::new(),
            };
            lines.push_str(&format!(
                "\n{perhaps}: {leaf} in {under}{version} ({})",
                because.replace('_', " ")
            ));
        }
    }
    if !lines.is_empty() && !answer["hint"].is_null() {
        lines.push_str(&format!("\nhint: {}", text(answer, "hint")));
    }
    lines
}

/// The attempts of an answer, for people.
pub(super) fn attempts(answer: &JsonValue) -> String {
    let attempts = answer["attempts"].as_array().cloned().unwrap_or_default();
    let names = ["at", "version", "failure", "status", "took_ms", "detail"];
    let rows = attempts.iter().map(|attempt| names.iter().map(|name| text(attempt, name)).collect());
    if attempts.is_empty() {
        "no attempt that is kept has failed".to_owned()
    } else {
        table(&names, rows, "")
    }
}

async fn retry(arguments: &Retry) -> Result<String, ExitCode> {
    let (changed, hint) = match arguments.id {
        Some(id) => {
            let answer = arguments.target.post(&format!("/v1/lanes/{id}/retry")).await?;
            let answer = arguments.target.readable(answer);
            (count(&answer), answer["hint"].as_str().map(str::to_owned))
        }
        None => retry_all(arguments).await?,
    };
    if arguments.json {
        return Ok(json!({ "lanes": changed }).to_string());
    }
    let hint = hint.map(|hint| format!("; {hint}")).unwrap_or_default();
    Ok(format!("{} tried again{hint}", counted(changed, "lane is", "lanes are")))
}

/// Page after page, in the order of the lanes, and no faster than asked for: what is retried must not become a flood.
async fn retry_all(arguments: &Retry) -> Result<(u64, Option<String>), ExitCode> {
    let limit = arguments.per_second.min(PAGE);
    let pause = Duration::from_secs_f64(f64::from(limit) / f64::from(arguments.per_second));
    let mut ticks = tokio::time::interval(pause);
    let progress = counter("lanes");
    let (mut changed, mut hint, mut after) = (0, None, None::<String>);
    loop {
        ticks.tick().await;
        let mut query = arguments.filter.query(ATTENTION);
        query.add("limit", Some(&limit.to_string()));
        query.add("after", after.as_deref());
        let page = arguments.target.post(&query.after("/v1/lanes/retry")).await?;
        changed += count(&page);
        if page["hint"].is_string() {
            hint = arguments.target.readable(page.clone())["hint"].as_str().map(str::to_owned);
        }
        progress.set_position(changed);
        match page["next"].as_str() {
            Some(next) => after = Some(next.to_owned()),
            None => break,
        }
    }
    Ok((changed, hint))
}

fn count(answer: &JsonValue) -> u64 {
    answer["lanes"].as_u64().unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use super::{super::filter::Query, *};

    #[test]
    fn what_a_vendor_keeps_has_a_line_each_and_what_helps() {
        let answer = json!({
            "keeps": { "picture": {
                "certain": true, "version": 3, "since": "2026-11-21T08:00:00Z", "because": "not_clearable", "under": "photo",
                "also": [{ "certain": false, "because": "unmapped", "under": "gravatar_url" }],
            } },
            "hint": "correct them there",
        });
        assert_eq!(
            kept(&answer),
            "\nkept: picture in photo, version 3 since 2026-11-21T08:00:00.000Z (not clearable)\
             \nperhaps kept: picture in gravatar_url (unmapped)\nhint: correct them there"
        );
        assert_eq!(kept(&json!({ "hint": "send email" })), "");
    }

    #[test]
    fn where_no_lane_matches_it_is_told_who_else_there_is() {
        let routes = json!({ "routes": {
            "a": { "users": { "pending": 36, "held": 2, "in_doubt": 1 } },
            "b": { "users": { "pending": 1, "held": 0 } },
        } });
        let mut query = Query::default();
        query.add("state", Some("held,blocked"));
        let told = nobody(&routes, &query.after("/v1/lanes"));
        assert_eq!(
            told,
            "no lane matches; 37 users wait: lanes --state pending, 1 user is in doubt: lanes --state in_doubt"
        );
        assert_eq!(nobody(&json!({ "routes": {} }), "/v1/lanes"), "no lane matches");
    }

    #[test]
    fn a_lane_names_the_leaves_that_its_vendor_refused() {
        let lane = json!({ "state": "waiting", "held": { "email": { "version": 2 }, "phone_number": { "version": 3 } } });
        assert_eq!(held(&lane), "email, phone_number");
        assert_eq!(held(&json!({ "state": "blocked" })), "–");
    }
}
