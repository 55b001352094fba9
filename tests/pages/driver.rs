use std::{
    io::{BufRead, BufReader},
    net::SocketAddr,
    process::{Child, Command, Stdio},
};

/// ChromeDriver as a process of its own; killed when it is dropped. Its browsers are closed before: see [`crate::browser::Browser`].
pub(crate) struct Driver {
    child: Child,
    pub(crate) address: SocketAddr,
}

impl Driver {
    /// Starts it on a free port.
    pub(crate) fn start() -> Self {
        let started =
            Command::new("chromedriver").arg("--port=0").stdin(Stdio::null()).stdout(Stdio::piped()).spawn();
        let mut child = started.expect("chromedriver runs: install chromium and chromium-driver");
        let lines = BufReader::new(child.stdout.take().expect("it was asked for")).lines();
        let port = lines.map_while(Result::ok).find_map(|line| {
            let (_, port) = line.split_once("started successfully on port ")?;
            port.trim_end_matches('.').parse().ok()
        });
        let port: u16 = port.expect("chromedriver says its port");
        Self { child, address: SocketAddr::from(([127, 0, 0, 1], port)) }
    }
}

impl Drop for Driver {
    fn drop(&mut self) {
        // One that has ended cannot be killed, and need not be.
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}
