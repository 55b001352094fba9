use std::collections::BTreeMap;

use delivery::{
    RouteId, decide,
    event::{Condition, Event, EventRow, Facts, MOST_KEPT},
    store::Note,
};
use uuid::Uuid;

use super::state::{State, index};

/// Events, what lasts, and who was told what.
#[derive(Debug, Default)]
pub(super) struct Events {
    rows: Vec<(i64, EventRow)>,
    last: i64,
    pub(super) conditions: BTreeMap<(RouteId, Condition), Facts>,
    told: BTreeMap<String, i64>,
}

impl Events {
    pub(super) fn write(&mut self, event: EventRow) {
        self.last += 1;
        self.rows.push((self.last, event));
        self.rows.retain(|(seq, _)| *seq > self.last - MOST_KEPT);
    }

    pub(super) fn sweep(&mut self, before: delivery::Millis) -> usize {
        let count = self.rows.len();
        self.rows.retain(|(_, row)| row.at >= before);
        count - self.rows.len()
    }

    pub(super) fn subscribe(&mut self, webhook: String) -> i64 {
        *self.told.entry(webhook).or_insert(self.last)
    }

    pub(super) fn told(&mut self, webhook: &str, seq: i64) {
        if let Some(told) = self.told.get_mut(webhook) {
            *told = seq.max(*told);
        }
    }
}

impl State {
    pub(super) fn note(&mut self, note: &Note) -> bool {
        let key = (note.route, note.condition);
        let Some(event) = decide::note_event(self.events.conditions.get(&key), note) else { return false };
        if note.lasts {
            self.events.conditions.insert(key, note.facts.clone());
        } else {
            self.events.conditions.remove(&key);
        }
        self.events.write(event);
        true
    }

    pub(super) fn list_events(&self, after: i64, limit: u32) -> Vec<Event> {
        let found = self.events.rows.iter().filter(|(seq, _)| *seq > after);
        let event = |(seq, row): &(i64, EventRow)| {
            let (route, _) = self.routes.get(index(row.route.0))?;
            Some(Event {
                seq: *seq,
                id: Uuid::from_u128(seq.unsigned_abs().into()),
                at: row.at,
                kind: row.kind,
                route: route.name.clone(),
                vendor: route.vendor.clone(),
                facts: row.facts.clone(),
            })
        };
        found.filter_map(event).take(limit as usize).collect()
    }
}
