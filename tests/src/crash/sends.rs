//! What the vendors saw.

use std::{collections::BTreeMap, time::Duration};

use proof::history::{Answer, Ms, Send, wire};
use vendor_sim::{Exchange, Vendor};

use super::{
    ledger::{Ledger, Record},
    people::{self, Batch},
};
use crate::{World, subject};

/// How far each vendor's history had come.
pub(super) struct Sent(BTreeMap<&'static str, u64>);

impl Sent {
    /// Everything after this moment.
    pub(super) fn after_now(world: &World) -> Self {
        Self(Vendor::ALL.iter().map(|vendor| (vendor.name(), world.vendor(*vendor).requests())).collect())
    }

    /// The requests since, as the checker takes them.
    pub(super) fn sends(&self, world: &World, ledger: &Ledger, batch: &Batch, record: &Record) -> Vec<Send> {
        let mut sends = Vec::new();
        for vendor in Vendor::ALL {
            let control = world.vendor(vendor);
            assert_eq!(control.state().dropped, 0, "{} has forgotten requests", vendor.name());
            let owners: BTreeMap<String, &str> =
                batch.people.iter().map(|person| (subject(vendor, person), person.id.as_str())).collect();
            let started = control.started();
            let at = |us: u64| ledger.at(started + Duration::from_micros(us));
            let strangers = people::former(batch.number, vendor);
            for exchange in control.history_after(self.0[vendor.name()]) {
                // An operator has everything sent again, also about the people of earlier batches, who were judged.
                if exchange.subject.as_deref().is_some_and(&strangers) {
                    continue;
                }
                let span = Span::of(at(exchange.started_us), exchange.ended_us.map(at), record);
                sends.push(send(vendor, &exchange, &owners, &span));
            }
        }
        sends
    }
}

/// When a request was under way, and whether the process lived to see its end.
struct Span {
    start: Ms,
    end: Option<Ms>,
    cut: bool,
}

impl Span {
    fn of(start: Ms, end: Option<Ms>, record: &Record) -> Self {
        // What arrives between two processes was begun by the first.
        let before = record.stops.iter().copied().filter(|stop| *stop <= start).max();
        let newer = |stop: Ms| record.starts.iter().any(|begun| (stop..=start).contains(begun));
        if let Some(stop) = before.filter(|stop| !newer(*stop)) {
            return Self { start: stop.saturating_sub(1), end: Some(stop), cut: true };
        }
        let stop = record.stops.iter().copied().filter(|stop| *stop > start).min();
        match stop.filter(|stop| end.is_none_or(|end| end >= *stop)) {
            Some(stop) => Self { start, end: Some(stop), cut: true },
            None => Self { start, end, cut: false },
        }
    }
}

fn send(vendor: Vendor, exchange: &Exchange, owners: &BTreeMap<String, &str>, span: &Span) -> Send {
    let subject = exchange.subject.clone().unwrap_or_default();
    let owner = owners.get(&subject).map_or_else(|| format!("owner of {subject}"), |user| (*user).to_owned());
    let answer = match (&exchange.answer, exchange.status) {
        (Some(answer), Some(status)) if !span.cut => {
            let retry_after = answer.headers.iter().any(|(name, _)| name.eq_ignore_ascii_case("retry-after"));
            wire::answer(vendor, status, retry_after, &answer.body.0)
        }
        _ => Answer::Unknown,
    };
    Send {
        route: vendor.name().to_owned(),
        user: owner,
        subject,
        start: span.start,
        end: span.end,
        answer,
        writes: wire::writes(vendor, &exchange.target, &exchange.body.0),
    }
}
