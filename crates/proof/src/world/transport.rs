//! The way to one vendor under virtual time: the real transport says what goes on the wire, the world what becomes of it.

use std::{fmt, sync::Arc, time::Duration};

use adapter::{AuthScheme, ReadRequest, VendorRequest, VendorResponse};
use async_trait::async_trait;
use delivery::{
    Preview, SendError, SendErrorKind, Transport,
    mutation::{self, Mutation},
};
use secrecy::SecretString;
use tokio::time::sleep;
use transport_http::{Credential, HttpTransport, Network, Settings};
use vendor_sim::{Call, Config, Reply, Vendor};

use super::{
    agenda::Event,
    routes::{NAMES, TIMEOUT},
    shared::Shared,
    state::{SendLog, State},
    trouble::{Answering, Asked, Plan},
};
use crate::history::{Answer, Send, Write, translate::dialect, wire};

/// The way to one of a vendor's hosts; outlives the processes that use it.
pub(crate) struct SimTransport {
    shared: Arc<Shared>,
    route: usize,
    host: usize,
    vendor: Vendor,
    wire: HttpTransport,
    auth: (String, String),
    known_credential: std::sync::atomic::AtomicU64,
}

const BASE: &str = "http://127.0.0.1:9";

impl SimTransport {
    pub(crate) fn new(shared: Arc<Shared>, route: usize, host: usize) -> Self {
        let vendor = Vendor::ALL[route];
        let secret = Config::new(vendor).credential;
        let auth = dialect(vendor).auth[0];
        let credential = Credential::new(SecretString::from(secret.clone())).expect("a literal key");
        let mut settings = Settings::new(BASE, auth, credential);
        settings.network = Network::Loopback;
        let wire = HttpTransport::new(settings).expect("a loopback address without TLS");
        let auth = match auth {
            AuthScheme::Bearer => ("authorization".to_owned(), format!("Bearer {secret}")),
            AuthScheme::Token => ("authorization".to_owned(), format!("Token {secret}")),
            AuthScheme::Header(name) => (name.to_ascii_lowercase(), secret),
        };
        Self { shared, route, host, vendor, wire, auth, known_credential: 0.into() }
    }

    /// What the vendor sees on the wire.
    fn call(&self, request: &VendorRequest) -> Call {
        let preview = self.wire.preview(request);
        let target = preview.url.strip_prefix(BASE).unwrap_or(&preview.url).to_owned();
        let mut headers: Vec<(String, String)> = preview
            .headers
            .into_iter()
            .map(|(name, value)| (name.to_ascii_lowercase(), value))
            .filter(|(name, _)| *name != self.auth.0)
            .collect();
        headers.push(self.auth.clone());
        headers.sort();
        Call { method: preview.method.to_owned(), target, headers, body: preview.body }
    }

    fn begin(&self, subject: &str, call: Call) -> (usize, Answering) {
        let mut guard = self.shared.lock();
        let state = &mut *guard;
        let now = state.now();
        let writes = wire::writes(self.vendor, &call.target, &call.body);
        let fields = writes.iter().filter_map(|write| match write {
            Write::Set(field, _) => Some(field.clone()),
            _ => None,
        });
        let asked = Asked { fields: fields.collect(), removes: call.method == "DELETE" };
        let (trouble, plan) = state.vendors[self.route].plan(subject, asked, now);
        let user = state.owners.get(&(self.route, subject.to_owned())).copied();
        let id = state.sends.len();
        state.note(format_args!(
            "send {id} {} {} {} {} {trouble}",
            NAMES[self.route],
            call.method,
            call.target,
            String::from_utf8_lossy(&call.body)
        ));
        let findings = state.manners.begun(self.route, subject, &writes, now);
        state.findings.extend(findings);
        let fields = state.vendors[self.route].fields(self.host, subject);
        let send = Send {
            route: NAMES[self.route].to_owned(),
            user: user.map_or_else(|| format!("owner of {subject}"), super::people::user_id),
            subject: subject.to_owned(),
            start: now,
            end: None,
            answer: Answer::Unknown,
            writes,
        };
        state.record.seen(self.route, self.host, &send, &fields);
        state.sends.push(SendLog {
            send,
            route: self.route,
            host: self.host,
            call: Arc::new(call),
            reply: None,
        });
        schedule(state, id, now, &plan);
        drop(guard);
        self.shared.changed.notify_one();
        (id, plan.answer)
    }

    /// Waits for what the gateway gets; `real` is what the vendor itself answers by then, if it does.
    async fn outcome(
        &self,
        answering: Answering,
        real: impl FnOnce() -> Option<Reply> + std::marker::Send,
    ) -> Result<VendorResponse, SendError> {
        let fail = |kind| Err(SendError { kind, detail: "simulated".to_owned() });
        match answering {
            Answering::Real(after) | Answering::Promise(after) => {
                sleep(Duration::from_millis(after)).await;
                real().map_or_else(|| fail(SendErrorKind::Interrupted), |reply| Ok(response(reply)))
            }
            Answering::Emptied(after) => {
                sleep(Duration::from_millis(after)).await;
                let reply = real().unwrap_or_else(|| Reply::empty(502));
                Ok(response(if reply.status < 300 { Reply::empty(200) } else { reply }))
            }
            Answering::Canned(after, reply) => {
                sleep(Duration::from_millis(after)).await;
                Ok(response(reply))
            }
            Answering::Broken(after, kind) => {
                sleep(Duration::from_millis(after)).await;
                fail(kind)
            }
            Answering::Silence => {
                sleep(Duration::from_millis(TIMEOUT)).await;
                fail(SendErrorKind::Timeout)
            }
        }
    }

    /// What the vendor sees of a question. The people of this world have identities that need no encoding, and no reader of
    /// one person turns pages.
    fn question(&self, request: &ReadRequest) -> Call {
        let slash = if request.path.trailing_slash { "/" } else { "" };
        let target = format!("/{}{slash}", request.path.segments.join("/"));
        let own = request.headers.iter().map(|(name, value)| (name.to_ascii_lowercase(), value.clone()));
        let mut headers: Vec<(String, String)> = own.chain([self.auth.clone()]).collect();
        headers.sort();
        Call { method: "GET".to_owned(), target, headers, body: Vec::new() }
    }

    /// What becomes of a question: the same as of a request, but that it changes nothing.
    fn ask(&self, subject: &str, call: &Call) -> Answering {
        let mut state = self.shared.lock();
        let now = state.now();
        let vendor = &mut state.vendors[self.route];
        vendor.arrive(self.host, call, now);
        let (trouble, plan) = vendor.plan(subject, Asked::default(), now);
        state.note(format_args!("question {} {} {trouble}", NAMES[self.route], call.target));
        plan.answer
    }

    /// What the person looks like now, which whoever asked takes for the vendor's word.
    fn look(&self, subject: &str, call: &Call) -> Reply {
        let mut guard = self.shared.lock();
        let state = &mut *guard;
        let reply = state.vendors[self.route].preview(self.host, call);
        if reply.status == 200 {
            let fields = state.vendors[self.route].fields(self.host, subject);
            let about = |log: &&SendLog| {
                (log.route, log.host) == (self.route, self.host) && log.send.subject == subject
            };
            let sends = state.sends.iter().filter(about);
            sends.for_each(|log| state.record.seen(self.route, self.host, &log.send, &fields));
        }
        state.note(format_args!("shown {}", reply.status));
        reply
    }

    /// As a client does that follows redirects by itself.
    fn follow(&self, outcome: &Result<VendorResponse, SendError>) {
        if let Ok(response) = outcome
            && (300..400).contains(&response.status)
            && let Some(location) = response.headers("location").next()
        {
            self.shared.lock().manners.strayed(location);
        }
    }

    fn end(&self, id: usize, outcome: &Result<VendorResponse, SendError>) {
        let mut state = self.shared.lock();
        let now = state.now();
        let answer = match outcome {
            Ok(response) => {
                let retry_after = response.headers("retry-after").next().is_some();
                wire::answer(self.vendor, response.status, retry_after, &response.body)
            }
            Err(error) if error.kind.may_have_been_applied() => Answer::Unknown,
            Err(_) => Answer::NotApplied,
        };
        state.note(format_args!("answer {id} {answer:?}"));
        if let Ok(response) = outcome {
            state.manners.answered(self.route, response, now);
        }
        let send = &mut state.sends[id].send;
        send.end = Some(now);
        send.answer = answer;
    }
}

fn schedule(state: &mut State, id: usize, now: u64, plan: &Plan) {
    if let Some(arrives) = plan.arrives {
        state.later(now + arrives, Event::Arrives(id));
    }
    if let Answering::Promise(after) = plan.answer {
        state.later(now + after - 1, Event::Promises(id));
    }
    for applied in &plan.applied {
        state.later(now + applied, Event::Applies(id));
    }
}

fn response(reply: Reply) -> VendorResponse {
    VendorResponse { status: reply.status, headers: reply.headers, body: reply.body }
}

#[async_trait]
impl Transport for SimTransport {
    async fn send(&self, request: &VendorRequest) -> Result<VendorResponse, SendError> {
        let _pooled = match mutation::is_on(Mutation::SharedPool) {
            true => self.shared.pool.acquire().await.ok(),
            false => None,
        };
        let call = self.call(request);
        self.shared.effect(format!("about to send at {}", NAMES[self.route])).await;
        let (id, answering) = self.begin(request.subject.as_str(), call);
        let outcome = self.outcome(answering, || self.shared.lock().sends[id].reply.clone()).await;
        self.shared.effect(format!("answer of {id} is there")).await;
        self.end(id, &outcome);
        if mutation::is_on(Mutation::FollowRedirects) {
            self.follow(&outcome);
        }
        outcome
    }

    async fn read(&self, request: &ReadRequest) -> Result<VendorResponse, SendError> {
        let call = self.question(request);
        // Readers ask for one person by the last segment of the path.
        let subject = request.path.segments.last().map(String::as_str).unwrap_or_default();
        let answering = self.ask(subject, &call);
        self.outcome(answering, || Some(self.look(subject, &call))).await
    }

    fn preview(&self, request: &VendorRequest) -> Preview {
        self.wire.preview(request)
    }

    fn refresh_credential(&self) -> bool {
        let newest = self.shared.lock().vendors[self.route].credential;
        self.known_credential.swap(newest, std::sync::atomic::Ordering::Relaxed) != newest
    }
}

impl fmt::Debug for SimTransport {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(NAMES[self.route])
    }
}
