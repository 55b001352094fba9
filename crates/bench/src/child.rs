use std::{
    io::{BufRead, BufReader},
    os::unix::process::CommandExt,
    process::{Child as Process, Command, ExitStatus, Stdio},
};

use rustix::process::{Pid, Signal, kill_process};
use serde_json::Value;

use crate::{Error, cores};

/// This program once more, in another role; killed when it is dropped.
pub(crate) struct Child {
    process: Process,
    role: String,
}

impl Child {
    /// Starts a role on these cores.
    ///
    /// # Errors
    /// When the system does not let a process start.
    pub(crate) fn start(role: &str, on: &[usize], arguments: &[String]) -> Result<Self, Error> {
        // Not by its path: another one may have been built there since this one was started.
        let mut command = Command::new("/proc/self/exe");
        command.arg0("bench");
        command.args(["serve", role, "--cores", &cores::list(on)]).args(arguments);
        let process = command.env_clear().stdin(Stdio::piped()).stdout(Stdio::piped()).spawn()?;
        Ok(Self { process, role: role.to_owned() })
    }

    /// Waits for the line in which the child says that it takes requests.
    ///
    /// # Errors
    /// When it ends without one.
    pub(crate) fn ready(&mut self) -> Result<Value, Error> {
        let out = self.process.stdout.take().ok_or("a child is ready once")?;
        let mut line = String::new();
        BufReader::new(out).read_line(&mut line)?;
        serde_json::from_str(&line).map_err(|_| format!("{} has not started", self.role).into())
    }

    /// The number of the process.
    pub(crate) fn id(&self) -> u32 {
        self.process.id()
    }

    /// How it has ended, if it has.
    pub(crate) fn ended(&mut self) -> Result<Option<ExitStatus>, Error> {
        Ok(self.process.try_wait()?)
    }

    /// Tells it to stop, by SIGTERM, and waits until it has.
    ///
    /// # Errors
    /// When it does not end well.
    pub(crate) fn stop(mut self) -> Result<(), Error> {
        let id = Pid::from_child(&self.process);
        kill_process(id, Signal::TERM)?;
        // Waiting closes it, and a child whose input is closed takes its parent for dead.
        let input = self.process.stdin.take();
        let status = self.process.wait()?;
        drop(input);
        if status.success() { Ok(()) } else { Err(format!("{}: {status}", self.role).into()) }
    }
}

impl Drop for Child {
    fn drop(&mut self) {
        // One that has ended cannot be killed, and need not be.
        let _ = self.process.kill();
        let _ = self.process.wait();
    }
}
