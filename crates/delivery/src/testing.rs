//! A route that can be planned and not sent at, for unit tests.

use std::{sync::Arc, time::Duration};

use adapter::{Adapter, Mapping, MappingOptions, VendorRequest, VendorResponse};
use async_trait::async_trait;

use crate::{
    Enrol, Limits, Preview, Rate, Route, SendError, Transport,
    lane::{Slot, Slots, Version},
    planner::RouteView,
    store::UserRow,
};

#[derive(Debug)]
struct NoTransport;

#[async_trait]
impl Transport for NoTransport {
    async fn send(&self, _: &VendorRequest) -> Result<VendorResponse, SendError> {
        unreachable!("nothing is sent in these tests")
    }

    fn preview(&self, request: &VendorRequest) -> Preview {
        let (method, body) = (request.method.as_str(), request.body_bytes());
        Preview { method, url: request.path.segments.join("/"), headers: Vec::new(), body }
    }
}

/// A route to the vendor of this adapter, as its own table has it.
pub(crate) fn route(name: &str, adapter: Arc<dyn Adapter>, enrol: Enrol) -> Arc<Route> {
    let dialect = adapter.dialect();
    Arc::new(Route {
        name: name.to_owned(),
        mapping: Mapping::new(dialect, &MappingOptions::default()).expect("the dialect's own table"),
        subject_kind: &dialect.subjects[0],
        adapter,
        enrol,
        when: None,
        limits: Limits {
            concurrency: 4,
            rate: Rate::Unlimited,
            rate_key: name.to_owned(),
            timeout: Duration::from_secs(15),
            settle: Duration::from_secs(60),
            apply_window: None,
        },
        origin: "http://127.0.0.1".to_owned(),
        mapping_revision: 1,
        transport: Arc::new(NoTransport),
    })
}

/// What a vendor has when it has confirmed what the route carries of a user, up to this version.
pub(crate) fn confirmed(route: &Route, user: &UserRow, upto: Version) -> Slots {
    let view = RouteView::of(route, user);
    let carried = view.carried().filter(|carried| carried.version <= upto);
    let mut slots: Vec<Slot> = carried
        .map(|carried| Slot {
            name: carried.slot.clone(),
            leaf: carried.leaf.clone(),
            version: carried.version,
            way: Some(carried.way),
            at: 100,
            stands: true,
            in_doubt: false,
            is_flying: false,
            is_assumed: false,
            is_void: false,
        })
        .collect();
    slots.sort_by(|one, other| one.name.cmp(&other.name));
    Slots::of(slots, std::collections::BTreeMap::new()).expect("sorted")
}
