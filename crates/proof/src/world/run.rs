//! One run: process after process, until everything is done.

use std::sync::Arc;

use delivery::{Enrol, Transport};
use testkit::memory_store::MemoryStore;
use tokio::runtime::Builder;
use vendor_sim::{NothingToRemove, UnknownSubjects, Vendor};

use super::{
    agenda::Event,
    clients,
    dice::Dice,
    gather,
    life::{End, Life},
    options::{Crashes, Faults, Options, Reassert, Stress},
    people,
    report::Report,
    routes::{NAMES, SETTLE, Setup, TIMEOUT, Transports},
    script,
    shared::Shared,
    state::State,
    switch::Switch,
    transport::SimTransport,
    trouble::{Asked, Bounds},
    vendors::{self, VendorState},
    weather::{Forecast, Weather},
};
use crate::history::check;

/// Runs the world of a seed.
///
/// # Panics
/// When no runtime can be made.
pub fn run(seed: u64, options: Options) -> Report {
    let mut dice = Dice::of(&[seed, 0]);
    let setup = setup(&mut dice, &options);
    let explicit = [true, true, true, setup.village == Enrol::Identity];
    let script = script::script(seed, &options, &explicit);
    let vendors = vendor_states(seed, &mut dice, &options, &setup);
    let epoch = 1_790_000_000_000;
    let mut state = State::new(seed, epoch, vendors, options.keep_trace);
    state.store_delay = match options.faults {
        Faults::All => *dice.pick(&[0, 2, 20, 20, 3_000]),
        _ if options.stress == Stress::Reloads => 3_000,
        _ => 0,
    };
    if let Crashes::AtEffect(effect) = options.crashes {
        state.crash_at = Some(effect);
    }
    let chaos = 1_000 + options.chaos;
    script.into_iter().for_each(|(at, act)| state.later(1_000 + at, Event::Act(act)));
    state.later(chaos, Event::Calm);
    live(&Shared::new(seed, options, setup, state), &mut dice)
}

fn live(shared: &Arc<Shared>, dice: &mut Dice) -> Report {
    let switch = Arc::<Switch>::default();
    switch.note_for(Some(Arc::clone(shared)));
    let store = Arc::new(MemoryStore::new(switch.clone()));
    let way =
        |route, host| Arc::new(SimTransport::new(Arc::clone(shared), route, host)) as Arc<dyn Transport>;
    let transports: Transports =
        (0..NAMES.len()).map(|route| std::array::from_fn(|host| way(route, host))).collect();
    for number in 0.. {
        let life = Life {
            shared: Arc::clone(shared),
            store: Arc::clone(&store),
            switch: Arc::clone(&switch),
            transports: transports.clone(),
            number,
        };
        let runtime = Builder::new_current_thread().enable_time().start_paused(true).build();
        let runtime = runtime.expect("a runtime without I/O");
        let end = runtime.block_on(life.run());
        if matches!(end, End::Done | End::Overdue) {
            let history = runtime.block_on(gather::history(shared, &store));
            let time = runtime.enter();
            let report = report(shared, end, history);
            drop(time);
            switch.note_for(None);
            return report;
        }
        let downtime = dice.range(50, 20_000);
        // Virtual time is the runtime's, which is not asked outside of it.
        let time = runtime.enter();
        shared.end_life(downtime);
        drop(time);
        drop(runtime);
        switch.tell(None);
        store.reopen();
        let next_life = shared.now();
        clients::hear_of_crash(shared, next_life);
        shared.jump(dice);
    }
    unreachable!("the loop above has no end")
}

fn report(shared: &Shared, end: End, history: crate::history::History) -> Report {
    let mut verdict = check(&history);
    let mut state = shared.lock();
    verdict.findings.append(&mut state.findings);
    verdict.findings.extend(state.manners.strays());
    if end == End::Overdue {
        verdict
            .findings
            .push(crate::history::Finding { rule: "G9", text: "did not come to rest in time".to_owned() });
    }
    let violations = state.vendors.iter().flat_map(VendorState::violations).collect();
    Report {
        seed: shared.seed,
        options: shared.options.clone(),
        hash: state.trace.hash(),
        events: state.trace.events(),
        effects: state.effects,
        ends: state.stops.len() as u64,
        time: state.now(),
        quiet_after: state.quiet_after,
        verdict,
        violations,
        history,
        lines: state.trace.take_lines(),
    }
}

fn setup(dice: &mut Dice, options: &Options) -> Setup {
    let wild = options.faults == Faults::All;
    let apply_window = if wild && dice.percent(30) { 30_000 } else { 0 };
    Setup {
        settle: if options.reassert == Reassert::On { SETTLE } else { 0 },
        matches: wild && dice.percent(50),
        village: if wild && dice.percent(30) { Enrol::Email } else { Enrol::Identity },
        apply_window,
        unlimited: wild && dice.percent(50),
    }
}

fn vendor_states(seed: u64, dice: &mut Dice, options: &Options, setup: &Setup) -> Vec<VendorState> {
    let state = |(route, vendor): (usize, Vendor)| {
        let by_email = vendor == Vendor::Village && setup.village == Enrol::Email;
        let unknown = if by_email { UnknownSubjects::Allowed } else { UnknownSubjects::Violation };
        let of_nothing = [NothingToRemove::Done, NothingToRemove::SaysSo, NothingToRemove::NotFound];
        let of_nothing = *dice.pick(&of_nothing);
        let config = vendors::config(vendor, people::everybody(options.users), unknown, of_nothing);
        let apply_window = if vendor == Vendor::Village { setup.apply_window } else { 0 };
        let forecast = match &options.faults {
            Faults::All => Forecast::changing(dice, options.chaos, apply_window > 0),
            Faults::LostAnswers => Forecast::steady(Weather::Lossy, options.chaos),
            Faults::At { route: at, weather, .. } if *at == route => {
                Forecast::steady(*weather, options.chaos)
            }
            Faults::None | Faults::At { .. } => Forecast::default(),
        };
        let bounds =
            Bounds { vendor, timeout: TIMEOUT, settle: SETTLE, apply_window, asked: Asked::default() };
        let mut state = VendorState::new(seed, &config, forecast, bounds);
        if let Faults::At { route: at, user: Some(user), .. } = &options.faults
            && *at == route
        {
            state.poisoned = Some(people::subject(route, *user, 0));
        }
        state
    };
    debug_assert_eq!(NAMES.len(), Vendor::ALL.len());
    Vendor::ALL.into_iter().enumerate().map(state).collect()
}
