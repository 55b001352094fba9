use adapter::VendorError;

use crate::{
    lane::{BlockReason, FailureClass, Lane, Outcome},
    mutation::{self, Mutation},
    store::{AttemptRow, Settlement},
};

/// The vendor's own id of the person that a success names for the first time: a store looks up whose it is.
pub fn new_witness<'a>(lane: &Lane, settlement: &'a Settlement) -> Option<&'a str> {
    let Outcome::Ok { witness: Some(witness), .. } = &settlement.settle.outcome else { return None };
    let is_new = lane.witness.is_none() && lane.epoch == settlement.settle.epoch;
    (is_new && !mutation::is_on(Mutation::WitnessIsNobodys)).then_some(witness)
}

/// The person that the success names is another user's: what was sent went to somebody else.
pub fn went_to_another_person(settlement: &mut Settlement) {
    let (reason, class) = (BlockReason::WrongSubject, FailureClass::WrongSubject);
    let settle = &mut settlement.settle;
    settle.outcome =
        Outcome::Blocked { reason, class, status: None, release_subject: false, suspect_until: None };
    settlement.attempt = Some(AttemptRow {
        at: settle.started_at,
        sent: settle.sent.version,
        class: Some(class),
        status: None,
        took: settlement.now - settle.started_at,
        detail: Some(VendorError::wrong_subject().detail),
    });
}
