//! Operators: they meddle while it storms, and bring everything to rest afterwards.

use std::time::Duration;

use proof::world::Dice;
use serde_json::Value;
use vendor_sim::Vendor;

use super::{Figures, ledger::Ledger};
use crate::{Client, within};

/// How long it may take until everything rests.
const BOUND: Duration = Duration::from_secs(120);

/// Now and then an operator pauses a route, which the next one resumes, or has everything sent again.
pub(super) fn meddle(dice: &mut Dice, operator: &Client, ledger: &Ledger) {
    let route = dice.pick(&Vendor::ALL).name();
    match dice.below(20) {
        0 => act(operator, ledger, route, "pause"),
        1 | 2 => Vendor::ALL.iter().for_each(|vendor| act(operator, ledger, vendor.name(), "resume")),
        3 => act(operator, ledger, route, "resync"),
        _ => {}
    }
}

fn act(operator: &Client, ledger: &Ledger, route: &str, what: &str) {
    ledger.nudge(route, || {
        let answer = operator.try_send("POST", &format!("/v1/routes/{route}/{what}"), &[], None);
        answer.is_ok_and(|answer| answer.status == 200)
    });
}

/// Resumes what is paused, has tried again what is blocked because the process ended under it too often, and waits until
/// nothing is owed and no lost request can come back.
pub(super) fn bring_to_rest(operator: &Client, ledger: &Ledger, figures: &mut Figures) {
    within(BOUND, "everything is at rest", || {
        let routes = operator.get("/v1/routes").expect(200).json();
        for vendor in Vendor::ALL {
            if routes["routes"][vendor.name()]["state"] == "paused" {
                act(operator, ledger, vendor.name(), "resume");
            }
        }
        let blocked = operator.get("/v1/lanes?state=blocked&limit=100").expect(200).json();
        for lane in blocked["lanes"].as_array().into_iter().flatten() {
            if lane["reason"] != "internal" {
                continue;
            }
            let route = lane["route"].as_str().unwrap_or_default();
            ledger.nudge(route, || {
                let path = format!("/v1/lanes/{}/retry", lane["id"]);
                operator.try_send("POST", &path, &[], None).is_ok_and(|answer| answer.status == 200)
            });
            figures.blocked_by_stops += 1;
        }
        let pending = operator.get("/v1/lanes?state=pending,in_doubt&limit=100").expect(200).json();
        let pending = pending["lanes"].as_array().cloned().unwrap_or_default();
        let retried =
            blocked["lanes"].as_array().into_iter().flatten().any(|lane| lane["reason"] == "internal");
        match pending.first() {
            None if !retried => Ok(()),
            None => Err("lanes are tried again".to_owned()),
            Some(lane) => Err(format!("{} of {}", lane, pending.len())),
        }
    });
}

/// The id of the newest lane.
pub(super) fn last_lane(operator: &Client) -> u64 {
    lanes_after(operator, 0).iter().filter_map(|lane| lane["id"].as_u64()).max().unwrap_or_default()
}

/// All lanes after an id.
pub(super) fn lanes_after(operator: &Client, after: u64) -> Vec<Value> {
    let (mut lanes, mut after) = (Vec::new(), after);
    loop {
        let page = operator.get(&format!("/v1/lanes?limit=100&after={after}")).expect(200).json();
        lanes.extend(page["lanes"].as_array().cloned().unwrap_or_default());
        match page["next"].as_str().and_then(|next| next.parse().ok()) {
            Some(next) => after = next,
            None => return lanes,
        }
    }
}
