//! One process: the engine from its start until it stops, crashes, or everything is done.

use std::{sync::Arc, time::Duration};

use delivery::{
    NoTelemetry, SeededJitter,
    engine::{Engine, Hub, Parts},
    lane::{State as LaneState, WaitCause},
    store::{LaneFilter, Reads},
};
use testkit::memory_store::MemoryStore;
use tokio::time::sleep_until;
use vendor_sim::Vendor;

use super::{
    agenda::{Ears, Event},
    chaos_store::ChaosStore,
    clients, gather, operators,
    routes::{self, Transports},
    script::Act,
    shared::{Shared, WorldClock},
    state::SendLog,
    switch::Switch,
    words,
};
use crate::history::{Answer, Ms, check_settled, wire};

/// How a process ended.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum End {
    /// It crashed, or exited because its store had failed.
    Crash,
    /// It was asked to stop.
    Stopped,
    /// Everything is done.
    Done,
    /// It took too long.
    Overdue,
}

/// What a process needs of the world.
pub(crate) struct Life {
    pub(crate) shared: Arc<Shared>,
    pub(crate) store: Arc<MemoryStore>,
    pub(crate) switch: Arc<Switch>,
    pub(crate) transports: Transports,
    pub(crate) number: u64,
}

/// More requests than any run needs: a lane that never comes to rest.
const RUNAWAY: usize = 20_000;
/// How often a calm world is looked at.
const LOOK: Ms = 10_000;

impl Life {
    /// Lives on the present runtime.
    pub(crate) async fn run(&self) -> End {
        self.shared.begin_life();
        let hub = Hub::new();
        self.switch.tell(Some(hub.clone()));
        let store = ChaosStore { inner: Arc::clone(&self.store), shared: Arc::clone(&self.shared) };
        let parts = Parts {
            store: Arc::new(store),
            hub,
            clock: Arc::new(WorldClock(Arc::clone(&self.shared))),
            jitter: Arc::new(SeededJitter::new(self.shared.seed ^ self.number)),
            telemetry: Arc::new(NoTelemetry),
        };
        let variant = self.shared.lock().variant;
        let configured = routes::routes(&self.shared.setup, variant, &self.transports);
        // Whoever moves a route confirms it.
        let starting = tokio::spawn(Engine::start(parts, configured, true));
        let engine = loop {
            if starting.is_finished() {
                break starting.await;
            }
            if let Some(end) = self.step(None, Ears::Nobody).await {
                return end;
            }
        };
        let Ok(Ok(engine)) = engine else { return End::Crash };
        loop {
            if let Some(end) = self.step(Some(&engine), Ears::All).await {
                return end;
            }
        }
    }

    /// Waits for the next thing on the agenda that may happen, and lets it happen.
    async fn step(&self, engine: Option<&Engine>, ears: Ears) -> Option<End> {
        let next = {
            let state = self.shared.lock();
            if state.dead {
                return Some(End::Crash);
            }
            state.agenda.next_at(ears)
        };
        let soon = self.shared.now() + if ears == Ears::All { 60_000 } else { 10 };
        let at = self.shared.instant(next.map_or(soon, |next| next.min(soon)));
        tokio::select! {
            biased;
            () = self.shared.changed.notified() => return None,
            () = sleep_until(at) => {}
        }
        loop {
            let due = self.shared.lock().take_due(ears);
            let (at, event) = due?;
            if let Some(end) = self.happen(engine, at, event).await {
                return Some(end);
            }
            if let Some(engine) = engine {
                self.read(engine, false).await;
            }
        }
    }

    /// Somebody asks how one person stands, or all: each word is held against the vendors' records.
    async fn read(&self, engine: &Engine, all: bool) {
        let users = self.shared.options.users;
        let one = {
            let mut state = self.shared.lock();
            if !all && !state.curiosity.percent(4) {
                return;
            }
            usize::try_from(state.curiosity.below(users as u64)).unwrap_or(0)
        };
        for user in if all { 0..users } else { one..one + 1 } {
            words::check(&self.shared, &self.store, &engine.routes(), user).await;
        }
    }

    async fn happen(&self, engine: Option<&Engine>, at: Ms, event: Event) -> Option<End> {
        match (event, engine) {
            (Event::Arrives(send), _) => self.arrives(send, at),
            (Event::Applies(send), _) => self.applies(send, at),
            (Event::Promises(send), _) => self.promises(send),
            (Event::Exit, _) => return Some(End::Crash),
            (Event::Ask(_) | Event::Act(_) | Event::Calm | Event::Look, None) => {}
            (Event::Act(Act::Terminate), Some(engine)) => return Some(self.terminate(engine).await),
            (Event::Act(act), Some(engine)) => operators::act(&self.shared, engine, &self.transports, act),
            (Event::Ask(client), Some(engine)) => clients::ask(&self.shared, engine, client),
            (Event::Calm, Some(engine)) => self.calm(engine),
            (Event::Look, Some(engine)) => return self.look(engine, at).await,
        }
        None
    }

    fn arrives(&self, send: usize, at: Ms) {
        let mut state = self.shared.lock();
        let SendLog { route, host, ref call, .. } = state.sends[send];
        let call = Arc::clone(call);
        state.vendors[route].arrive(host, &call, at);
    }

    fn applies(&self, send: usize, at: Ms) {
        let mut state = self.shared.lock();
        let SendLog { route, host, ref call, send: ref sent, .. } = state.sends[send];
        let (call, sent) = (Arc::clone(call), sent.clone());
        let reply = state.vendors[route].apply(host, &call, at);
        state.note(format_args!("applied {send}: {}", reply.status));
        if wire::answer(Vendor::ALL[route], reply.status, false, &reply.body) == Answer::Success {
            state.record.applied(route, host, &sent);
        }
        let fields = state.vendors[route].fields(host, &sent.subject);
        state.record.seen(route, host, &sent, &fields);
        state.sends[send].reply = Some(reply);
    }

    fn promises(&self, send: usize) {
        let mut state = self.shared.lock();
        let log = &state.sends[send];
        let reply = state.vendors[log.route].preview(log.host, &log.call);
        state.sends[send].reply.get_or_insert(reply);
    }

    /// The process is asked to stop; what is under way at vendors goes on meanwhile.
    async fn terminate(&self, engine: &Engine) -> End {
        let stopping = engine.clone();
        let stop = tokio::spawn(async move { stopping.stop(Duration::from_secs(20)).await });
        while !stop.is_finished() {
            if let Some(end) = Box::pin(self.step(Some(engine), Ears::Callers)).await {
                return end;
            }
            let soon = self.shared.now() + 5;
            if !stop.is_finished() {
                sleep_until(self.shared.instant(soon)).await;
            }
        }
        End::Stopped
    }

    /// From now on nothing goes wrong any more. Operators resume what does not come back by itself; impatient ones resume
    /// everything.
    fn calm(&self, engine: &Engine) {
        let patient = self.shared.is_patient();
        // Asked before the lock is taken: the engine asks the world for the time.
        let conditions = engine.conditions();
        let mut state = self.shared.lock();
        let now = state.now();
        state.note(format_args!("calm"));
        state.calm_since = Some(now);
        state.crash_at = None;
        state.store_fault = None;
        state.store_delay = state.store_delay.min(20);
        state.vendors.iter_mut().for_each(|vendor| vendor.credential += 1);
        let returned = std::mem::take(&mut state.returned);
        returned.into_iter().for_each(|route| state.later(now + LOOK / 2, Event::Act(Act::Resync(route))));
        for (id, condition) in conditions {
            let stays = condition.pause.is_some_and(|pause| pause.probe_at.is_none() || !patient);
            if let (true, Ok(route)) = (stays, usize::try_from(id.0 - 1)) {
                state.later(now, Event::Act(Act::Resume(route)));
            }
        }
        state.later(now + LOOK, Event::Look);
    }

    async fn look(&self, engine: &Engine, at: Ms) -> Option<End> {
        let filter = LaneFilter { limit: u32::MAX, ..LaneFilter::default() };
        let lanes = self.store.lanes(filter).await.unwrap_or_default();
        let moving = lanes.iter().any(|view| match view.row.lane.state {
            LaneState::Ready | LaneState::InFlight => true,
            LaneState::Wait(cause) => cause != WaitCause::HoldRetry,
            LaneState::Idle | LaneState::Blocked(_) | LaneState::Erased => false,
        });
        // What a changed configuration owes is found by a pass, which waits for the attempts under an older one.
        let moving = moving || self.store.has_passes();
        let paused = engine.conditions().into_iter().filter(|(_, condition)| condition.pause.is_some());
        let paused: Vec<i64> = paused.map(|(id, _)| id.0).collect();
        if !moving {
            self.read(engine, true).await;
        }
        let wrong = match moving {
            true => Vec::new(),
            false => check_settled(&gather::history(&self.shared, &self.store).await),
        };
        let mut state = self.shared.lock();
        let waiting =
            state.clients.iter().any(clients::Pending::is_open) || state.agenda.has_requests_to_come();
        let since = state.calm_since.unwrap_or(at);
        let quiet = !moving && !waiting;
        match (quiet, state.tried_again) {
            (true, Some(_)) => return Some(End::Done),
            (true, None) => {
                state.findings.extend(wrong);
                // What stands still is tried once more by hand; what then still does has a reason that holds now.
                state.note(format_args!("quiet after {} s", (at - since) / 1_000));
                state.tried_again = Some(at);
                state.quiet_after = Some(at - since);
                for route in paused.into_iter().filter_map(|id| usize::try_from(id - 1).ok()) {
                    state.later(at, Event::Act(Act::Resume(route)));
                }
                (0..routes::NAMES.len()).for_each(|route| state.later(at, Event::Act(Act::Retry(route))));
            }
            (false, _) if state.sends.len() > RUNAWAY => return Some(End::Overdue),
            (false, tried) if at - tried.unwrap_or(since) > self.shared.bound() => return Some(End::Overdue),
            (false, _) => {}
        }
        state.later(at + LOOK, Event::Look);
        None
    }
}
