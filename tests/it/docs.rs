//! What the documents say of the code is true.

use std::{
    collections::BTreeSet,
    fs,
    path::{Path, PathBuf},
};

use e2e::{World, request, run};

fn root() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).parent().expect("the workspace").to_owned()
}

fn sources(directory: &Path, text: &mut String) {
    for entry in fs::read_dir(directory).expect("a directory") {
        let path = entry.expect("an entry").path();
        if path.is_dir() && path.file_name().is_some_and(|name| name != "target") {
            sources(&path, text);
        } else if path.extension().is_some_and(|extension| extension == "rs") {
            text.push_str(&fs::read_to_string(&path).expect("a source file"));
        }
    }
}

/// The text of every source file.
fn code() -> String {
    let mut code = String::new();
    sources(&root().join("crates"), &mut code);
    sources(&root().join("tests"), &mut code);
    code
}

fn page(name: &str) -> String {
    fs::read_to_string(root().join("docs").join(name)).expect("the page")
}

/// What stands between backquotes.
fn quoted(page: &str) -> impl Iterator<Item = &str> {
    page.split('`').skip(1).step_by(2)
}

/// Fails unless a page names so many tests, and each of them exists.
#[track_caller]
fn assert_tests_exist(page: &str, at_least: usize, code: &str) {
    let is_test = |name: &&str| {
        let plain = |byte: u8| byte.is_ascii_alphanumeric() || byte == b'_';
        name.matches('_').count() >= 3 && !name.starts_with('_') && name.bytes().all(plain)
    };
    let names: BTreeSet<&str> = quoted(page).filter(is_test).collect();
    assert!(names.len() >= at_least, "the page names {} tests", names.len());
    let missing: Vec<&&str> = names.iter().filter(|name| !code.contains(&format!("fn {name}("))).collect();
    assert!(missing.is_empty(), "no such tests: {missing:?}");
}

#[test]
fn guarantees_name_tests_that_exist() {
    let (page, code) = (page("guarantees.md"), code());
    assert_tests_exist(&page, 50, &code);
    let is_bug =
        |name: &&str| name.starts_with(char::is_uppercase) && name.chars().all(char::is_alphanumeric);
    let bugs: Vec<&str> = quoted(&page).filter(is_bug).collect();
    assert!(bugs.len() > 20, "the page names {} seeded bugs", bugs.len());
    let unseeded: Vec<&&str> =
        bugs.iter().filter(|bug| !code.contains(&format!("Mutation::{bug}"))).collect();
    assert!(unseeded.is_empty(), "no such seeded bugs: {unseeded:?}");
}

/// What the readme tells a newcomer to write is a configuration that works with the simulated vendors.
#[test]
fn the_first_file_of_the_readme_is_in_order() {
    let readme = fs::read_to_string(root().join("README.md")).expect("the readme");
    let file = readme.split("```toml\n").nth(1).and_then(|rest| rest.split("```").next()).expect("a file");
    let world = World::new();
    let (communal, usercom) = (&world.simulators.communal, &world.simulators.usercom);
    let file = file
        .replace("http://127.0.0.1:9101", &communal.base_url())
        .replace("http://127.0.0.1:9103", &usercom.base_url());
    let path = world.path("first.toml");
    fs::write(&path, file).expect("written");
    let path = path.to_str().expect("a path in UTF-8");
    let keys = [("COMMUNAL_TOKEN", "sim-communal-key"), ("USERCOM_TOKEN", "sim-usercom-key")];
    for command in ["check", "doctor"] {
        let answer = run(&[command, "--config", path], &keys);
        let said = [answer.stdout, answer.stderr].concat();
        assert!(answer.status.success(), "{command}: {}", String::from_utf8_lossy(&said));
    }
}

#[test]
fn bad_inputs_name_tests_that_exist() {
    let page = page("bad-input.md");
    assert_tests_exist(&page, 60, &code());
    for id in (1..=90).map(|at| format!("B{at:02}")).chain((1..=36).map(|at| format!("V{at:02}"))) {
        let rows: Vec<&str> = page.lines().filter(|line| line.starts_with(&format!("| {id} |"))).collect();
        let [row] = rows[..] else { panic!("{id} has {} rows", rows.len()) };
        let held = row.rsplit(" | ").next().unwrap_or_default();
        assert!(held.contains('_') || held.contains("no test"), "{id} says nothing of its test");
    }
}

/// The unit makes the rest of the machine read-only, so that the commands of the run-book have to lead where it lets the service write.
#[test]
fn the_unit_and_the_commands_that_install_it_agree() {
    let unit = fs::read_to_string(root().join("deploy/systemd/profile-gateway.service")).expect("the unit");
    let option = |name: &str| {
        let found = unit.lines().find_map(|line| line.strip_prefix(name)?.strip_prefix('='));
        found.unwrap_or_else(|| panic!("the unit has no {name}"))
    };
    assert_eq!(option("ProtectSystem"), "strict");
    let (state, user, page) = (option("StateDirectory"), option("User"), page("operations.md"));
    assert!(page.contains(&format!("sqlite = \"/var/lib/{state}/profile-gateway.db\"")));
    assert!(page.contains(&format!("--shell /usr/sbin/nologin {user}\n")));
    for (name, beginning) in [
        ("ExecStart", "install -m 755 target/release/profile-gateway "),
        ("Documentation", "install -D -m 644 -t "),
    ] {
        let line = page.lines().find(|line| line.starts_with(beginning)).expect(beginning);
        let directory = line.split(' ').find(|word| word.starts_with("/usr/local/")).expect("a directory");
        assert!(option(name).contains(directory.trim_end_matches('/')), "{name}: {line}");
    }
    let config = fs::read_to_string(root().join("config/gateway.toml")).expect("the configuration");
    assert_eq!(config.lines().filter(|line| line.starts_with("sqlite = ")).count(), 1, "what sed replaces");
}

/// The names of the alerts, from the file of the rules.
fn alerts() -> Vec<String> {
    let rules = fs::read_to_string(root().join("deploy/prometheus/alerts.yml")).expect("the rules");
    rules.lines().filter_map(|line| line.trim().strip_prefix("- alert: ")).map(str::to_owned).collect()
}

#[test]
fn every_alert_has_its_section_in_the_run_book() {
    let (page, alerts) = (page("operations.md"), alerts());
    assert!(alerts.len() > 10, "{alerts:?}");
    let sections: Vec<&str> = page.lines().filter_map(|line| line.strip_prefix("### ")).collect();
    assert_eq!(sections, alerts);
    let rules = fs::read_to_string(root().join("deploy/prometheus/alerts.yml")).expect("the rules");
    for alert in alerts {
        let runbook = format!("runbook: docs/operations.md#{}", alert.to_lowercase());
        assert!(rules.contains(&runbook), "{alert} leads elsewhere");
    }
}

#[test]
fn every_metric_that_alerts_dashboard_and_run_book_name_exists() {
    let mut world = World::new();
    world.write_private("pager", "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw");
    world.settings.tables =
        "[[webhooks]]\nname = \"pager\"\nurl = \"https://127.0.0.1:1/\"\nnetwork = \"loopback\"\n\
        secret = { file = \"pager\" }\n"
            .to_owned();
    let gateway = world.start();
    world.introduce(&gateway.api(), &world.people()[0]);
    let metrics = request(gateway.operator().address(), "GET", "/metrics", &[], b"").expect("an answer");
    let metrics = metrics.expect(200).text();
    let name = |text: &str| -> String {
        text.chars().take_while(|c| c.is_ascii_lowercase() || c.is_ascii_digit() || *c == '_').collect()
    };
    let exist: BTreeSet<String> = metrics.lines().map(name).collect();
    let mut named = BTreeSet::new();
    for file in [
        "deploy/prometheus/alerts.yml",
        "deploy/prometheus/alerts_test.yml",
        "deploy/grafana/dashboards/profile-gateway.json",
        "docs/operations.md",
    ] {
        let text = fs::read_to_string(root().join(file)).expect(file);
        let found = text.match_indices("profile_gateway_").map(|(at, _)| name(&text[at..]));
        named.extend(found.map(|name| (file, name)));
    }
    assert!(named.len() > 20, "{named:?}");
    let missing: Vec<_> = named.iter().filter(|(_, name)| !exist.contains(name)).collect();
    assert!(missing.is_empty(), "no such metrics: {missing:?}\n{metrics}");
    gateway.stop();
}
