use proof::{
    history::{Answer, Send, Write},
    world::{Crashes, Faults, Options, Weather, delays, differences, run, tries},
};

#[test]
fn the_trouble_of_one_vendor_changes_nothing_at_the_others() {
    for route in 0..4 {
        for (at, weather) in Weather::BAD.into_iter().enumerate() {
            let differences = differences(at as u64, route, weather);
            assert!(
                differences.is_empty(),
                "{weather:?} at route {route}, seed {at}: {}",
                differences.join("\n")
            );
        }
    }
}

#[test]
fn the_trouble_itself_is_there() {
    let options = |faults| Options { faults, crashes: Crashes::None, ..Options::default() };
    for route in 0..4 {
        let healthy = run(5, options(Faults::None));
        let troubled = run(5, options(Faults::At { route, weather: Weather::Hang, user: None }));
        assert_ne!(healthy.hash, troubled.hash);
        assert!(troubled.verdict.duplicated() > 0, "{troubled}");
        assert!(troubled.is_good(), "{troubled}");
    }
}

#[test]
fn a_poisoned_lane_keeps_no_other_user_waiting() {
    for route in 0..4 {
        let faults = Faults::At { route, weather: Weather::Errors, user: Some(0) };
        let report = run(9, Options { faults, crashes: Crashes::None, ..Options::default() });
        assert!(report.is_good(), "{report}");
        let others = report.history.sends.iter().filter(|send| send.user != "u0");
        // User.com may say of what is cleared that there was nothing to remove, which is no plain success.
        let clears = |write: &Write| matches!(write, Write::Set(_, value) if value.is_null());
        let is_well = |send: &Send| match send.answer {
            Answer::Success | Answer::Rejected => true,
            Answer::Unreadable => send.writes.iter().all(clears),
            _ => false,
        };
        assert!(others.clone().all(is_well), "{report}");
        assert!(others.count() > 10, "{report}");
    }
}

#[test]
fn a_lane_that_hangs_delays_other_users_by_no_more_than_a_request() {
    for seed in 0..12 {
        let delays = delays(seed, seed as usize % 4, Weather::Hang);
        assert!(delays.is_empty(), "seed {seed}: {}", delays.join("\n"));
    }
}

#[test]
fn a_lane_that_keeps_failing_is_asked_less_and_less_often() {
    for route in 0..4 {
        for weather in [Weather::Hang, Weather::Garbled, Weather::Unreachable] {
            let tries = tries(3, route, weather);
            assert!((2..=14).contains(&tries), "{weather:?} at route {route}: asked {tries} times");
        }
    }
}

#[test]
fn what_is_lost_and_lands_at_the_last_moment_is_written_over() {
    for seed in 0..12 {
        let faults = Faults::At { route: seed as usize % 4, weather: Weather::Tardy, user: None };
        let report = run(seed, Options { faults, crashes: Crashes::None, ..Options::default() });
        assert!(report.is_good(), "{report}");
    }
}
