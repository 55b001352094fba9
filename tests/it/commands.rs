use std::{fs, process::Output};

use e2e::{World, run};
use serde_json::{Value, json};

fn said(output: &Output) -> String {
    String::from_utf8_lossy(&output.stdout).into_owned()
}

fn complained(output: &Output) -> String {
    String::from_utf8_lossy(&output.stderr).into_owned()
}

fn parsed(output: &Output) -> Value {
    serde_json::from_slice(&output.stdout).unwrap_or_default()
}

#[test]
fn check_names_the_place_of_each_mistake_and_the_nearest_name() {
    let mut world = World::new();
    let good = world.write_config();
    let good = good.to_str().expect("a path in UTF-8").to_owned();
    let fine = run(&["check", "--config", &good], &[]);
    assert_eq!(fine.status.code(), Some(0), "{}", complained(&fine));
    assert!(said(&fine).contains("village") && said(&fine).contains("is in order"), "{}", said(&fine));

    world.settings.set("communal", "tiemout", "\"15s\"");
    world.settings.set("village", "fields", "{ fone_number = \"phone_number\" }");
    let refused = check(&world, &[]);
    assert_places(&world, &refused, &[("tiemout", 1, "timeout"), ("fone_number", 12, "phone_number")]);
    let json = run(&["check", "--config", &good, "--json"], &[]);
    assert_eq!(json.status.code(), Some(2));
    assert_eq!(parsed(&json)["mistakes"].as_array().map(Vec::len), Some(2), "{}", said(&json));
    assert_eq!(run(&["serve", "--config", &good], &[]).status.code(), Some(2));

    world.settings.unset("communal", "tiemout");
    world.settings.set("communal", "network", "\"loopbak\"");
    world.settings.set("village", "fields", "{ phone_number = \"phone_numbre\" }");
    let refused = check(&world, &[]);
    assert_places(&world, &refused, &[("loopbak", 11, "loopback"), ("phone_numbre", 27, "phone_number")]);

    world.settings.set("communal", "network", "\"loopback\"");
    world.settings.unset("village", "fields");
    let refused = check(&world, &[("PGW__ROUTES__COMMUNAL__RATEE", "1/s")]);
    let words = complained(&refused);
    assert!(words.contains("PGW__ROUTES__COMMUNAL__RATEE") && words.contains("\"rate\"?"), "{words}");
}

#[test]
fn check_warns_of_a_folder_that_a_start_would_make_and_tells_of_a_file_that_is_not_there() {
    let world = World::new();
    let path = world.write_config();
    let text = fs::read_to_string(&path).expect("a file").replace("\"gateway.db\"", "\"data/gateway.db\"");
    fs::write(&path, text).expect("written");
    let path = path.to_str().expect("a path in UTF-8");
    let fine = run(&["check", "--config", path], &[]);
    assert_eq!(fine.status.code(), Some(0), "{}", complained(&fine));
    let warning = "the folder of the database does not exist";
    assert!(complained(&fine).contains(warning), "{}", complained(&fine));
    let json = parsed(&run(&["check", "--config", path, "--json"], &[]));
    assert_eq!(json["ok"], true, "{json}");
    assert!(json["warnings"][0].as_str().is_some_and(|told| told.contains(warning)), "{json}");
    assert!(!world.path("data").exists(), "a check makes nothing");

    let missing = run(&["check", "--config", "/nowhere/gateway.toml"], &[]);
    assert_eq!(missing.status.code(), Some(2), "{}", said(&missing));
    let words = complained(&missing);
    assert!(words.contains("No such file or directory") && !words.contains("os error"), "{words}");
}

#[test]
fn b90_check_shows_what_the_environment_replaces_and_no_secret() {
    let world = World::new();
    let path = world.write_config();
    let variables = [
        ("PGW__ROUTES__COMMUNAL__BASE_URL", "http://127.0.0.1:9/elsewhere"),
        ("PGW__ROUTES__COMMUNAL__CREDENTIAL__ENV", "SECOND"),
        ("SECOND", "canary-9S"),
    ];
    let fine = run(&["check", "--config", path.to_str().expect("a path in UTF-8")], &variables);
    let words = said(&fine);
    assert_eq!(fine.status.code(), Some(0), "{}", complained(&fine));
    for shown in [
        "routes.communal.base_url is set by the environment variable PGW__ROUTES__COMMUNAL__BASE_URL",
        "routes.communal.credential.env is set by the environment variable PGW__ROUTES__COMMUNAL__CREDENTIAL__ENV",
        "http://127.0.0.1:9",
    ] {
        assert!(words.contains(shown), "{shown} is not in\n{words}");
    }
    assert!(!(words + &complained(&fine)).contains("canary"));
}

fn check(world: &World, environment: &[(&str, &str)]) -> Output {
    let path = world.write_config();
    let refused = run(&["check", "--config", path.to_str().expect("a path in UTF-8")], environment);
    assert_eq!(refused.status.code(), Some(2), "{}", said(&refused));
    refused
}

/// Fails unless each mistake is reported with the line that it stands in, its column and the nearest name.
#[track_caller]
fn assert_places(world: &World, refused: &Output, mistakes: &[(&str, usize, &str)]) {
    let (text, words) = (world.settings.text(), complained(refused));
    for (wrong, column, near) in mistakes {
        let line = text.lines().position(|line| line.contains(wrong)).map_or(0, |index| index + 1);
        for expected in [format!("gateway.toml:{line}:{column}"), format!("did you mean \"{near}\"?")] {
            assert!(words.contains(&expected), "{expected} is not in\n{words}");
        }
    }
}

#[test]
fn keys_schema_and_openapi_are_printed() {
    let key = run(&["key", "new"], &[]);
    assert!(key.status.success());
    assert!(said(&key).contains("pgw_") && said(&key).contains("hash = \"sha256:"), "{}", said(&key));
    assert!(said(&key).contains("scopes = [\"update\", \"read\"]"), "{}", said(&key));
    let operators = run(&["key", "new", "--name", "ops", "--scope", "operate,read"], &[]);
    assert!(said(&operators).contains("scopes = [\"operate\", \"read\"]"), "{}", said(&operators));
    assert_eq!(run(&["key", "new", "--scope", "operat"], &[]).status.code(), Some(2));
    let schema = run(&["schema"], &[]);
    assert!(schema.status.success());
    assert!(parsed(&schema)["properties"]["given_name"].is_object(), "{}", said(&schema));
    let openapi = run(&["openapi"], &[]);
    assert!(openapi.status.success());
    assert!(parsed(&openapi)["openapi"].as_str().is_some_and(|version| version.starts_with("3.1")));
    assert!(parsed(&openapi)["paths"]["/v1/users/{id}"]["patch"].is_object());
    assert_eq!(run(&["serv"], &[]).status.code(), Some(2));
}

#[test]
fn a_plan_on_the_command_line_shows_the_request_and_sends_nothing() {
    let world = World::new();
    let jane = &world.people()[0];
    let config = world.write_config();
    fs::write(world.path("profile.json"), jane.introduction().to_string()).expect("a file");
    fs::write(world.path("change.json"), json!({ "phone_number": "416 555 0199" }).to_string())
        .expect("a file");
    let path = |name: &str| world.path(name).to_str().expect("a path in UTF-8").to_owned();
    let (profile, change) = (path("profile.json"), path("change.json"));
    let config = config.to_str().expect("a path in UTF-8");
    let arguments = ["plan", "--config", config, "--profile", &profile, &change];
    let plan = run(&arguments, &[]);
    assert!(plan.status.success(), "{}", complained(&plan));
    let url = format!("PUT {}/api/users/89", world.simulators.communal.base_url());
    for part in [url.as_str(), "\"telephone\":\"+14165550199\"", "\"first_name\":\"Jane\"", "X-Api-Version"] {
        assert!(said(&plan).contains(part), "{part} is not in\n{}", said(&plan));
    }
    assert!(!said(&plan).contains("sim-communal-key"));
    let plan = parsed(&run(&[&arguments[..], &["--json"]].concat(), &[]));
    assert_eq!(plan["routes"]["communal"]["requests"][0]["method"], "PUT", "{plan}");
    assert_eq!(world.simulators.communal.control().requests(), 0);
}

#[test]
fn a_plan_on_the_command_line_tells_what_goes_to_no_vendor() {
    let world = World::new();
    let config = world.write_config();
    let config = config.to_str().expect("a path in UTF-8");
    let change = world.path("change.json");
    let planned = |body: Value| {
        fs::write(&change, body.to_string()).expect("a file");
        let plan = run(&["plan", "--config", config, change.to_str().expect("a path in UTF-8")], &[]);
        assert!(plan.status.success(), "{}", complained(&plan));
        said(&plan)
    };
    let told = planned(json!({ "name": "Jo Li", "custom": { "job_title": "Coach" } }));
    assert!(told.contains("goes to no vendor: custom.job_title, name"), "{told}");
    assert!(told.contains("did you mean title instead of custom.job_title?"), "{told}");
    let told = planned(json!({ "given_name": "Jo" }));
    assert!(!told.contains("goes to no vendor"), "{told}");
    // Each leaf has one word.
    let told = planned(
        json!({ "given_name": "x".repeat(300), "email": "a@x.org", "identities": { "communal": 89 } }),
    );
    assert!(told.contains("given_name: too_long") && told.contains("family_name: missing"), "{told}");
    assert_eq!(told.matches("given_name: ").count(), 1, "{told}");
}

#[test]
fn routes_and_lanes_of_a_running_gateway_are_shown_as_tables_and_as_json() {
    let world = World::new();
    let gateway = world.start();
    let (api, amara) = (gateway.api(), &world.people()[1]);
    let change = json!({ "given_name": "Amara", "identities": { "communal": amara.seed.communal_id } });
    let update = api.patch_through(&amara.id, &change);
    assert_eq!(update["routes"]["communal"]["state"], "blocked", "{update}");
    gateway.operator().post("/v1/routes/village/pause").expect(200);
    let operator = format!("http://{}", gateway.operator().address());
    let environment = [("PROFILE_GATEWAY_OPERATOR", operator.as_str()), ("PROFILE_GATEWAY_KEY", world.key())];

    let table = run(&["routes"], &environment);
    assert!(table.status.success(), "{}", complained(&table));
    let line =
        |table: &Output, name: &str| said(table).lines().find(|line| line.contains(name)).map(str::to_owned);
    for (route, words) in [("communal", ["communal", "open"]), ("village", ["village", "paused"])] {
        let found = line(&table, route).unwrap_or_default();
        assert!(words.iter().all(|word| found.contains(word)), "{route}:\n{}", said(&table));
    }
    assert!(
        line(&table, "communal").is_some_and(|line| line.split_whitespace().any(|word| word == "1")),
        "{}",
        said(&table)
    );
    let routes = parsed(&run(&["routes", "--json"], &environment));
    assert_eq!(routes["routes"]["communal"]["users"]["blocked"], 1, "{routes}");

    let table = run(&["lanes"], &environment);
    assert!(table.status.success(), "{}", complained(&table));
    let found = line(&table, &amara.id).unwrap_or_default();
    assert!(
        found.contains("communal") && found.contains("blocked") && found.contains("needs_data"),
        "{}",
        said(&table)
    );
    let lanes = parsed(&run(&["lanes", "--json", "--route", "communal", "--state", "blocked"], &environment));
    assert_eq!(lanes["lanes"][0]["user"], json!(amara.id), "{lanes}");

    let refused = run(&["lanes"], &[environment[0]]);
    assert_eq!(refused.status.code(), Some(2), "{}", said(&refused));
    let nobody = run(&["routes", "--operator", "http://127.0.0.1:1"], &environment[1..]);
    assert_eq!(nobody.status.code(), Some(1));
    gateway.stop();
}
