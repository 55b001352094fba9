use std::{
    fs,
    net::SocketAddr,
    path::{Path, PathBuf},
};

use e2e::{Client, Gateway, World, eventually};

use crate::browser::Browser;

/// Everything that is on the stage: vendors, gateway, browser.
pub(crate) struct Stage {
    pub(crate) browser: Browser,
    pub(crate) world: World,
    pub(crate) gateway: Option<Gateway>,
    pub(crate) api: Client,
    pub(crate) operator: Client,
    screenshots: PathBuf,
}

impl Stage {
    /// A gateway that knows a few people, and a browser that shows nothing yet.
    pub(crate) fn new() -> Self {
        let world = World::new();
        let gateway = world.start();
        let (api, operator) = (gateway.api(), gateway.operator());
        world.people()[..4].iter().for_each(|person| world.introduce(&api, person));
        let screenshots = target().join("screenshots");
        fs::create_dir_all(&screenshots).expect("the target directory can be written");
        Self { browser: Browser::open(), world, gateway: Some(gateway), api, operator, screenshots }
    }

    /// Shows a page.
    pub(crate) fn go(&self, path: &str) {
        self.browser.go(&format!("{}{path}", self.origin()));
    }

    /// Where the pages are.
    pub(crate) fn origin(&self) -> String {
        let address: SocketAddr = self.operator.address();
        format!("http://{address}")
    }

    /// The path of the page that is shown.
    pub(crate) fn path(&self) -> String {
        self.browser.url().trim_start_matches(&self.origin()).to_owned()
    }

    /// Waits until the page that is shown says something.
    #[track_caller]
    pub(crate) fn sees(&self, text: &str) {
        eventually(&format!("the page says \"{text}\""), || {
            let page = self.browser.page();
            if page.contains(text) { Ok(()) } else { Err(format!("{}: {page}", self.browser.url())) }
        });
    }

    /// Waits until a part of the page says something.
    #[track_caller]
    pub(crate) fn sees_in(&self, selector: &str, text: &str) {
        let script = format!("return document.querySelector({}).innerText", serde_json::json!(selector));
        eventually(&format!("{selector} says \"{text}\""), || {
            let part = self.browser.script(&script);
            if part.as_str().is_some_and(|part| part.contains(text)) { Ok(()) } else { Err(part.to_string()) }
        });
    }

    /// The console has said nothing worse than this, and every one of these.
    #[track_caller]
    pub(crate) fn console_says(&self, expected: &[&str]) {
        let said = self.browser.console();
        let known = |line: &&String| expected.iter().any(|part| line.contains(part));
        let unknown: Vec<&String> = said.iter().filter(|line| !known(line)).collect();
        assert!(unknown.is_empty(), "the console says {unknown:#?}");
        for part in expected {
            assert!(
                said.iter().any(|line| line.contains(part)),
                "the console does not say {part}: {said:#?}"
            );
        }
    }

    /// Keeps a picture of the page.
    pub(crate) fn picture(&self, name: &str) {
        let path = self.screenshots.join(format!("{name}.png"));
        fs::write(path, self.browser.screenshot()).expect("the target directory can be written");
    }

    /// Where the pictures are.
    pub(crate) fn screenshots(&self) -> &Path {
        &self.screenshots
    }
}

/// The directory that this program was built into.
fn target() -> PathBuf {
    let this = std::env::current_exe().expect("a program has a path");
    let target = this.parent().and_then(Path::parent).expect("it lies in the directory of its profile");
    target.to_owned()
}
