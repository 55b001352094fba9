use std::{collections::BTreeSet, process::ExitCode};

use serde_json::{Value as JsonValue, json};

use super::{
    block_on,
    call::{Target, text},
    filter::encoded,
    output::{say, table},
    progress,
};

/// Compares users with what the gateway believes that their vendors hold. Exit code 1: a vendor holds something else, or did not
/// answer.
#[derive(Debug, clap::Args)]
#[command(group = clap::ArgGroup::new("who").args(["user", "sample"]).required(true))]
pub(super) struct Arguments {
    #[command(flatten)]
    target: Target,
    /// Id of a user
    #[arg(long, value_name = "ID")]
    user: Option<String>,
    /// Number of users to pick at random
    #[arg(long, value_name = "N", value_parser = clap::value_parser!(u32).range(1..=100_000))]
    sample: Option<u32>,
    /// Only this route
    #[arg(long)]
    route: Option<String>,
    /// Print JSON
    #[arg(long)]
    json: bool,
}

/// The most users that the gateway takes at once.
const MOST: u32 = 100;
/// After so many calls that bring nobody new there are not so many users.
const IN_VAIN: u32 = 3;

pub(super) fn run(arguments: &Arguments) -> ExitCode {
    block_on(async {
        let mut results = match results(arguments).await {
            Ok(results) => results,
            Err(exit) => return exit,
        };
        results.sort_by_cached_key(|one| (text(one, "user"), text(one, "route")));
        let count = |wanted: &[&str]| {
            results.iter().filter(|one| wanted.iter().any(|word| one["result"] == *word)).count()
        };
        let (drifted, unread) = (count(&["differs", "gone", "another_person"]), count(&["not_read"]));
        let said = if arguments.json {
            say(&json!({ "drift": drifted > 0, "results": results }).to_string())
        } else {
            let names = [
                "user",
                "route",
                "result",
                "reason",
                "differs",
                "spelled_otherwise",
                "kept",
                "kept_no_more",
                "same",
                "not_shown",
                "behind",
            ];
            let table = table(&names, results.iter().map(row), "nobody was compared");
            let compared = count(&["same", "spelled_otherwise", "kept", "kept_no_more"]) + drifted;
            say(&format!("{table}\n\n{compared} compared, {drifted} with drift, {unread} not read"))
        };
        if drifted + unread > 0 { ExitCode::FAILURE } else { said }
    })
}

/// One result for each user and route: of a sample in as many calls as it takes, each user once.
async fn results(arguments: &Arguments) -> Result<Vec<JsonValue>, ExitCode> {
    let route =
        arguments.route.as_ref().map(|route| format!("&route={}", encoded(route))).unwrap_or_default();
    if let Some(user) = &arguments.user {
        let answer = arguments.target.post(&format!("/v1/verify?user={}{route}", encoded(user))).await?;
        return Ok(answer["results"].as_array().cloned().unwrap_or_default());
    }
    let wanted = arguments.sample.unwrap_or(1);
    let (mut users, mut results) = (BTreeSet::new(), Vec::new());
    let mut in_vain = 0;
    let bar = progress::bar(wanted.into(), "users");
    loop {
        let known = u32::try_from(users.len()).unwrap_or(u32::MAX);
        let count = wanted.saturating_sub(known).min(MOST);
        bar.set_position(known.into());
        if count == 0 || in_vain == IN_VAIN {
            return Ok(results);
        }
        let answer = arguments.target.post(&format!("/v1/verify?sample={count}{route}")).await?;
        let before = users.clone();
        let mut compared = BTreeSet::new();
        for one in answer["results"].as_array().into_iter().flatten() {
            let user = text(one, "user");
            if !before.contains(&user) {
                users.insert(user.clone());
                results.push(one.clone());
            }
            compared.insert(user);
        }
        // Fewer than asked for are all that there are; another call would only ask their vendors again.
        if answer["unreached"].is_null() && compared.len() < count as usize {
            in_vain = IN_VAIN;
        } else {
            in_vain = if users.len() == before.len() { in_vain + 1 } else { 0 };
        }
    }
}

fn row(one: &JsonValue) -> Vec<String> {
    let leaves = |wanted: &str| {
        let leaves = one["leaves"].as_object().into_iter().flatten();
        leaves.filter(|(_, found)| *found == wanted).map(|(leaf, _)| leaf.clone()).collect::<Vec<_>>()
    };
    let number = |wanted: &str| leaves(wanted).len().to_string();
    let listed = |wanted: &str| {
        let leaves = leaves(wanted);
        if leaves.is_empty() { "–".to_owned() } else { leaves.join(", ") }
    };
    let mut cells: Vec<String> = ["user", "route", "result", "reason"].map(|name| text(one, name)).into();
    cells.extend(["differs", "spelled_otherwise", "kept", "kept_no_more"].map(listed));
    cells.extend([number("same"), number("not_shown"), number("behind")]);
    cells
}
