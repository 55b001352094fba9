use proof::world::{Crashes, Faults, Options, Weather, differences, run};

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
        assert!(
            others.clone().all(|send| send.answer == proof::history::Answer::Success
                || send.answer == proof::history::Answer::Rejected),
            "{report}"
        );
        assert!(others.count() > 10, "{report}");
    }
}
