use std::{
    collections::{BTreeMap, VecDeque},
    fmt,
    sync::{Arc, Mutex, MutexGuard, PoisonError},
    time::Duration,
};

use adapter::{ReadRequest, VendorRequest, VendorResponse};
use async_trait::async_trait;
use delivery::{Preview, SendError, SendErrorKind, Transport};
use serde_json::{Value as JsonValue, json};
use testkit::routes::WITNESS;
use tokio::time::{Instant, sleep};

/// What a vendor does with one request.
#[derive(Debug, Clone)]
pub(crate) enum Act {
    /// Answers 200 after a while.
    Ok(Duration),
    /// Answers 200 at once and names this witness.
    Names(&'static str),
    /// Answers this status.
    Status(u16),
    /// Answers this status with this header.
    With(u16, &'static str, &'static str),
    /// Answers this status in the vendor's own form, with a `Sunset` if there is one.
    Ends(u16, Option<&'static str>),
    /// Never answers: the transport gives up after its timeout.
    Silence,
    /// Refuses connections.
    Down,
    /// Breaks the gateway's own code.
    Panic,
}

/// One request as the vendor saw it.
#[derive(Debug, Clone)]
pub(crate) struct Seen {
    /// Since the start.
    pub(crate) at: Duration,
    /// Whom it was about.
    pub(crate) subject: String,
    /// The body.
    pub(crate) body: JsonValue,
}

/// A vendor that does as it is told, and the transport to it.
#[derive(Clone)]
pub(crate) struct Vendor(Arc<Mutex<Inner>>, Instant);

struct Inner {
    usual: Act,
    next: VecDeque<Act>,
    for_subject: BTreeMap<String, Act>,
    seen: Vec<Seen>,
    in_flight: u32,
    most_in_flight: u32,
    open: BTreeMap<String, u32>,
    overlaps: u32,
    shown: JsonValue,
    reads: Vec<Duration>,
    read_acts: VecDeque<Act>,
}

const TIMEOUT: Duration = Duration::from_secs(15);
pub(crate) const QUICK: Act = Act::Ok(Duration::from_millis(20));

impl Vendor {
    pub(crate) fn new() -> Self {
        let inner = Inner {
            usual: QUICK,
            next: VecDeque::new(),
            for_subject: BTreeMap::new(),
            seen: Vec::new(),
            in_flight: 0,
            most_in_flight: 0,
            open: BTreeMap::new(),
            overlaps: 0,
            shown: JsonValue::Null,
            reads: Vec::new(),
            read_acts: VecDeque::new(),
        };
        Self(Arc::new(Mutex::new(inner)), Instant::now())
    }

    /// What it does from now on.
    pub(crate) fn always(&self, act: Act) {
        self.lock().usual = act;
    }

    /// What it does with the next requests, before it goes on as always.
    pub(crate) fn next(&self, acts: impl IntoIterator<Item = Act>) {
        self.lock().next.extend(acts);
    }

    /// What it does with requests about these people, whatever else it does.
    pub(crate) fn only_for(&self, subjects: &[&str], act: &Act) {
        self.lock().for_subject.extend(subjects.iter().map(|subject| ((*subject).to_owned(), act.clone())));
    }

    /// What it shows to whoever asks.
    pub(crate) fn shows(&self, shown: JsonValue) {
        self.lock().shown = shown;
    }

    /// What it does with the next questions, before it answers them.
    pub(crate) fn next_read(&self, act: Act) {
        self.lock().read_acts.push_back(act);
    }

    /// When it was asked.
    pub(crate) fn reads(&self) -> Vec<Duration> {
        self.lock().reads.clone()
    }

    /// Everything that arrived.
    pub(crate) fn seen(&self) -> Vec<Seen> {
        self.lock().seen.clone()
    }

    /// How many requests arrived.
    pub(crate) fn count(&self) -> usize {
        self.lock().seen.len()
    }

    /// The most requests at one time.
    pub(crate) fn most_in_flight(&self) -> u32 {
        self.lock().most_in_flight
    }

    /// How often two requests about one person were under way at once.
    pub(crate) fn overlaps(&self) -> u32 {
        self.lock().overlaps
    }

    fn lock(&self) -> MutexGuard<'_, Inner> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn begin(&self, request: &VendorRequest) -> Act {
        let mut inner = self.lock();
        let subject = request.subject.as_str().to_owned();
        let own = inner.for_subject.get(&subject).cloned();
        let act = own.or_else(|| inner.next.pop_front()).unwrap_or_else(|| inner.usual.clone());
        if !matches!(act, Act::Down) {
            let seen = Seen {
                at: self.1.elapsed(),
                subject: subject.clone(),
                body: request.body.clone().unwrap_or_default(),
            };
            inner.seen.push(seen);
        }
        inner.in_flight += 1;
        inner.most_in_flight = inner.most_in_flight.max(inner.in_flight);
        let open = inner.open.entry(subject).or_default();
        *open += 1;
        let overlaps = *open > 1;
        inner.overlaps += u32::from(overlaps);
        act
    }

    fn end(&self, request: &VendorRequest) {
        let mut inner = self.lock();
        inner.in_flight -= 1;
        if let Some(open) = inner.open.get_mut(request.subject.as_str()) {
            *open -= 1;
        }
    }
}

#[async_trait]
impl Transport for Vendor {
    async fn send(&self, request: &VendorRequest) -> Result<VendorResponse, SendError> {
        let act = self.begin(request);
        let answer = |status, headers| Ok(VendorResponse { status, headers, body: body_of(status) });
        let outcome = match act {
            Act::Ok(after) => {
                sleep(after).await;
                answer(200, Vec::new())
            }
            Act::Names(witness) => {
                let body = json!({ WITNESS: witness }).to_string().into_bytes();
                Ok(VendorResponse { status: 200, headers: Vec::new(), body })
            }
            Act::Status(status) => answer(status, Vec::new()),
            Act::With(status, name, value) => answer(status, vec![(name.to_owned(), value.to_owned())]),
            Act::Ends(status, sunset) => {
                let headers = sunset.map(|sunset| ("Sunset".to_owned(), sunset.to_owned()));
                let body = br#"{"message":"from the vendor"}"#.to_vec();
                Ok(VendorResponse { status, headers: headers.into_iter().collect(), body })
            }
            Act::Silence => {
                sleep(TIMEOUT).await;
                Err(SendError { kind: SendErrorKind::Timeout, detail: "no answer in time".to_owned() })
            }
            Act::Down => Err(SendError { kind: SendErrorKind::Connect, detail: "refused".to_owned() }),
            Act::Panic => {
                self.end(request);
                panic!("a bug in the gateway")
            }
        };
        self.end(request);
        outcome
    }

    async fn read(&self, _: &ReadRequest) -> Result<VendorResponse, SendError> {
        let act = {
            let mut inner = self.lock();
            let at = self.1.elapsed();
            inner.reads.push(at);
            inner.read_acts.pop_front().unwrap_or(QUICK)
        };
        let answer = |status, headers| VendorResponse { status, headers, body: body_of(status) };
        match act {
            Act::Ok(after) => {
                sleep(after).await;
                let body = self.lock().shown.to_string().into_bytes();
                Ok(VendorResponse { body, ..answer(200, Vec::new()) })
            }
            Act::Status(status) => Ok(answer(status, Vec::new())),
            Act::With(status, name, value) => Ok(answer(status, vec![(name.to_owned(), value.to_owned())])),
            Act::Names(_) | Act::Ends(..) | Act::Silence | Act::Down | Act::Panic => {
                sleep(TIMEOUT).await;
                Err(SendError { kind: SendErrorKind::Timeout, detail: "no answer in time".to_owned() })
            }
        }
    }

    fn preview(&self, request: &VendorRequest) -> Preview {
        Preview {
            method: request.method.as_str(),
            url: String::new(),
            headers: Vec::new(),
            body: request.body_bytes(),
        }
    }
}

impl fmt::Debug for Vendor {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} requests", self.count())
    }
}

/// A vendor says that it knows nobody like that; an empty 404 could be anybody's.
fn body_of(status: u16) -> Vec<u8> {
    if status == 404 { br#"{"message":"no such person"}"#.to_vec() } else { Vec::new() }
}
