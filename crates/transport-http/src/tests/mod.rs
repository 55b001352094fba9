mod server;

mod answers;
mod guard;
mod hostile;
mod limits;
mod posting;
mod preview;
mod reading;
mod redirects;
mod tls;
mod urls;

use std::{net::SocketAddr, time::Duration};

use adapter::{AuthScheme, Method, Path, Subject, SubjectKind, VendorRequest};
use secrecy::SecretString;
use serde_json::json;

use crate::{Credential, HttpTransport, Network, Settings, Timeouts};

/// Stands for every secret; found in no output.
const CANARY: &str = "canary-Zk81";

static ID: SubjectKind = SubjectKind::integer("id");

fn credential(secret: &str) -> Credential {
    Credential::new(SecretString::from(secret)).expect("a credential")
}

fn settings(base_url: &str, network: Network) -> Settings {
    Settings { network, ..Settings::new(base_url, AuthScheme::Bearer, credential(CANARY)) }
}

/// Settings for a listener of this machine; no step of a test waits longer than its limits.
fn local(address: SocketAddr) -> Settings {
    settings(&format!("http://{address}"), Network::Loopback)
}

fn transport(address: SocketAddr) -> HttpTransport {
    HttpTransport::new(local(address)).expect("a transport")
}

/// Limits that a hanging listener runs into soon, and a loaded machine does not while it answers.
fn short() -> Timeouts {
    let step = Duration::from_millis(400);
    Timeouts { connect: step, dns: step, request: step * 3, body_idle: step }
}

fn request_to<const N: usize>(segments: [&str; N]) -> VendorRequest {
    VendorRequest {
        method: Method::Put,
        path: Path::new(segments),
        query: Vec::new(),
        headers: Vec::new(),
        body: Some(json!({"first_name": "Ada", "last_name": null})),
        subject: Subject::parse(&ID, "89").expect("a subject"),
    }
}

fn request() -> VendorRequest {
    request_to(["api", "users", "89"])
}
