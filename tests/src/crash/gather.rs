//! The history of a batch, for the checker.

use std::collections::BTreeMap;

use adapter::Mapping;
use canonical::{Patch, Rules};
use proof::history::{
    Change, Form, History, Kind, LaneEnd, Ms, Op, Outcome, Standing, UserEnd, Wire, translate, wire,
};
use serde_json::{Map, Value};
use vendor_sim::Vendor;

use super::{
    ledger::{Asked, Ledger, OpLog, Record},
    operators,
    people::Batch,
    routes,
    sends::Sent,
};
use crate::{Client, Gateway, World};

/// A request that was begun before an erase may reach its vendor so long after the erase was answered.
const ON_ITS_WAY: Ms = 1_000;

/// Members of a user that only the gateway writes.
const OF_THE_GATEWAY: [&str; 5] = ["id", "version", "updated_at", "identities", "routes"];

/// Everything that was seen; the gateway is asked as any caller can.
pub(super) fn history(
    world: &World,
    gateway: &Gateway,
    batch: &Batch,
    ledger: &Ledger,
    record: Record,
    sent: &Sent,
    first_lane: u64,
) -> History {
    let mappings = Vendor::ALL.map(routes::mapping);
    let mut history = History {
        routes: Vendor::ALL.iter().map(|vendor| (vendor.name().to_owned(), routes::facts(*vendor))).collect(),
        sends: sent.sends(world, ledger, batch, &record),
        ops: record.ops.iter().enumerate().map(|(id, op)| of_log(id, op, &mappings)).collect(),
        ..History::default()
    };
    let ids: BTreeMap<&str, u64> =
        (0..).zip(&record.ops).filter_map(|(id, op)| Some((op.update.as_deref()?, id))).collect();
    let lanes = operators::lanes_after(&gateway.operator(), first_lane);
    for person in &batch.people {
        let of_user: Vec<&Value> = lanes.iter().filter(|lane| lane["user"] == person.id.as_str()).collect();
        let seen = Seen::read(&gateway.api(), &person.id, &of_user, &ids, &mappings);
        for lane in of_user {
            history.lanes.push(seen.lane_end(world, &person.id, lane, &mappings));
        }
        history.users.insert(person.id.clone(), seen.end);
    }
    (history.nudges, history.stops, history.starts) = (record.nudges, record.stops, record.starts);
    history
}

/// How many requests a vendor saw that a gateway must never send.
pub(super) fn violations(world: &World) -> u64 {
    Vendor::ALL.iter().map(|vendor| world.vendor(*vendor).violations().len() as u64).sum()
}

fn of_log(id: usize, log: &OpLog, mappings: &[Mapping; 4]) -> Op {
    let (kind, grace) = match &log.ask {
        Asked::Erase => (Kind::Erase, ON_ITS_WAY),
        Asked::Change { body, revives } => {
            let mut change = change(body, mappings);
            change.revives = *revives;
            change.subjects = texts(&body["identities"]);
            (Kind::Update(change), 0)
        }
    };
    // Whoever is not told never knows when it was done.
    let ended = log.ended.filter(|_| log.outcome != Outcome::Unknown);
    Op {
        id: id as u64,
        user: log.user.clone(),
        kind,
        invoked: log.invoked,
        ended: ended.map(|ended| ended + grace),
        outcome: log.outcome,
    }
}

fn change(body: &Value, mappings: &[Mapping; 4]) -> Change {
    let patch = Patch::parse(body.to_string().as_bytes(), &Rules::default());
    let patch = patch.expect("callers of this world send valid patches");
    translate::change(&patch, Vendor::ALL.iter().map(|vendor| vendor.name()).zip(mappings))
}

/// The fields that a route carries, with their values.
fn carried(wires: Vec<Wire>) -> BTreeMap<String, Value> {
    let of_field = |wire: Wire| match wire.form {
        Form::Carried(value) => Some((wire.field, value)),
        Form::Uncarried => None,
    };
    wires.into_iter().filter_map(of_field).collect()
}

fn texts(members: &Value) -> BTreeMap<String, String> {
    let text = |value: &Value| value.as_str().map_or_else(|| value.to_string(), str::to_owned);
    members.as_object().into_iter().flatten().map(|(name, value)| (name.clone(), text(value))).collect()
}

/// What the gateway says of one user.
struct Seen {
    end: UserEnd,
    carried: BTreeMap<String, BTreeMap<String, Value>>,
    identities: BTreeMap<String, String>,
}

impl Seen {
    fn read(
        api: &Client,
        user: &str,
        lanes: &[&Value],
        ids: &BTreeMap<&str, u64>,
        mappings: &[Mapping; 4],
    ) -> Self {
        let listed = listed(api, user, ids);
        let answer = api.get(&format!("/v1/users/{user}"));
        if answer.problem() == "user-erased" {
            let version = lanes.iter().filter_map(|lane| lane["version"].as_u64()).max().unwrap_or_default();
            let end = UserEnd { version, erased: true, leaves: BTreeMap::new(), listed };
            return Self { end, carried: BTreeMap::new(), identities: BTreeMap::new() };
        }
        let json = answer.expect(200).json();
        let members = json.as_object().cloned().unwrap_or_default();
        let leaves: Map<String, Value> =
            members.into_iter().filter(|(name, _)| !OF_THE_GATEWAY.contains(&name.as_str())).collect();
        let shown = change(&leaves.into(), mappings);
        let version = json["version"].as_u64().unwrap_or_default();
        Self {
            end: UserEnd { version, erased: false, leaves: shown.leaves, listed },
            carried: shown.wire.into_iter().map(|(route, wires)| (route, carried(wires))).collect(),
            identities: texts(&json["identities"]),
        }
    }

    fn lane_end(&self, world: &World, user: &str, lane: &Value, mappings: &[Mapping; 4]) -> LaneEnd {
        let route = lane["route"].as_str().unwrap_or_default();
        let at = Vendor::ALL.iter().position(|vendor| vendor.name() == route).expect("a route of this world");
        let subject = self.identities.get(route).cloned();
        let record = subject.as_deref().and_then(|subject| world.vendor(Vendor::ALL[at]).user(subject));
        let held = lane["held"].as_object().into_iter().flatten();
        let field = |name: &String| Some(mappings[at].field(&name.parse().ok()?)?.to.to_string());
        LaneEnd {
            route: route.to_owned(),
            user: user.to_owned(),
            subject_key: subject.clone(),
            standing: self.standing(lane, subject.is_some()),
            held: held.filter_map(|(name, _)| field(name)).collect(),
            carried: self.carried.get(route).cloned().unwrap_or_default(),
            vendor: record.map(|record| wire::fields(Vendor::ALL[at], &record)).unwrap_or_default(),
            subject,
        }
    }

    fn standing(&self, lane: &Value, has_subject: bool) -> Standing {
        if self.end.erased {
            return Standing::Erased;
        }
        match lane["state"].as_str() {
            Some("blocked") => Standing::Blocked(camel(lane["reason"].as_str().unwrap_or_default())),
            Some("idle") if has_subject => Standing::Settled,
            Some("idle") => Standing::NotServed,
            // Waits for another try of what the vendor refused.
            Some("waiting") if lane["standing"] == "held" => Standing::Settled,
            _ => Standing::Pending(lane.to_string()),
        }
    }
}

/// The gateway's own list, where it is known which operation an update is.
fn listed(api: &Client, user: &str, ids: &BTreeMap<&str, u64>) -> Vec<(u64, u64, bool)> {
    let (mut listed, mut after) = (Vec::new(), String::new());
    loop {
        let answer = api.get(&format!("/v1/users/{user}/updates?limit=100{after}"));
        if answer.status == 404 {
            return listed;
        }
        let page = answer.expect(200).json();
        for update in page["updates"].as_array().into_iter().flatten() {
            let Some(op) = update["id"].as_str().and_then(|id| ids.get(id)) else { continue };
            let bumped = update["changed"] == true || update["created"] == true;
            listed.push((*op, update["version"].as_u64().unwrap_or_default(), bumped));
        }
        match page["next"].as_str() {
            Some(next) => after = format!("&after={next}"),
            None => return listed,
        }
    }
}

/// `needs_data` as `NeedsData`.
fn camel(word: &str) -> String {
    let capital = |part: &str| part[..1].to_uppercase() + &part[1..];
    word.split('_').filter(|part| !part.is_empty()).map(capital).collect()
}
