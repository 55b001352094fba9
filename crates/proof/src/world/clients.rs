//! Callers: they ask, lose answers, and ask again with the same key until they know.

use std::{sync::Arc, time::Duration};

use canonical::{Patch, Rules, UserId};
use delivery::{
    engine::{Engine, Submission},
    store::{AcceptError, Actor, IdempotencyKey, Precondition, StoreError},
};
use serde_json::Value as Json;
use tokio::time::timeout;
use uuid::Uuid;

use super::{agenda::Event, dice::Dice, options::Faults, people, script::Ask, shared::Shared, state::State};
use crate::history::{Ms, Outcome};

/// One thing that a client asks for, until it knows what became of it.
pub(crate) struct Pending {
    pub(crate) user: usize,
    pub(crate) request: Request,
    pub(crate) invoked: Option<Ms>,
    pub(crate) ended: Option<Ms>,
    pub(crate) outcome: Outcome,
    pub(crate) ids: Vec<Uuid>,
    running: u32,
    attempts: u32,
    /// Attempts whose answers nobody waits for any more, and that may still be carried out.
    abandoned: u32,
}

/// What is asked for.
#[derive(Clone)]
pub(crate) enum Request {
    Update(Ask, Precondition),
    Erase { again: Option<Json> },
}

/// What one attempt comes to.
enum Told {
    Done {
        version: u64,
        bumped: bool,
    },
    Refused,
    /// Certainly not done; worth another try.
    NotNow,
    Nothing,
}

impl Pending {
    pub(crate) fn new(user: usize, request: Request) -> Self {
        Self {
            user,
            request,
            invoked: None,
            ended: None,
            outcome: Outcome::Unknown,
            ids: Vec::new(),
            running: 0,
            attempts: 0,
            abandoned: 0,
        }
    }

    /// Whether the client still wants to know.
    pub(crate) fn is_open(&self) -> bool {
        self.ended.is_none() && (self.invoked.is_none() || self.asks_again() || self.running > 0)
    }

    fn asks_again(&self) -> bool {
        match &self.request {
            Request::Update(ask, _) => ask.key.is_some(),
            Request::Erase { .. } => true,
        }
    }

    fn wants_twin(&self) -> bool {
        matches!(&self.request, Request::Update(ask, _) if ask.twin)
    }
}

/// A new client appears and asks at once.
pub(crate) fn arrive(state: &mut State, user: usize, request: Request) {
    let id = state.clients.len();
    let now = state.now();
    let client = Pending::new(user, request);
    if client.wants_twin() {
        state.later(now + 1 + id as u64 % 40, Event::Ask(id));
    }
    state.clients.push(client);
    state.later(now, Event::Ask(id));
}

/// Begins an attempt in the present process.
pub(crate) fn ask(shared: &Arc<Shared>, engine: &Engine, id: usize) {
    let mut state = shared.lock();
    let now = state.now();
    let client = &mut state.clients[id];
    if client.ended.is_some() {
        return;
    }
    client.invoked.get_or_insert(now);
    client.running += 1;
    client.attempts += 1;
    let (attempt, request, user) = (client.attempts, client.request.clone(), client.user);
    state.note(format_args!("client {id} asks, attempt {attempt}"));
    let update = Uuid::from_u128((u128::from(now) << 64) | (id as u128) << 16 | u128::from(attempt));
    state.clients[id].ids.push(update);
    drop(state);
    let (shared, engine) = (Arc::clone(shared), engine.clone());
    tokio::spawn(async move {
        let mut dice = Dice::of(&[shared.seed, 3, id as u64, u64::from(attempt)]);
        let patience = Duration::from_millis(dice.range(1_500, 8_000));
        let told = match request {
            Request::Update(ask, precondition) => {
                let submission = submission(user, &ask, precondition, update);
                match timeout(patience, engine.submit(submission, None)).await {
                    Err(_) => Told::Nothing,
                    Ok(Ok(submitted)) => {
                        let row = submitted.accepted.update;
                        Told::Done { version: row.version, bumped: row.effective || row.created }
                    }
                    Ok(Err(error)) => refused(&error),
                }
            }
            Request::Erase { .. } => {
                let by = Actor("privacy".to_owned());
                match timeout(patience, engine.erase(name(user), Precondition::None, by)).await {
                    Ok(Ok(Some(erased))) => Told::Done { version: erased.version, bumped: true },
                    Ok(Ok(None)) => Told::Refused,
                    Ok(Err(StoreError::Full | StoreError::Overloaded | StoreError::Closed)) => Told::NotNow,
                    Ok(Err(_)) | Err(_) => Told::Nothing,
                }
            }
        };
        // The effect that follows a commit may have been a crash; then nobody hears anything.
        tell(&shared, id, told, &mut dice);
    });
}

fn refused(error: &AcceptError) -> Told {
    match error {
        AcceptError::Store(StoreError::Full | StoreError::Overloaded | StoreError::Closed) => Told::NotNow,
        AcceptError::Store(_) => Told::Nothing,
        _ => Told::Refused,
    }
}

fn submission(user: usize, ask: &Ask, precondition: Precondition, id: Uuid) -> Submission {
    let body = ask.body.to_string();
    let idempotency = ask.key.map(|key| IdempotencyKey {
        key: format!("key-{key}"),
        request: format!("PATCH {user} {precondition:?} {body}").into_bytes(),
        expires_at: i64::MAX / 2,
    });
    Submission {
        id,
        user: name(user),
        patch: patch(&ask.body),
        precondition,
        idempotency,
        caller: Actor(format!("caller-{}", ask.caller)),
        may_create: true,
        may_operate: ask.operates,
        trace: None,
    }
}

pub(crate) fn patch(body: &Json) -> Patch {
    Patch::parse(body.to_string().as_bytes(), &Rules::default())
        .expect("callers of this world send valid patches")
}

pub(crate) fn name(user: usize) -> UserId {
    people::user_id(user).parse().expect("a plain id")
}

fn tell(shared: &Shared, id: usize, told: Told, dice: &mut Dice) {
    let mut guard = shared.lock();
    let state = &mut *guard;
    if state.dead {
        return;
    }
    let now = state.now();
    let lossy = shared.options.faults == Faults::All && state.calm_since.is_none();
    let told = match told {
        // The answer gets lost on its way.
        Told::Done { .. } | Told::Refused if lossy && dice.percent(6) => Told::Nothing,
        told => told,
    };
    let client = &mut state.clients[id];
    client.running = client.running.saturating_sub(1);
    let known = client.ended.is_some();
    let text = match told {
        Told::Done { version, bumped } => {
            let outcome = Outcome::Ok { version, bumped };
            if known && !matches!(client.outcome, Outcome::Unknown) && client.outcome != outcome {
                let text = format!("client {id} was told {:?} and then {outcome:?}", client.outcome);
                state.find("G3", text);
                return;
            }
            client.outcome = outcome;
            client.ended.get_or_insert(now);
            format!("client {id} is told {version} {bumped}")
        }
        Told::Refused => {
            // A refusal says nothing about an earlier attempt that may still be carried out.
            if client.abandoned == 0 && client.running == 0 && !known {
                client.outcome = Outcome::Refused;
            }
            client.ended.get_or_insert(now);
            format!("client {id} is refused")
        }
        Told::NotNow if !known => {
            state.later(now + dice.range(100, 5_000), Event::Ask(id));
            format!("client {id} is to come again")
        }
        Told::Nothing if !known => {
            client.abandoned += 1;
            if client.asks_again() {
                state.later(now + dice.range(100, 10_000), Event::Ask(id));
            }
            format!("client {id} hears nothing")
        }
        Told::NotNow | Told::Nothing => return,
    };
    state.note(format_args!("{text}"));
    come_back(state, id, now, dice);
    drop(guard);
    shared.changed.notify_one();
}

/// Who was forgotten comes back under the old id.
fn come_back(state: &mut State, id: usize, now: Ms, dice: &mut Dice) {
    let client = &mut state.clients[id];
    let (Outcome::Ok { .. }, Request::Erase { again }) = (client.outcome, &mut client.request) else {
        return;
    };
    let Some(body) = again.take() else { return };
    let user = client.user;
    let ask = Ask { user, body, caller: 0, key: Some(7_000 + id as u64), operates: false, twin: false };
    let back = Pending::new(user, Request::Update(ask, Precondition::Absent));
    let id = state.clients.len();
    state.clients.push(back);
    state.later(now + dice.range(0, 60_000), Event::Ask(id));
}

/// The process is gone with everything that it had not answered.
pub(crate) fn hear_of_crash(shared: &Shared, next_life: Ms) {
    let mut guard = shared.lock();
    let state = &mut *guard;
    let mut dice = Dice::of(&[shared.seed, 4, state.stops.len() as u64]);
    for id in 0..state.clients.len() {
        let client = &mut state.clients[id];
        let running = std::mem::take(&mut client.running);
        // Whatever an attempt of the old process did, it did by now.
        client.abandoned = 0;
        if running > 0 && client.ended.is_none() && client.asks_again() {
            state.later(next_life + dice.range(0, 5_000), Event::Ask(id));
        }
    }
}
