//! What the status says, in terms that can be held against a vendor's record.

use delivery::{
    gate::RouteCondition,
    planner::{self, RouteView},
    status::{self, Standing, StandingState, UpdateStatus},
    store::UpdateRow,
};

use super::{rules::ROUTE, run::Run};

impl Run {
    /// How the person stands; none when there is nobody.
    pub(super) fn standing(&self) -> Option<Standing> {
        let user = self.user.as_ref().filter(|user| user.erased_at.is_none())?;
        let route = self.routes.get(ROUTE)?;
        let lane = self.row.as_ref().map(|row| &*row.lane);
        Some(status::of_user(route, user, lane, &RouteCondition::default()))
    }

    pub(super) fn status(&self, update: &UpdateRow) -> Option<UpdateStatus> {
        let (user, row) = (self.user.as_ref()?, self.row.as_ref()?);
        let lanes = std::slice::from_ref(row);
        Some(status::of_update(update, user, lanes, &self.routes, |_| RouteCondition::default(), self.now))
    }

    /// What the route means to the person.
    pub(super) fn view(&self) -> Option<RouteView> {
        let user = self.user.as_ref()?;
        Some(RouteView::of(self.routes.get(ROUTE)?, user))
    }

    /// Whether a word says that the vendor has what the route carries.
    pub(super) fn is_in_step(state: StandingState) -> bool {
        matches!(state, StandingState::InStep | StandingState::InStepExcept)
    }

    /// Where the person's record is.
    pub(super) fn subject(&self) -> Option<String> {
        let (user, row) = (self.user.as_ref()?, self.row.as_ref()?);
        let subject = planner::subject_of(self.routes.get(ROUTE)?, &user.profile, Some(&row.lane))?;
        Some(subject.as_str().to_owned())
    }
}
