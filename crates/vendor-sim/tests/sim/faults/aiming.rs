//! Which requests a fault meets.

use super::*;

#[test]
fn a_fault_for_one_subject_leaves_the_others_alone() {
    let sim = start(Vendor::Communal);
    sim.control().add_fault(FaultRule::always(Fault::status(500)).for_subject("89"));
    let other = r#"{"first_name":"Amara","last_name":"Okafor","email":"amara.okafor@example.com"}"#;
    assert_eq!(put_jane(&sim).status, 500);
    assert_eq!(ask(&sim, "PUT /api/users/90", other).status, 200);
    assert_eq!(put_jane(&sim).status, 500);
    let active = &sim.control().faults()[0];
    assert_eq!((active.seen, active.fired), (2, 2));
    sim.control().remove_faults(Some(active.id));
    assert_eq!(put_jane(&sim).status, 200);
}

#[test]
fn a_plan_gives_each_request_its_step() {
    let sim = start(Vendor::Communal);
    sim.control().add_plan(Some("89"), [Some(Fault::status(500)), None, Some(Fault::status(429))]);
    let statuses: Vec<_> = (0..4).map(|_| put_jane(&sim).status).collect();
    assert_eq!(statuses, [500, 200, 429, 200]);
}
