use std::{
    fs::File,
    io::{BufRead, BufReader, Write},
    net::SocketAddr,
    path::Path,
    process::{Child, ChildStderr, Command, ExitStatus, Stdio},
    sync::{Arc, Mutex, MutexGuard, PoisonError},
    thread::{self, JoinHandle},
};

use serde_json::Value;

use crate::{Client, eventually};

/// The gateway as a process of its own; killed when it is dropped.
pub struct Gateway {
    child: Child,
    reader: Option<JoinHandle<()>>,
    log: Arc<Mutex<Vec<String>>>,
    key: String,
    api: SocketAddr,
    operator: SocketAddr,
}

impl Gateway {
    /// Starts it and waits until it is ready. Its log also goes to a file `log` beside the configuration.
    #[track_caller]
    pub(crate) fn start(binary: &Path, config: &Path, key: &str) -> Self {
        let mut gateway = Self::spawn(binary, config, key);
        gateway.wait_until_ready();
        gateway
    }

    /// Starts it and does not wait.
    pub(crate) fn spawn(binary: &Path, config: &Path, key: &str) -> Self {
        let mut child = Command::new(binary)
            .env_clear()
            .arg("serve")
            .arg("--config")
            .arg(config)
            .stdin(Stdio::null())
            .stdout(Stdio::null())
            .stderr(Stdio::piped())
            .spawn()
            .expect("the binary runs");
        let log = Arc::new(Mutex::new(Vec::new()));
        let stderr = child.stderr.take().expect("it was asked for");
        let file = File::options().create(true).append(true).open(config.with_file_name("log"));
        let mut file = file.expect("the directory can be written");
        let lines = Arc::clone(&log);
        let reader = thread::spawn(move || read(stderr, &lines, &mut file));
        let nowhere = SocketAddr::from(([127, 0, 0, 1], 1));
        Self { child, reader: Some(reader), log, key: key.to_owned(), api: nowhere, operator: nowhere }
    }

    /// Waits until it takes requests.
    #[track_caller]
    pub fn wait_until_ready(&mut self) {
        let ready = self.wait_for_line("the gateway is ready", |line| line.contains("operator_address"));
        self.api = address(&ready, "api_address").expect("the line has the callers' address");
        self.operator = address(&ready, "operator_address").expect("the line has the operators' address");
    }

    /// A caller with all scopes.
    pub fn api(&self) -> Client {
        Client::new(self.api, &self.key)
    }

    /// An operator.
    pub fn operator(&self) -> Client {
        Client::new(self.operator, &self.key)
    }

    /// The lines of the log so far.
    pub fn log(&self) -> Vec<String> {
        lock(&self.log).clone()
    }

    /// Waits for a line of the log with this message, and gives it.
    #[track_caller]
    pub fn wait_for_log(&mut self, message: &str) -> Value {
        let parsed = |line: &str| serde_json::from_str::<Value>(line).unwrap_or_default();
        let what = format!("the log has the message \"{message}\"");
        parsed(&self.wait_for_line(&what, |line| parsed(line)["message"] == message))
    }

    #[track_caller]
    fn wait_for_line(&mut self, what: &str, is_it: impl Fn(&str) -> bool) -> String {
        eventually(what, || {
            let lines = self.log();
            match lines.iter().find(|line| is_it(line)) {
                Some(line) => Ok(line.clone()),
                None if matches!(self.child.try_wait(), Ok(None)) => Err("it is not there".to_owned()),
                None => panic!("the gateway has ended: {}", lines.join("\n")),
            }
        })
    }

    /// Sends a signal: `TERM`, `HUP`.
    pub fn signal(&self, name: &str) {
        let command = format!("kill -{name} {}", self.child.id());
        let sent = Command::new("sh").arg("-c").arg(command).status();
        assert!(sent.expect("a shell runs").success(), "the process is gone");
    }

    /// How much memory it takes, in MiB.
    pub fn resident_mib(&self) -> u64 {
        let status = std::fs::read_to_string(format!("/proc/{}/status", self.child.id()));
        let status = status.expect("the process runs, on Linux");
        let line = status.lines().find_map(|line| line.strip_prefix("VmRSS:")).expect("a line of proc(5)");
        let kib = line.trim().trim_end_matches(" kB").trim().parse::<u64>().expect("a number");
        kib / 1024
    }

    /// Ends it at once, as `kill -9` and a power cut do.
    pub fn kill(mut self) {
        self.child.kill().expect("it can be killed");
        self.wait();
    }

    /// Tells it to stop and waits until it has; it must end well.
    #[track_caller]
    pub fn stop(mut self) {
        self.signal("TERM");
        let status = self.wait();
        assert!(status.success(), "{status}: {}", self.log().join("\n"));
    }

    /// Waits until it has ended and its log is complete.
    #[track_caller]
    pub fn wait(&mut self) -> ExitStatus {
        let status = eventually("the gateway has ended", || match self.child.try_wait() {
            Ok(Some(status)) => Ok(status),
            Ok(None) => Err("it runs".to_owned()),
            Err(error) => Err(error.to_string()),
        });
        if let Some(reader) = self.reader.take() {
            reader.join().expect("reading a log does not fail");
        }
        status
    }
}

impl Drop for Gateway {
    fn drop(&mut self) {
        // One that has ended cannot be killed, and need not be.
        let _ = self.child.kill();
        let _ = self.child.wait();
        if thread::panicking() {
            let lines = self.log();
            let last = lines.len().saturating_sub(40);
            eprintln!("the log of the gateway ends with\n{}", lines[last..].join("\n"));
        }
    }
}

/// An address in a line of the log, whatever its form: `"name":"address"` or `name=address`.
fn address(line: &str, name: &str) -> Option<SocketAddr> {
    let (_, rest) = line.split_once(name)?;
    rest.trim_start_matches(['"', ':', '=']).split(['"', ' ']).next()?.parse().ok()
}

fn read(stderr: ChildStderr, lines: &Mutex<Vec<String>>, file: &mut File) {
    for line in BufReader::new(stderr).lines() {
        let line = line.unwrap_or_else(|error| format!("not a line: {error}"));
        let _ = writeln!(file, "{line}");
        lock(lines).push(line);
    }
}

fn lock<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}
