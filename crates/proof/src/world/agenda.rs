use std::collections::BTreeMap;

use super::script::Act;
use crate::history::Ms;

/// What is still to happen, by its time; of two events of one time, the one that was added first comes first.
#[derive(Debug, Default)]
pub(crate) struct Agenda {
    events: BTreeMap<(Ms, u64), Event>,
    added: u64,
}

/// Something on the agenda.
#[derive(Debug, Clone)]
pub(crate) enum Event {
    /// As the script says.
    Act(Act),
    /// A request reaches its vendor.
    Arrives(usize),
    /// A vendor applies a request.
    Applies(usize),
    /// A vendor says what it would do with a request.
    Promises(usize),
    /// A client asks, for the first time or again.
    Ask(usize),
    /// The process ends because its store has failed.
    Exit,
    /// The chaos is over.
    Calm,
    /// Is everything done?
    Look,
}

/// What a process has ears for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Ears {
    /// It runs.
    All,
    /// It stops: callers are answered until the end.
    Callers,
    /// It starts.
    Nobody,
}

impl Ears {
    fn hear(self, event: &Event) -> bool {
        match event {
            // These happen to vendors or to the process, whoever listens.
            Event::Arrives(_) | Event::Applies(_) | Event::Promises(_) | Event::Exit => true,
            Event::Ask(_) => self != Self::Nobody,
            Event::Act(_) | Event::Calm | Event::Look => self == Self::All,
        }
    }
}

impl Agenda {
    pub(crate) fn add(&mut self, at: Ms, event: Event) {
        self.added += 1;
        self.events.insert((at, self.added), event);
    }

    pub(crate) fn next_at(&self, ears: Ears) -> Option<Ms> {
        self.events.iter().find(|(_, event)| ears.hear(event)).map(|((at, _), _)| *at)
    }

    /// The next event that is heard, if its time has come.
    pub(crate) fn take_due(&mut self, now: Ms, ears: Ears) -> Option<(Ms, Event)> {
        let due = self.events.range(..=(now, u64::MAX)).find(|(_, event)| ears.hear(event));
        let key = *due?.0;
        self.events.remove(&key).map(|event| (key.0, event))
    }

    pub(crate) fn has_requests_to_come(&self) -> bool {
        self.events.values().any(|event| {
            matches!(event, Event::Applies(_) | Event::Arrives(_) | Event::Ask(_) | Event::Act(_))
        })
    }
}
