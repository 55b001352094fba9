use std::process::ExitCode;

use api_types::DeprecationBody;
use clap::Subcommand;
use serde_json::{Map, Value as JsonValue};

use super::{
    block_on,
    call::{Target, text},
    filter::encoded,
    output::{counted, say, table},
    progress::spinner,
};
use crate::exit::fail;

#[derive(Debug, clap::Args)]
#[command(args_conflicts_with_subcommands = true)]
pub(super) struct Arguments {
    #[command(flatten)]
    list: List,
    #[command(subcommand)]
    command: Option<Command>,
}

#[derive(Debug, clap::Args)]
struct List {
    #[command(flatten)]
    target: Target,
    /// Print JSON
    #[arg(long)]
    json: bool,
}

#[derive(Debug, Subcommand)]
enum Command {
    /// Pause a route until it is resumed
    Pause(Act),
    /// Resume a route, whatever the reason of the pause
    Resume(Act),
    /// Send one request now on a route that is paused automatically or whose breaker is open
    Probe(Act),
    /// Resend all values of a route, with lower priority than updates of callers
    Resync(Act),
    /// Record that outdated values at the vendor were corrected there by hand
    ForgetKept(Forget),
}

#[derive(Debug, clap::Args)]
struct Forget {
    #[command(flatten)]
    act: Act,
    /// Only this user; if omitted, all users of the route
    #[arg(long, value_name = "ID")]
    user: Option<String>,
}

#[derive(Debug, clap::Args)]
struct Act {
    #[command(flatten)]
    target: Target,
    /// Name of the route
    route: String,
    /// Print JSON
    #[arg(long)]
    json: bool,
}

pub(super) fn run(arguments: &Arguments) -> ExitCode {
    block_on(async {
        let told = match &arguments.command {
            None => list(&arguments.list).await,
            Some(Command::Pause(act)) => carry_out(act, "pause", |_| "is paused".to_owned()).await,
            Some(Command::Resume(act)) => resume(act).await,
            Some(Command::Probe(act)) => carry_out(act, "probe", probed).await,
            Some(Command::Resync(act)) => {
                let _turning = spinner("marking the users of the route");
                carry_out(act, "resync", resynced).await
            }
            Some(Command::ForgetKept(forget)) => {
                let _turning = spinner("looking for what the vendor keeps");
                let user = forget.user.as_ref().map(|user| format!("?user={}", encoded(user)));
                let verb = format!("forget-kept{}", user.unwrap_or_default());
                carry_out(&forget.act, &verb, forgotten).await
            }
        };
        told.map_or_else(|exit| exit, |text| say(&text))
    })
}

async fn list(arguments: &List) -> Result<String, ExitCode> {
    let answer = arguments.target.get("/v1/routes").await?;
    if arguments.json {
        return Ok(answer.to_string());
    }
    // Days of warnings are told as days.
    let below = below(&answer);
    let answer = arguments.target.readable(answer);
    let routes = answer["routes"].as_object().cloned().unwrap_or_default();
    if routes.values().any(|route| route["users"].is_null()) {
        return Err(fail(
            "this is where callers reach the gateway; name its operator listener with --operator",
        ));
    }
    let table = table(
        &[
            "route",
            "vendor",
            "state",
            "reason",
            "next_try",
            "users",
            "pending",
            "held",
            "blocked",
            "keeping",
            "no_identity",
            "oldest_since",
            "last_failure",
        ],
        routes.iter().map(|(name, route)| row(name, route)).chain(total(&routes)),
        "no route is configured",
    );
    Ok([vec![table], below].concat().join("\n"))
}

/// What stands below the table: how many users there are, and what vendors warn of.
fn below(answer: &JsonValue) -> Vec<String> {
    let users = answer["users"].as_u64().map(|users| counted(users, "user in all", "users in all"));
    let warned = answer["routes"].as_object().into_iter().flatten();
    let warned = warned.filter_map(|(name, route)| {
        let deprecation: DeprecationBody = serde_json::from_value(route["deprecation"].clone()).ok()?;
        Some(format!("{name}: {}", deprecation.sentence()))
    });
    users.into_iter().chain(warned).collect()
}

/// The sums of the columns that count, where there is more than one route.
fn total(routes: &Map<String, JsonValue>) -> Option<Vec<String>> {
    let sum = |name: &str| routes.values().filter_map(|route| route["users"][name].as_u64()).sum::<u64>();
    let mut cells = vec!["total".to_owned()];
    cells.extend(["–"; 4].map(str::to_owned));
    cells.extend(
        ["all", "pending", "held", "blocked", "keeping", "no_identity"].map(|name| sum(name).to_string()),
    );
    cells.extend(["–"; 2].map(str::to_owned));
    (routes.len() > 1).then_some(cells)
}

async fn carry_out(
    act: &Act,
    verb: &str,
    sentence: impl Fn(&JsonValue) -> String,
) -> Result<String, ExitCode> {
    let answer = act.target.post(&format!("/v1/routes/{}/{verb}", encoded(&act.route))).await?;
    Ok(if act.json { answer.to_string() } else { format!("{} {}", act.route, sentence(&answer)) })
}

/// Resumes a route, and says how it stands then: a breaker or what its vendor asked for may still keep it from sending.
async fn resume(act: &Act) -> Result<String, ExitCode> {
    let said = carry_out(act, "resume", |_| String::new()).await?;
    if act.json {
        return Ok(said);
    }
    let routes = act.target.readable(act.target.get("/v1/routes").await?);
    Ok(format!("{} {}", act.route, resumed(&act.route, &routes["routes"][&act.route])))
}

fn resumed(name: &str, route: &JsonValue) -> String {
    let next = match route["next_try_at"].is_null() {
        true => String::new(),
        false => format!("; the next try: {}", text(route, "next_try_at")),
    };
    let probe = format!("{next}; `routes probe {name}` tries now");
    match route["state"].as_str().unwrap_or_default() {
        "breaker" => format!("is resumed, but its breaker is open: one request at a time is tried{probe}"),
        "throttled" if route["throttled_by"] == "intermediary" => {
            format!("is resumed, but something before its vendor has answered in its place{probe}")
        }
        "throttled" => format!("is resumed, but its vendor has asked for a pause{probe}"),
        "paused" => format!("is paused again ({}){next}", text(route, "reason")),
        state => format!("is {state}"),
    }
}

fn probed(answer: &JsonValue) -> String {
    match answer["probing"].as_bool() {
        Some(true) => "is tried with the next user who waits for it; see `routes`".to_owned(),
        _ => "is open: there is nothing to find out".to_owned(),
    }
}

fn resynced(answer: &JsonValue) -> String {
    let users = counted(answer["lanes"].as_u64().unwrap_or_default(), "user", "users");
    format!("has everything sent again for {users}")
}

fn forgotten(answer: &JsonValue) -> String {
    let users = counted(answer["lanes"].as_u64().unwrap_or_default(), "user", "users");
    format!("keeps nothing any more of {users}, as you say")
}

fn row(name: &str, route: &JsonValue) -> Vec<String> {
    let mut cells = vec![name.to_owned()];
    cells.extend(["vendor", "state", "reason", "next_try_at"].map(|name| text(route, name)));
    let counts = ["all", "pending", "held", "blocked", "keeping", "no_identity", "oldest_since"];
    cells.extend(counts.map(|name| text(&route["users"], name)));
    let failure = &route["last_failure"];
    cells.push(match failure["status"].is_null() {
        _ if failure.is_null() => "–".to_owned(),
        true => format!("{} {}", text(failure, "at"), text(failure, "failure")),
        false => format!("{} {} {}", text(failure, "at"), text(failure, "failure"), text(failure, "status")),
    });
    cells
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn columns_are_summed_and_warnings_stand_below() {
        let route = |all: u64, pending: u64| json!({ "users": { "all": all, "pending": pending, "no_identity": 3 - all } });
        let mut answer = json!({ "users": 3, "routes": { "a": route(3, 2), "b": route(1, 1) } });
        let routes = answer["routes"].as_object().expect("routes").clone();
        let total = total(&routes).expect("a row");
        assert_eq!(total.join(" "), "total – – – – 4 3 0 0 0 2 – –");
        assert_eq!(below(&answer), ["3 users in all"]);
        answer["routes"]["a"]["deprecation"] = json!({ "sunset": "2027-12-31T00:00:00Z" });
        assert!(
            below(&answer)[1].starts_with("a: the vendor will withdraw")
                && below(&answer)[1].contains("2027-12-31")
        );
    }

    #[test]
    fn a_resumed_route_is_told_as_it_stands() {
        let told = |route: JsonValue| resumed("crm", &route);
        assert_eq!(told(json!({ "state": "open" })), "is open");
        let breaker = told(json!({ "state": "breaker", "next_try_at": "2026-11-21T08:00:00Z" }));
        assert!(breaker.contains("breaker is open") && breaker.contains("08:00:00"), "{breaker}");
        assert!(breaker.contains("`routes probe crm`"), "{breaker}");
        let throttled = |by: &str| told(json!({ "state": "throttled", "throttled_by": by }));
        assert!(throttled("vendor").contains("vendor has asked for a pause"));
        assert!(
            throttled("intermediary").contains("something before")
                && !throttled("intermediary").contains("asked")
        );
        assert_eq!(told(json!({ "state": "paused", "reason": "auth" })), "is paused again (auth)");
    }
}
