use std::{io, net::SocketAddr};

use serde_json::Value;

use crate::{Response, eventually, request};

/// A caller of one of the gateway's listeners, with a key.
#[derive(Clone)]
pub struct Client {
    address: SocketAddr,
    authorization: String,
}

impl Client {
    pub(crate) fn new(address: SocketAddr, key: &str) -> Self {
        Self { address, authorization: format!("Bearer {key}") }
    }

    /// Where the listener is.
    pub fn address(&self) -> SocketAddr {
        self.address
    }

    /// Sends a request with the key.
    ///
    /// # Errors
    /// When there is no complete answer.
    pub fn try_send(
        &self,
        method: &str,
        path: &str,
        headers: &[(&str, &str)],
        body: Option<&Value>,
    ) -> io::Result<Response> {
        let mut headers = headers.to_vec();
        headers.push(("Authorization", &self.authorization));
        if body.is_some() {
            headers.push(("Content-Type", "application/merge-patch+json"));
        }
        let body = body.map(Value::to_string).unwrap_or_default();
        request(self.address, method, path, &headers, body.as_bytes())
    }

    /// Reads a resource.
    #[track_caller]
    pub fn get(&self, path: &str) -> Response {
        self.try_send("GET", path, &[], None).expect("an answer")
    }

    /// Does something that takes no body.
    #[track_caller]
    pub fn post(&self, path: &str) -> Response {
        self.try_send("POST", path, &[], None).expect("an answer")
    }

    /// Erases a user.
    #[track_caller]
    pub fn erase(&self, user: &str) -> Response {
        self.try_send("DELETE", &format!("/v1/users/{user}"), &[], None).expect("an answer")
    }

    /// Changes a user, with further headers.
    #[track_caller]
    pub fn patch(&self, user: &str, headers: &[(&str, &str)], change: &Value) -> Response {
        self.try_send("PATCH", &format!("/v1/users/{user}"), headers, Some(change)).expect("an answer")
    }

    /// Changes a user and waits until no route is pending.
    #[track_caller]
    pub fn patch_through(&self, user: &str, change: &Value) -> Value {
        let answer = self.patch(user, &[("Prefer", "wait=30")], change);
        answer.expect(200).json()
    }

    /// What would be sent.
    #[track_caller]
    pub fn plan(&self, user: &str, change: &Value) -> Value {
        let answer = self.try_send("POST", &format!("/v1/users/{user}/plan"), &[], Some(change));
        answer.expect("an answer").expect(200).json()
    }

    /// A user with how it stands.
    #[track_caller]
    pub fn user(&self, user: &str) -> Value {
        self.get(&format!("/v1/users/{user}")).expect(200).json()
    }

    /// An update with what has become of it.
    #[track_caller]
    pub fn update(&self, id: &Value) -> Value {
        self.get(&format!("/v1/updates/{}", id.as_str().unwrap_or_default())).expect(200).json()
    }

    /// Waits until an update has this state at a route, and gives the route's part.
    #[track_caller]
    pub fn wait_for_state(&self, update: &Value, route: &str, state: &str) -> Value {
        eventually(&format!("the update is {state} at {route}"), || {
            let route = self.update(update)["routes"][route].clone();
            if route["state"] == state { Ok(route) } else { Err(route.to_string()) }
        })
    }
}
