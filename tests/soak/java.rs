use std::{io::ErrorKind, process::Command};

use crate::part::Part;

const CALLS: &str = include_str!("Calls.java");

/// A caller whose client offers to go on in another protocol with its requests: that of the JDK (Debian: `default-jdk-headless`).
#[derive(Default)]
pub(crate) struct Java {
    told: String,
}

impl Part for Java {
    fn name(&self) -> &'static str {
        "java"
    }

    /// A measurement and no search: only the first round has it.
    fn round(&mut self, _round: u64) -> Result<String, String> {
        if !self.told.is_empty() {
            return Ok("measured in an earlier round".to_owned());
        }
        let world = e2e::World::new();
        let gateway = world.start();
        let (api, operator) = (gateway.api(), gateway.operator());
        let person = &world.people()[0];
        world.introduce(&api, person);
        let program = world.path("Calls.java");
        std::fs::write(&program, CALLS).map_err(|error| error.to_string())?;
        let url = |client: &e2e::Client| format!("http://{}", client.address());
        let mut java = Command::new("java");
        java.arg(&program).args([&url(&api), &url(&operator), world.key(), &person.id]);
        let ran = java.output();
        gateway.stop();
        let ran = match ran {
            Err(error) if error.kind() == ErrorKind::NotFound => {
                self.told = "not run: there is no java here".to_owned();
                return Ok(self.told.clone());
            }
            ran => ran.map_err(|error| error.to_string())?,
        };
        self.told = String::from_utf8_lossy(&ran.stdout).trim_end_matches("; ").to_owned();
        match ran.status.success() {
            true => Ok(self.told.clone()),
            false => Err(format!("{}\n{}", self.told, String::from_utf8_lossy(&ran.stderr))),
        }
    }

    fn figures(&self) -> String {
        self.told.clone()
    }
}
