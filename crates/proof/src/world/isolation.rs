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
