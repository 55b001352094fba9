use std::{path::PathBuf, process::ExitCode};

use clap::Subcommand;
use delivery::audit::{AuditHead, AuditKind};
use gateway_config::duration;
use http_api::operators::ReportBody;
use jiff::Timestamp;
use serde_json::{Value as JsonValue, json};

use super::{
    block_on,
    call::{Target, text},
    filter::Query,
    output::{counted, say, table},
    progress::spinner,
};
use crate::exit::fail;

#[derive(Debug, clap::Args)]
#[command(args_conflicts_with_subcommands = true)]
pub(super) struct Arguments {
    #[command(subcommand)]
    command: Option<Command>,
    #[command(flatten)]
    list: List,
}

#[derive(Debug, Subcommand)]
enum Command {
    /// Verify that no entry was changed, removed or inserted, and print the head of the audit
    Verify(Verify),
}

#[derive(Debug, clap::Args)]
struct List {
    #[command(flatten)]
    target: Target,
    /// Only entries of this kind
    #[arg(long, value_parser = clap::builder::PossibleValuesParser::new(AuditKind::ALL.iter().map(|kind| kind.name())))]
    kind: Option<String>,
    /// Only entries about this route
    #[arg(long)]
    route: Option<String>,
    /// Only entries since this time (2026-11-21T08:00:00Z) or within this period (24h, 7d)
    #[arg(long, value_name = "TIME", value_parser = since)]
    since: Option<Timestamp>,
    /// Only entries older than this entry number, for the next page
    #[arg(long, value_name = "SEQ")]
    after: Option<i64>,
    /// Maximum number of entries
    #[arg(long, default_value_t = 50, value_parser = clap::value_parser!(u32).range(1..=1_000))]
    limit: u32,
    /// Print JSON
    #[arg(long)]
    json: bool,
}

#[derive(Debug, clap::Args)]
struct Verify {
    #[command(flatten)]
    target: Target,
    /// A head printed by an earlier check; the audit must contain it
    #[arg(long, value_name = "SEQ:HASH")]
    head: Option<AuditHead>,
    /// Read this database instead of asking a running gateway; read-only
    #[arg(long, value_name = "FILE")]
    database: Option<PathBuf>,
    /// Print JSON
    #[arg(long)]
    json: bool,
}

pub(super) fn run(arguments: &Arguments) -> ExitCode {
    match &arguments.command {
        Some(Command::Verify(arguments)) => verify(arguments),
        None => list(&arguments.list),
    }
}

fn since(text: &str) -> Result<Timestamp, String> {
    let ago = || Timestamp::now().checked_sub(duration::parse(text)?).ok();
    let wrong = "write a time such as 2026-11-21T08:00:00Z, or how long ago, such as 24h or 7d";
    text.parse().ok().or_else(ago).ok_or_else(|| wrong.to_owned())
}

fn list(list: &List) -> ExitCode {
    block_on(async {
        let mut query = Query::default();
        query.add("kind", list.kind.as_deref());
        query.add("route", list.route.as_deref());
        query.add("since", list.since.map(|since| since.to_string()).as_deref());
        query.add("after", list.after.map(|after| after.to_string()).as_deref());
        query.add("limit", Some(&list.limit.to_string()));
        let answer = match list.target.get(&query.after("/v1/audit")).await {
            Ok(answer) => answer,
            Err(exit) => return exit,
        };
        if list.json {
            return say(&answer.to_string());
        }
        let answer = list.target.readable(answer);
        let entries = answer["entries"].as_array().cloned().unwrap_or_default();
        let names = ["seq", "at", "who", "kind", "route", "detail"];
        let rows = entries.iter().map(|entry| names.iter().map(|name| text(entry, name)).collect());
        let more = answer["next"].as_str().map(|next| format!("\nolder: --after {next}")).unwrap_or_default();
        say(&format!("{}{more}", table(&names, rows, "no entry of the audit matches")))
    })
}

fn verify(arguments: &Verify) -> ExitCode {
    block_on(async {
        match report(arguments).await {
            Ok(report) => tell(&report, arguments.json),
            Err(exit) => exit,
        }
    })
}

async fn report(arguments: &Verify) -> Result<JsonValue, ExitCode> {
    let _turning = spinner("reading the audit");
    if let Some(file) = &arguments.database {
        let report = store_sqlite::verify_audit(file, arguments.head);
        return report
            .map(|report| json!(ReportBody::from(report)))
            .map_err(|error| fail(&error.to_string()));
    }
    let mut query = Query::default();
    query.add("head", arguments.head.map(|head| head.to_string()).as_deref());
    arguments.target.get(&query.after("/v1/audit/verify")).await
}

fn tell(report: &JsonValue, as_json: bool) -> ExitCode {
    let count = report["entries"].as_u64().unwrap_or_default();
    let (entries, head) = (counted(count, "entry", "entries"), text(report, "head"));
    let (are, were) = if count == 1 { ("is", "was") } else { ("are", "were") };
    let fault = report["fault"].as_str();
    let said = match fault {
        _ if as_json => say(&report.to_string()),
        None => say(&format!("{entries} {are} in order\nhead {head}")),
        Some(_) => say(&format!("{entries} {were} in order before the first that is not\nhead {head}")),
    };
    match fault {
        Some(fault) => fail(&format!("the audit is not as it was written: {fault}")),
        None => said,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn since_is_a_time_or_how_long_ago() {
        let time = "2026-11-21T08:00:00Z";
        assert_eq!(since(time).map(|at| at.to_string()).as_deref(), Ok(time));
        for (text, hours) in [("24h", 24), ("7d", 168), ("1d 12h", 36), ("90m", 1), ("PT24H", 24), ("0s", 0)]
        {
            let at = since(text).expect(text);
            assert_eq!(Timestamp::now().duration_since(at).as_hours(), hours, "{text}");
        }
        for text in ["", "yesterday", "7", "-7d", "7d ago", "1mo", "99999999d", "2026-11-21"] {
            let refused = since(text).expect_err(text);
            assert!(refused.contains("2026-11-21T08:00:00Z") && refused.contains("7d"), "{refused}");
        }
    }
}
