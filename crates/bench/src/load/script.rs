use std::{
    net::SocketAddr,
    sync::{
        Arc,
        atomic::{AtomicU64, Ordering},
    },
};

use super::template::{Template, USER, VALUE};

/// Counts updates, over all contestants.
#[derive(Debug, Clone, Default)]
pub(crate) struct Serial(Arc<AtomicU64>);

impl Serial {
    /// The next number.
    pub(crate) fn next(&self) -> u64 {
        self.0.fetch_add(1, Ordering::Relaxed)
    }

    /// How many there were so far.
    pub(crate) fn so_far(&self) -> u64 {
        self.0.load(Ordering::Relaxed)
    }
}

/// What is asked of a contestant, again and again: the next user gets values that nobody had before.
#[derive(Debug, Clone)]
pub(crate) struct Script {
    /// Where the contestant is.
    pub(crate) address: SocketAddr,
    /// The status of an answer when all is well; any other ends the run.
    pub(crate) expected: u16,
    template: Template,
    users: u64,
    serial: Serial,
}

impl Script {
    /// Any request about one user after the other.
    pub(crate) fn new(
        address: SocketAddr,
        expected: u16,
        template: Template,
        users: u64,
        serial: &Serial,
    ) -> Self {
        Self { address, expected, template, users, serial: serial.clone() }
    }

    /// The update that all contestants get: two fields that all four vendors carry. `headers` are whole lines.
    pub(crate) fn update(
        address: SocketAddr,
        expected: u16,
        headers: &[String],
        users: u64,
        serial: &Serial,
    ) -> Self {
        let path = format!("/v1/users/u{USER}");
        let body = format!(r#"{{"phone_number":"+1416{VALUE}","given_name":"Name {VALUE}"}}"#);
        let mut lines = vec!["Content-Type: application/merge-patch+json".to_owned()];
        lines.extend_from_slice(headers);
        let template = Template::new(address, ("PATCH", &path), &lines, &body);
        Self::new(address, expected, template, users, serial)
    }

    /// The next request.
    pub(crate) fn next(&mut self) -> &[u8] {
        let serial = self.serial.next();
        self.template.fill(serial % self.users, serial)
    }
}
