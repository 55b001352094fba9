use std::{fs, process::Output};

use e2e::{Vendor, World, run};
use serde_json::json;
use vendor_sim::{Config, Fault, FaultRule};

use super::{
    answers::{USER, wrong_bodies},
    planted::{assert_nothing_of, everything, person, secrets, values, world},
};

/// All but `demo`, whose people are invented and whose key ends with it.
const COMMANDS: [&str; 16] = [
    "audit",
    "backup",
    "check",
    "completions",
    "doctor",
    "explain",
    "help",
    "key",
    "lanes",
    "openapi",
    "plan",
    "reload",
    "routes",
    "schema",
    "serve",
    "verify",
];

#[test]
fn no_command_prints_a_secret_or_what_a_running_gateway_knows_of_a_person() {
    let world = world();
    let gateway = world.start();
    let (api, person) = (gateway.api(), person());
    world.introduce(&api, &person);
    api.patch_through(&person.id, &everything());
    let kind = [("content-type", "application/json")];
    let refusal = Fault::respond(422, &kind, r#"{"message":"Zqxgiven","errors":{"email":["Zqxtitle"]}}"#);
    world.vendor(Vendor::Communal).add_fault(FaultRule::once(refusal));
    let change = json!({ "email": "zqxmail2@example.com" });
    assert_eq!(api.patch_through(&person.id, &change)["routes"]["communal"]["state"], "held");

    let operator = format!("http://{}", gateway.operator().address());
    let environment = environment(&world, &operator);
    let planted = [values(), secrets(&world)].concat();
    let prints = |arguments: &[&str], code: i32, environment: &[(&str, &str)]| {
        let output = run(arguments, environment);
        let said = said(&output);
        assert_eq!(output.status.code(), Some(code), "{arguments:?}: {said}");
        assert_nothing_of(&planted, &format!("{arguments:?}"), &said.replace(USER, ""));
        said
    };
    for arguments in [
        &["routes"][..],
        &["lanes"],
        &["lanes", "--state", "pending,held,blocked"],
        &["explain", USER, "communal"],
        &["audit"],
        &["reload"],
    ] {
        let said = prints(arguments, 0, &environment);
        assert!(arguments[0] == "reload" || said.contains("communal"), "{arguments:?} says nothing: {said}");
        prints(&[arguments, &["--json"]].concat(), 0, &environment);
        prints(&[arguments, &["--key", "pgw_zqxkey"]].concat(), 2, &environment);
        prints(&[arguments, &["--operator", "http://127.0.0.1:1"]].concat(), 1, &environment);
    }
    // Sent as it was refused: the vendor shows it all, and what it has confirmed is as it was.
    for json in [&[][..], &["--json"]] {
        let said = prints(&[&["verify", "--user", USER][..], json].concat(), 0, &environment);
        assert!(said.contains("communal") && said.contains("same"), "{said}");
    }
    world.write_secret(Vendor::Village, "zqx-another-secret");
    prints(&["reload", "--confirm"], 0, &environment);
    let config = world.write_config();
    let config = config.to_str().expect("a path in UTF-8");
    for arguments in [&["check"][..], &["check", "--json"], &["check", "--against", config]] {
        prints(&[arguments, &["--config", config]].concat(), 0, &environment);
    }
    // A second one finds the database in use.
    prints(&["serve", "--config", config], 1, &environment);
    fs::write(world.path("harmless.json"), r#"{"locale":"en-CA"}"#).expect("a file");
    let harmless = world.path("harmless.json");
    let harmless = harmless.to_str().expect("a path in UTF-8");
    for arguments in [&["plan"][..], &["plan", "--json"]] {
        prints(&[arguments, &["--user", USER, "--config", config, harmless]].concat(), 0, &environment);
    }
    gateway.stop();
}

#[test]
fn no_help_and_no_complaint_prints_a_secret_or_a_value() {
    let mut world = world();
    let environment = environment(&world, "http://127.0.0.1:1");
    let environment = environment.as_slice();
    let planted = [values(), secrets(&world)].concat();
    let prints = |arguments: &[&str], well: bool| {
        let output = run(arguments, environment);
        let said = said(&output);
        assert_eq!(output.status.success(), well, "{arguments:?}: {said}");
        assert_nothing_of(&planted, &format!("{arguments:?}"), &said);
        said
    };
    let help = prints(&["--help"], true);
    let commands = help.lines().filter_map(|line| line.strip_prefix("  ")?.split(' ').next());
    let mut commands: Vec<_> =
        commands.filter(|name| name.starts_with(|c: char| c.is_ascii_lowercase())).collect();
    commands.sort_unstable();
    commands.retain(|name| *name != "demo");
    assert_eq!(commands, COMMANDS, "{help}");
    for command in COMMANDS {
        prints(&["help", command], true);
    }
    assert!(prints(&["schema"], true).contains("given_name"));
    assert!(prints(&["openapi"], true).contains("/v1/users/{id}"));

    let config = world.write_config();
    let config = config.to_str().expect("a path in UTF-8");
    let change = world.path("change.json");
    let file = change.to_str().expect("a path in UTF-8");
    for body in wrong_bodies() {
        fs::write(&change, &body).expect("a file");
        let said = prints(&["plan", "--config", config, file], false);
        assert!(said.len() > 10, "{body:.99} is refused without a word: {said}");
    }
    // A credential where its file's name belongs, in place of it and after it.
    let secret = Config::new(Vendor::Communal).credential;
    for credential in [
        format!("\"{secret}\""),
        format!("{{ file = \"{secret}\" }}"),
        format!("{{ file = \"communal\", value = \"{secret}\" }}"),
        format!("{{ env = \"{secret}\" }}"),
    ] {
        world.settings.set("communal", "credential", &credential);
        world.write_config();
        for command in ["check", "serve"] {
            let output = run(&[command, "--config", config], &[]);
            assert_eq!(output.status.code(), Some(2), "{credential}: {}", said(&output));
            assert_nothing_of(&secrets(&world), &format!("{command} of {credential}"), &said(&output));
        }
    }
}

#[test]
fn a_plan_shows_what_was_typed_and_no_secret_and_a_new_key_is_shown_once() {
    let world = world();
    let environment = environment(&world, "http://127.0.0.1:1");
    let config = world.write_config();
    let path = |name: &str| world.path(name).to_str().expect("a path in UTF-8").to_owned();
    fs::write(path("profile.json"), person().introduction().to_string()).expect("a file");
    fs::write(path("change.json"), everything().to_string()).expect("a file");
    let (config, profile, change) =
        (config.to_str().expect("UTF-8"), path("profile.json"), path("change.json"));
    for json in [&[][..], &["--json"]] {
        let arguments = [&["plan", "--config", config, "--profile", &profile, &change], json].concat();
        let plan = run(&arguments, &environment);
        assert!(plan.status.success() && plan.stderr.is_empty(), "{}", said(&plan));
        assert!(said(&plan).contains("Zqxgiven") && said(&plan).contains("***"), "{}", said(&plan));
        assert_nothing_of(&secrets(&world), "a plan", &said(&plan));
    }
    for json in [&[][..], &["--json"]] {
        let made = run(&[&["key", "new", "--name", "crm"], json].concat(), &environment);
        assert!(made.status.success() && made.stderr.is_empty(), "{}", said(&made));
        assert_eq!(said(&made).matches("pgw_").count(), 1, "{}", said(&made));
        assert_nothing_of(&secrets(&world), "a new key", &said(&made));
    }
}

/// The key, and a credential that replaces the one in the file.
fn environment<'a>(world: &'a World, operator: &'a str) -> [(&'a str, &'a str); 4] {
    [
        ("PROFILE_GATEWAY_OPERATOR", operator),
        ("PROFILE_GATEWAY_KEY", world.key()),
        ("PGW__ROUTES__USERCOM__CREDENTIAL__ENV", "SECOND"),
        ("SECOND", "zqx-second-secret"),
    ]
}

fn said(output: &Output) -> String {
    String::from_utf8_lossy(&[&output.stdout[..], &output.stderr].concat()).into_owned()
}
