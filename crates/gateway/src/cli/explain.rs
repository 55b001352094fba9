use std::process::ExitCode;

use super::{
    block_on,
    call::{Target, text},
    filter::encoded,
    lanes::attempts,
    output::{say, table},
};

#[derive(Debug, clap::Args)]
pub(super) struct Arguments {
    #[command(flatten)]
    target: Target,
    /// The user's id
    user: String,
    /// The route's name
    route: String,
    /// Print JSON
    #[arg(long)]
    json: bool,
}

pub(super) fn run(arguments: &Arguments) -> ExitCode {
    block_on(async {
        let path = format!("/v1/users/{}/routes/{}", encoded(&arguments.user), encoded(&arguments.route));
        let answer = match arguments.target.get(&path).await {
            Ok(answer) => answer,
            Err(exit) => return exit,
        };
        if arguments.json {
            return say(&answer.to_string());
        }
        let fields = answer["fields"].as_object().cloned().unwrap_or_default();
        let names = ["to", "version", "state", "fate", "confirmed_at"];
        let rows = fields.iter().map(|(leaf, found)| {
            let mut cells: Vec<String> = names.iter().map(|name| text(found, name)).collect();
            if found["unverified"] == true {
                cells[2].push_str(", but another value was echoed");
            }
            std::iter::once(leaf.clone()).chain(cells).collect()
        });
        let table = table(&["leaf", "to", "version", "state", "fate", "confirmed_at"], rows);
        let state = match answer["reason"].as_str() {
            Some(reason) => format!("{} ({reason})", text(&answer, "state")),
            None => text(&answer, "state"),
        };
        let (user, route, version) =
            (text(&answer, "user"), text(&answer, "route"), text(&answer, "version"));
        let next = text(&answer, "next");
        say(&format!(
            "{user} at {route}: {state}, version {version}\nnext: {next}\n\n{table}\n\n{}",
            attempts(&answer)
        ))
    })
}
