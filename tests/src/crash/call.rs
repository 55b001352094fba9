use std::{io, thread, time::Duration};

use proof::history::Outcome;
use serde_json::Value;

use super::{board::Board, ledger::Ledger};
use crate::Response;

/// A request as it goes out, again and again.
pub(super) struct Call<'a> {
    pub(super) method: &'static str,
    pub(super) user: &'a str,
    pub(super) headers: Vec<(&'static str, String)>,
    pub(super) body: Option<&'a Value>,
    /// Whether it may be sent again when nobody knows what became of it.
    pub(super) repeatable: bool,
}

/// What a caller knows in the end.
pub(super) struct Told {
    pub(super) outcome: Outcome,
    pub(super) update: Option<String>,
}

/// How long a caller leaves a gateway alone that cannot take its request.
const PAUSE: Duration = Duration::from_millis(5);

impl Call<'_> {
    /// Asks until the outcome is known, or cannot be known.
    pub(super) fn ask(&self, board: &Board, ledger: &Ledger) -> Told {
        let unknown = || Told { outcome: Outcome::Unknown, update: None };
        // The newest process that may have carried it out without telling.
        let mut doubtful = None;
        loop {
            let (client, life) = board.process();
            ledger.lock().repeated += u64::from(doubtful.is_some());
            let headers: Vec<_> = self.headers.iter().map(|(name, value)| (*name, value.as_str())).collect();
            let path = format!("/v1/users/{}", self.user);
            match client.try_send(self.method, &path, &headers, self.body) {
                // Nobody listens: it was not sent.
                Err(error) if error.kind() == io::ErrorKind::ConnectionRefused => thread::sleep(PAUSE),
                Err(_) => doubtful = Some(life),
                Ok(answer) if answer.status == 503 => {
                    if answer.problem() == "outcome-unknown" {
                        doubtful = Some(life);
                    }
                    thread::sleep(PAUSE);
                }
                Ok(answer) => {
                    board.answered();
                    // A refusal says nothing about an attempt that this process may still carry out.
                    let is_clear = doubtful.is_none_or(|doubtful| doubtful < life);
                    return self.told(&answer, ledger).unwrap_or(if is_clear {
                        Told { outcome: Outcome::Refused, update: None }
                    } else {
                        unknown()
                    });
                }
            }
            if doubtful.is_some() && !self.repeatable {
                return unknown();
            }
        }
    }

    /// What a success says; none for a refusal.
    fn told(&self, answer: &Response, ledger: &Ledger) -> Option<Told> {
        let json = answer.json();
        ledger.lock().replayed += u64::from(answer.header("idempotency-replayed").is_some());
        match (self.method, answer.status) {
            (_, 200 | 202) if json["version"].is_u64() => {
                let is = |name: &str| json[name].as_bool().unwrap_or_default();
                let bumped = self.method == "DELETE" || is("changed") || is("created");
                let version = json["version"].as_u64().unwrap_or_default();
                let update = json["id"].as_str().map(str::to_owned);
                return Some(Told { outcome: Outcome::Ok { version, bumped }, update });
            }
            ("PATCH", 410 | 412) | ("DELETE", 404) => {}
            (method, status) => {
                ledger.strange(format!("{method} {}: {status} {}", self.user, answer.text()));
            }
        }
        None
    }
}
