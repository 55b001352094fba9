use std::time::Duration;

use canonical::{Patch, Rules, UserId};
use delivery::{
    engine::Submission,
    store::{Actor, Precondition},
};
use serde_json::json;
use uuid::Uuid;
use vendor_sim::seed::{SeedUser, demo_users};

use super::world::World;
use crate::gateway::Gateway;

/// How long the vendors may take to be told who is who.
const PATIENCE: Duration = Duration::from_secs(20);

/// The people who exist at all vendors, with the ids under which a caller knows them.
pub(super) fn all() -> impl Iterator<Item = (UserId, SeedUser)> {
    (42..)
        .zip(demo_users())
        .filter_map(|(number, person)| Some((format!("crm-{number}").parse().ok()?, person)))
}

/// Tells the gateway who these people are, and waits until every vendor is in step.
pub(super) async fn introduce(gateway: &Gateway, _world: &World) -> Result<(), String> {
    for (id, person) in all() {
        let engine = gateway.engine();
        let submission = Submission {
            id: Uuid::now_v7(),
            user: id,
            patch: patch(&person)?,
            precondition: Precondition::None,
            idempotency: None,
            caller: Actor("demo".to_owned()),
            may_create: true,
            may_operate: false,
            trace: None,
        };
        let submitted = engine.submit(submission, Some(PATIENCE)).await.map_err(|error| error.to_string())?;
        if !submitted.is_settled {
            return Err(format!("the simulated vendors did not answer in time: {:?}", submitted.status));
        }
    }
    Ok(())
}

fn patch(person: &SeedUser) -> Result<Patch, String> {
    let body = json!({
        "given_name": person.first_name,
        "family_name": person.last_name,
        "email": person.email,
        "identities": {
            "communal": person.communal_id,
            "communifire": person.communifire_id,
            "usercom": person.usercom_id,
            "village": person.email,
        }
    });
    Patch::parse(body.to_string().as_bytes(), &Rules::default())
        .map_err(|faults| faults.iter().map(ToString::to_string).collect::<Vec<_>>().join("; "))
}
