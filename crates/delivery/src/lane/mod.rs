//! The lane (user, route): the unit of order.
//!
//! At most one attempt is in flight, and never an older value goes out after a newer one. Every change of a lane is
//! [`apply`]: a pure function of the row, what the user's profile owes to the route, an event and the time. Stores load a
//! row, apply, and write it, in one transaction.

mod accept;
mod claim;
mod erase;
mod facts;
mod hold;
mod kept;
mod known;
mod outcome;
mod owed;
mod place;
mod rearm;
mod reject;
mod rekey;
mod row;
mod settle;
mod slots;
mod start;
mod state;
mod stop;

#[cfg(test)]
mod tests;

pub use claim::{Claim, Filler};
pub use facts::{Assertion, Facts, RequiredFact, SubjectFact};
pub use hold::{Hold, HoldReason};
pub use kept::Kept;
pub(crate) use kept::kept;
pub(crate) use known::is_confirmed;
pub use outcome::{Failure, Outcome, Partial, Sent, Settle};
pub use owed::MOST_REMOVALS;
pub(crate) use owed::has_nothing_to_send;
pub use place::Watermark;
pub use rearm::Rearm;
pub use rekey::Rekey;
pub use row::{Again, Confirmed, Lane, Priority};
pub use slots::{Slot, Slots};
pub use state::{BlockReason, FailureClass, State, WaitCause};
pub use stop::Stop;
pub(crate) use stop::stop;

use canonical::Leaf;

use crate::{
    Millis,
    mutation::{self, Mutation},
};

/// A user's version counter: +1 for each accepted change that changes something.
pub type Version = u64;

/// Something that happens to a lane.
#[derive(Debug)]
pub enum Event<'a> {
    /// An update was accepted as version [`Facts::version`].
    Accept {
        /// The leaves that it changed.
        changed: &'a [Leaf],
        /// The leaves that it set to the value they had.
        resent: &'a [Leaf],
        /// Whether it is one of many of a bulk operation.
        priority: Priority,
    },
    /// The lane is taken for one send.
    Claim(SubjectFact),
    /// The attempt of a claim has ended.
    Settle(Settle),
    /// What the vendor refused is to be tried again.
    Rearm(Rearm),
    /// The route compares subjects in another way than before.
    Rekey(Rekey),
    /// The user was erased.
    Erase {
        /// How long a request on the wire may still change the vendor, in milliseconds.
        window: Millis,
        /// How long one that was acknowledged may, in milliseconds; none: the vendor applies before it answers.
        queued: Option<Millis>,
    },
    /// The process has started and finds the lane as the last one left it.
    Start {
        /// How long an attempt of the last process may still change the vendor.
        window: Millis,
    },
}

/// What an event asks of the caller.
#[derive(Debug, PartialEq)]
pub enum Effect {
    /// Nothing beyond writing the row.
    Done,
    /// The event does not concern this claim of the lane any more; the row is as it was.
    Stale,
    /// A request is to be built and sent.
    Send(Claim),
}

/// Applies an event to a lane.
pub fn apply(lane: &mut Lane, facts: &Facts<'_>, event: Event<'_>, now: Millis) -> Effect {
    if lane.state == State::Erased {
        return Effect::Stale;
    }
    // An attempt is settled under the configuration that it began with.
    let is_settle = matches!(event, Event::Settle(_));
    if facts.is_known {
        if !is_settle {
            lane.catch_up(facts);
        }
        drop_overtaken_holds(lane, facts);
    }
    match event {
        Event::Accept { changed, resent, priority } => {
            accept::accept(lane, facts, changed, resent, priority, now)
        }
        Event::Claim(subject) => claim::claim(lane, facts, &subject, now),
        Event::Settle(settle) => settle::settle(lane, facts, settle, now),
        Event::Rearm(rearm) => rearm::rearm(lane, facts, &rearm, now),
        Event::Rekey(rekey) => rekey::rekey(lane, rekey, now),
        Event::Erase { window, queued } => erase::erase(lane, window, queued, now),
        Event::Start { window } => start::start(lane, window, now),
    }
}

/// A refusal counts only while the leaf is what was refused. Of leaves that one answer refused together nobody knows which was meant:
/// when one of them is another by now, none is what was refused.
fn drop_overtaken_holds(lane: &mut Lane, facts: &Facts<'_>) {
    let mut overtaken = Vec::new();
    lane.held.retain(|leaf, hold| {
        let is_same = facts.carried.get(leaf).is_some_and(|carried| {
            let is_same_way = hold.way.is_none_or(|way| way == carried.way);
            hold.version == carried.version && (is_same_way || mutation::is_on(Mutation::HoldIgnoresWay))
        });
        if !is_same && hold.reason == HoldReason::Isolated {
            overtaken.push(hold.tried_at);
        }
        is_same
    });
    if !overtaken.is_empty() {
        lane.held.retain(|_, hold| hold.reason == HoldReason::Named || !overtaken.contains(&hold.tried_at));
    }
}
