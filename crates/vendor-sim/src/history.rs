//! Every request ever received, oldest dropped first.

use std::collections::VecDeque;

use serde::{Deserialize, Serialize};

use crate::call::Call;
use crate::fault::Body;
use crate::reply::Reply;

/// One request, what happened with it and what was answered.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Exchange {
    /// 1 for the first request to a vendor path; the order of reception.
    pub seq: u64,
    /// The subject under the vendor's own id, or as addressed when the vendor does not know it.
    pub subject: Option<String>,
    /// Microseconds from the start of the simulator to the reception.
    pub started_us: u64,
    /// Microseconds to the end of the answer, or to the moment the caller left; `None` while open.
    pub ended_us: Option<u64>,
    /// The method.
    pub method: String,
    /// Path and query as received; the value of a credential parameter is masked.
    pub target: String,
    /// Header lines sorted by name, repeated ones in the order of reception; credentials are masked.
    pub headers: Vec<(String, String)>,
    /// How the credential was judged.
    pub credential: Credential,
    /// The body as received.
    pub body: Body,
    /// The status answered; `None` when no byte was answered.
    pub status: Option<u16>,
    /// The answer; `None` when none was sent, or not the whole of it.
    #[serde(default)]
    pub answer: Option<Answered>,
    /// Each time the change was applied; empty when it never was.
    pub applied: Vec<Applied>,
    /// Id of the fault rule that was used.
    pub fault: Option<u64>,
}

impl Exchange {
    /// Whether the change was applied at least once.
    pub fn is_applied(&self) -> bool {
        !self.applied.is_empty()
    }
}

/// A whole answer, beside its status.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct Answered {
    /// Header lines beside `Date` and `Content-Length`.
    pub headers: Vec<(String, String)>,
    /// The body.
    pub body: Body,
}

impl From<&Reply> for Answered {
    fn from(reply: &Reply) -> Self {
        Self { headers: reply.headers.clone(), body: Body(reply.body.clone()) }
    }
}

/// When a change was applied.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Applied {
    /// Position among all applications of this simulator, from 1.
    pub order: u64,
    /// Microseconds from the start of the simulator.
    pub at_us: u64,
}

/// How the credential of a request was judged.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Credential {
    /// Absent or in a form that the vendor does not read.
    #[default]
    Missing,
    /// The right one.
    Right,
    /// Another one.
    Wrong,
}

/// The bounded list of exchanges.
pub(crate) struct History {
    exchanges: VecDeque<Exchange>,
    cap: usize,
    last: u64,
    dropped: u64,
}

impl History {
    pub(crate) const fn new(cap: usize) -> Self {
        Self { exchanges: VecDeque::new(), cap, last: 0, dropped: 0 }
    }

    /// Adds an open exchange and gives its sequence number.
    pub(crate) fn open(
        &mut self,
        call: &Call,
        subject: Option<String>,
        credential: Credential,
        now_us: u64,
    ) -> u64 {
        self.last += 1;
        if self.exchanges.len() >= self.cap.max(1) {
            self.exchanges.pop_front();
            self.dropped += 1;
        }
        self.exchanges.push_back(Exchange {
            seq: self.last,
            subject,
            started_us: now_us,
            ended_us: None,
            method: call.method.clone(),
            target: masked_target(call),
            headers: call
                .headers
                .iter()
                .map(|(name, value)| masked_header(name, value, credential))
                .collect(),
            credential,
            body: Body(call.body.clone()),
            status: None,
            answer: None,
            applied: Vec::new(),
            fault: None,
        });
        self.last
    }

    /// The exchange, unless it was dropped.
    pub(crate) fn get_mut(&mut self, seq: u64) -> Option<&mut Exchange> {
        let first = self.exchanges.front()?.seq;
        let index = usize::try_from(seq.checked_sub(first)?).ok()?;
        self.exchanges.get_mut(index)
    }

    /// The exchanges after this sequence number.
    pub(crate) fn after(&self, seq: u64) -> Vec<Exchange> {
        let skip = self.exchanges.partition_point(|exchange| exchange.seq <= seq);
        self.exchanges.range(skip..).cloned().collect()
    }

    pub(crate) const fn last(&self) -> u64 {
        self.last
    }

    pub(crate) const fn dropped(&self) -> u64 {
        self.dropped
    }
}

fn masked_header(name: &str, value: &str, credential: Credential) -> (String, String) {
    let verdict = match credential {
        Credential::Missing => "<unread>",
        Credential::Right => "<right>",
        Credential::Wrong => "<wrong>",
    };
    let shown = match name {
        "authorization" => value
            .split_once(' ')
            .map_or_else(|| verdict.to_owned(), |(scheme, _)| format!("{scheme} {verdict}")),
        "rest-api-key" | "cookie" | "proxy-authorization" => verdict.to_owned(),
        _ => value.to_owned(),
    };
    (name.to_owned(), shown)
}

fn masked_target(call: &Call) -> String {
    let query = call.query();
    if !crate::vendors::has_query_credential(call) {
        return call.target.clone();
    }
    let pairs = query.split('&').map(|pair| match pair.split_once('=') {
        Some((name, _)) if crate::vendors::is_credential_name(name) => format!("{name}=<masked>"),
        _ => pair.to_owned(),
    });
    format!("{}?{}", call.path(), pairs.collect::<Vec<_>>().join("&"))
}
