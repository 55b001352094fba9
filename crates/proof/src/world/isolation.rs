//! What one vendor's trouble means to the others: nothing, to the millisecond.

use super::{
    options::{Crashes, Faults, Options},
    report::Report,
    routes::NAMES,
    run::run,
    weather::Weather,
};

/// Runs a world twice, with and without trouble at one route, and answers what differs at the others: empty when nothing.
pub fn differences(seed: u64, route: usize, weather: Weather) -> Vec<String> {
    let with = |faults| Options { faults, crashes: Crashes::None, ..Options::default() };
    let healthy = run(seed, with(Faults::None));
    let troubled = run(seed, with(Faults::At { route, weather, user: None }));
    let others = NAMES.iter().enumerate().filter(|(at, _)| *at != route);
    others.flat_map(|(_, name)| compare(name, &healthy, &troubled)).collect()
}

fn compare(route: &str, healthy: &Report, troubled: &Report) -> Vec<String> {
    let sends = |report: &Report| -> Vec<String> {
        let of_route = report.history.sends.iter().filter(|send| send.route == route);
        of_route.map(|send| format!("{} {} {:?}", send.start, send.subject, send.writes)).collect()
    };
    let (healthy, troubled) = (sends(healthy), sends(troubled));
    let length = healthy.len().max(troubled.len());
    let differs = (0..length).filter(|at| healthy.get(*at) != troubled.get(*at));
    differs.map(|at| format!("{route}: {:?} became {:?}", healthy.get(at), troubled.get(at))).collect()
}

/// How long one request takes at most, and a little more: what a user may wait for another one's.
const A_REQUEST: u64 = 20_000;

/// Runs a world in which one vendor fails for one user alone, and answers which of the others' requests there came later than
/// one request takes, or not at all.
pub fn delays(seed: u64, route: usize, weather: Weather) -> Vec<String> {
    let with =
        |faults| Options { faults, crashes: Crashes::None, users: 3, updates: 12, ..Options::default() };
    let healthy = run(seed, with(Faults::None));
    let poisoned = run(seed, with(Faults::At { route, weather, user: Some(0) }));
    let waits = |report: &Report| -> Vec<(String, u64)> {
        let others =
            report.history.sends.iter().filter(|send| send.route == NAMES[route] && send.user != "u0");
        others.map(|send| (format!("{} {:?}", send.subject, send.writes), send.start)).collect()
    };
    let (healthy, poisoned) = (waits(&healthy), waits(&poisoned));
    let mut delays = Vec::new();
    for (what, usual) in &healthy {
        // What is sent twice cannot be told apart, and what goes along with something else is not found again.
        let same = |(other, _): &&(String, u64)| other == what;
        let mut again = poisoned.iter().filter(same);
        let (Some((_, start)), None, 1) = (again.next(), again.next(), healthy.iter().filter(same).count())
        else {
            continue;
        };
        if *start > usual + A_REQUEST {
            delays.push(format!("{}: {what} at {start}, not {usual}", NAMES[route]));
        }
    }
    delays
}

/// Runs a world in which one vendor fails for one user alone, of whom much is asked, and answers how often it is asked about
/// that user.
pub fn tries(seed: u64, route: usize, weather: Weather) -> usize {
    let faults = Faults::At { route, weather, user: Some(0) };
    let options = Options { faults, crashes: Crashes::None, users: 2, updates: 80, ..Options::default() };
    let until = options.chaos;
    let report = run(seed, options);
    let of_user = |send: &&crate::history::Send| send.route == NAMES[route] && send.user == "u0";
    report.history.sends.iter().filter(of_user).filter(|send| send.start < until).count()
}
